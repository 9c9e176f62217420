"""Exports of other question-and-answer systems as rows of ours, and one sentence for those that have none."""

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.columns import Table, plain_name
from knowledge.pack.tables.sheet import Sheet

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
    """Return what to do with a file of a kind that is not taken, or nothing."""
    return _NO_TABLE.get(ending, "")


def qnabot(content: Any) -> tuple[Mapping[str, Any], ...] | None:
    """Return the pairs of a QnABot on AWS export (`{"qna": [{"qid", "q", "a", "alt"}]}`), None if it is none.

    Raises BadFile with a sentence if it is an export of a system whose texts cannot be taken.
    """
    first = content[0] if isinstance(content, list) and content else content
    if isinstance(first, Mapping):
        if "trigger_type" in first or {"trigger", "responses"} <= first.keys():
            raise BadFile(_YAGPDB)
        if "content" in first and {"uses", "owner_id"} & first.keys():
            raise BadFile(_CARL)
    pairs = content.get("qna") if isinstance(content, Mapping) else None
    if not isinstance(pairs, list):
        return None
    return tuple(_pair(each) for each in pairs)


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
