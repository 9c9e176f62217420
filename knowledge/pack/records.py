"""An entry as plain data for JSON, and back; and the fingerprint of its content."""

import json
from collections.abc import Mapping
from typing import Any

from knowledge.pack.model import Entry, Fact, Link, QuizQuestion, Source
from knowledge.plain.digests import digest

# As many hexadecimal digits as make two different texts with one fingerprint unthinkable here.
_FINGERPRINT_DIGITS = 16


def record_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain data, except its revision number."""
    return {
        "id": entry.id,
        "question": entry.question,
        "alternatives": list(entry.alternatives),
        "answer": entry.answer,
        "topic": entry.topic,
        "facts": [{"text": fact.text, "year": fact.year, "source": _source(fact.source)} for fact in entry.facts],
        "source": _source(entry.source),
        "as_of": entry.as_of,
        "links": [{"title": link.title, "url": link.url} for link in entry.links],
        "related": list(entry.related),
        "title": entry.title,
        "quiz": [
            {"question": each.question, "right": each.right, "wrong": list(each.wrong), "why": each.why}
            for each in entry.quiz
        ],
        "translations": {language: list(texts) for language, texts in entry.translations.items()},
    }


def entry_of(record: Mapping[str, Any]) -> Entry:
    """Return the entry from a record. Raises KeyError or TypeError if it is not a record; checks nothing else.

    Records from before version 2 have no title, quiz or translations.
    """
    return Entry(
        id=record["id"],
        question=record["question"],
        alternatives=tuple(record["alternatives"]),
        answer=record["answer"],
        topic=record["topic"],
        facts=tuple(Fact(fact["text"], fact["year"], Source(**fact["source"])) for fact in record["facts"]),
        source=Source(**record["source"]),
        as_of=record["as_of"],
        links=tuple(Link(**link) for link in record["links"]),
        related=tuple(record["related"]),
        title=record.get("title", ""),
        quiz=tuple(QuizQuestion(**{**each, "wrong": tuple(each["wrong"])}) for each in record.get("quiz", ())),
        translations={language: tuple(texts) for language, texts in record.get("translations", {}).items()},
    )


def fingerprint(entry: Entry) -> str:
    """Return a hash of an entry's content, the same for every revision with that content."""
    content = json.dumps(record_of(entry), sort_keys=True, ensure_ascii=False)
    return digest(content, _FINGERPRINT_DIGITS)


def _source(source: Source) -> dict[str, str]:
    return {"document": source.document, "section": source.section}
