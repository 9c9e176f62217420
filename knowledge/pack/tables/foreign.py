"""Exports of other question-and-answer systems as rows, and one sentence for those that cannot be read."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.columns import Table, plain_name
from knowledge.pack.tables.sheet import Sheet, SheetRow

QNABOT, QNA_MAKER = "QnABot", "QnA Maker"
# Files that have no rows, by how their names end.
_NO_TABLE = {
    "xls": "Save the workbook as .xlsx, or as “CSV UTF-8”.",
    "ods": "Save the sheet as “CSV UTF-8”.",
    "numbers": "Export the sheet as CSV (File, Export To, CSV; encoding Unicode, UTF-8).",
    "zip": "Unpack the archive and choose the .csv file in it (Notion and Google Forms export one).",
    "tmpl": "YAGPDB's custom commands are programs that only YAGPDB runs. Copy their texts into a table with the "
    "columns question and answer.",
    "gohtml": "YAGPDB's custom commands are programs that only YAGPDB runs. Copy their texts into a table with the "
    "columns question and answer.",
}
_YAGPDB = (
    "These are custom commands of YAGPDB, whose triggers are no questions and whose responses are templates. Copy the "
    "texts into a table with the columns question and answer."
)
_CARL = (
    "These are tags of Carl-bot, whose names are no questions and whose texts are TagScript. Copy the texts into a "
    "table with the columns question and answer."
)
# microsoft QnA Maker and custom question answering: the header of their TSV export. Rows with one QnaId are one pair.
_MAKER_ID = "qnaid"
_MAKER = frozenset({_MAKER_ID, "suggestedquestions", "iscontextonly", "sourcedisplayname"})
# What QnA Maker calls a pair that was typed in by hand.
_BY_HAND = frozenset({"editorial", "custom editorial"})


def told(ending: str) -> str:
    """Say what to do with a file of a kind that is not supported; else nothing."""
    return _NO_TABLE.get(ending, "")


def qnabot(content: Any) -> tuple[Mapping[str, Any], ...] | None:
    """Return the pairs of a QnABot on AWS export (`{"qna": [{"qid", "q", "a", "alt"}]}`), None if it is none.

    Raises BadFile with a sentence if it is an export of a system whose texts cannot be taken.
    """
    names = _names(content)
    if "triggertype" in names or {"trigger", "responses"} <= names:
        raise BadFile(_YAGPDB)
    if "content" in names and {"uses", "ownerid"} & names:
        raise BadFile(_CARL)
    pairs = content.get("qna") if isinstance(content, Mapping) else None
    if not isinstance(pairs, list):
        return None
    return tuple(_pair(each) for each in pairs)


def _names(content: Any) -> frozenset[str]:
    """Return the names in the first object of a list, which may stand in an object; without what sets words apart."""
    inside = (
        next((each for each in content.values() if isinstance(each, list)), None) if _is_object(content) else content
    )
    first = inside[0] if isinstance(inside, list) and inside else content
    return frozenset(re.sub(r"[\W_]", "", str(name)).casefold() for name in first) if _is_object(first) else frozenset()


def _is_object(content: Any) -> bool:
    return isinstance(content, Mapping)


def flat(content: Any) -> Sheet | None:
    """Return a list of objects that are rows of a table, as converters from CSV write it; None if it is none.

    An entry of an export is none: its source is an object, too.
    """
    if not (isinstance(content, list) and content and all(map(_is_object, content))):
        return None
    names = tuple(dict.fromkeys(str(name) for each in content for name in each))
    if any(_is_object(value) for each in content for value in each.values()) or "removed" in names:
        return None
    rows = (SheetRow(place, tuple(_cell(each.get(name)) for name in names)) for place, each in enumerate(content, 1))
    return Sheet((SheetRow(0, names), *rows))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def _pair(pair: Any) -> Mapping[str, Any]:
    """Return the question, phrasings and answer of a pair; what is missing makes the row's fault."""
    pair = pair if isinstance(pair, Mapping) else {}
    asked = pair.get("q")
    questions = [str(each) for each in asked] if isinstance(asked, list) else []
    alternative = pair.get("alt")
    markdown = alternative.get("markdown") if isinstance(alternative, Mapping) else ""
    answer = str(markdown or pair.get("a") or "")
    return {"question": questions[0] if questions else "", "phrasings": "\n".join(questions[1:]), "answer": answer}


def qna_maker(sheets: Sequence[Sheet]) -> Table | None:
    """Return the pairs of a QnA Maker or custom question answering TSV export, None if it is none."""
    for sheet in sheets:
        header = [plain_name(cell) for cell in sheet.rows[0].cells] if sheet.rows else []
        if {"question", "answer"} <= set(header) and _MAKER & set(header):
            return _maker(header, sheet)
    return None


def _maker(header: Sequence[str], sheet: Sheet) -> Table:
    pairs: dict[str, tuple[int, dict[str, str]]] = {}
    for row in sheet.rows[1:]:
        cells = dict(zip(header, row.cells, strict=False))
        key = cells.get(_MAKER_ID, "").strip() or f"row {row.number}"
        if key in pairs:
            pair = pairs[key][1]
            pair["phrasings"] = f"{pair['phrasings']}\n{cells.get('question', '')}".strip()
            continue
        source = cells.get("sourcedisplayname", "").strip() or cells.get("source", "").strip()
        pairs[key] = (
            row.number,
            {
                "question": cells.get("question", ""),
                "phrasings": "",
                # Line breaks stand as two characters in this export.
                "answer": cells.get("answer", "").replace("\\n", "\n"),
                "source": "" if source.casefold() in _BY_HAND else source,
            },
        )
    return Table(tuple(pairs.values()), frozenset({"question", "phrasings", "answer", "source"}))
