"""The linter of a pack: every fault at once, each with its file and field."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from knowledge.pack.awareness import awareness_faults
from knowledge.pack.files import Fault, PackError, read_examples, read_pack
from knowledge.pack.links import answer_links, label_faults
from knowledge.pack.model import (
    ANSWER_LIMIT,
    FACT_LIMIT,
    OPTION_LIMIT,
    PHRASING_LIMIT,
    QUESTION_LIMIT,
    QUIZ_QUESTION_LIMIT,
    TITLE_LIMIT,
    Entry,
    Pack,
    has_figures,
)
from knowledge.pack.quiz_text import quiz_faults
from knowledge.plain.addresses import has_control_characters, url_fault
from knowledge.plain.phones import doubtful, phones
from knowledge.plain.text import phrase_key

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# An id has to fit a button's id beside its action: 100 characters on Discord (components/reference.mdx).
ID_LIMIT = 40
# Limits of a community's entry: more phrasings or links than anybody writes by hand or follows; a source that fits into
# the small print.
PHRASINGS_LIMIT = 500
LINKS_LIMIT = 10
SOURCE_LIMIT = 200
# What a link's button on Discord takes (components/reference.mdx).
URL_LIMIT = 512
# The organization was founded in the 1990s; an earlier year is a typing error.
_EARLIEST_YEAR = 1990
_LATEST_YEAR = 2100


def lint(folder: Path) -> tuple[Fault, ...]:
    """Return all faults of the pack in a folder, sorted by file; without any, it may ship."""
    pack, files, faults = read_pack(folder)
    taught = {phrase_key(text): files[entry.id] for entry in pack.entries for text in entry.phrasings}
    return tuple(sorted((*faults, *_between(pack, files), *_taught_twice(taught, folder), *awareness_faults(folder))))


def local_faults(entry: Entry, pack: Pack, pinned: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the faults of a community's entry, field by field. Its sources need not be the pack's, and the year of its
    figures may be outside the answer. `pinned` are the phone numbers that it may hold beside those of the pack, as
    `phones` gives them.
    """
    return tuple(_local(entry, pack, pinned))


def unpinned(entry: Entry, pack: Pack, pinned: Collection[str] = ()) -> tuple[str, ...]:
    """Return the phone numbers of an entry that are neither on the pack's list nor `pinned`, digits only."""
    allowed = pack.safety.phones | set(pinned)
    found = (*_unchecked(entry, allowed, phones), *_unchecked(entry, allowed, doubtful))
    return tuple(dict.fromkeys(number for _, number in found))


def unsure(entry: Entry, pack: Pack, pinned: Collection[str] = ()) -> tuple[str, ...]:
    """Return the digits in an entry that may be a phone number, without the pack's own and `pinned` ones."""
    found = _unchecked(entry, pack.safety.phones | set(pinned), doubtful)
    return tuple(dict.fromkeys(number for _, number in found))


def _unchecked(
    entry: Entry, pinned: Collection[str], find: Callable[[str], tuple[str, ...]]
) -> tuple[tuple[str, str], ...]:
    """Return the phone numbers in an entry that are not checked (`pinned`), each after its field."""
    texts = [("question", entry.question), ("answer", entry.answer)]
    texts += [(f"alternatives.{i}", text) for i, text in enumerate(entry.alternatives)]
    texts += [(f"facts.{i}.text", fact.text) for i, fact in enumerate(entry.facts)]
    texts += [(f"quiz.{i}", text) for i, each in enumerate(entry.quiz) for text in each.texts]
    texts += [(f"translations.{name}", text) for name, asked in entry.translations.items() for text in asked]
    texts += [("title", entry.title)]
    texts += [(f"links.{i}", f"{link.title} {link.url}") for i, link in enumerate(entry.links)]
    sources = [("source", entry.source), *((f"facts.{i}.source", fact.source) for i, fact in enumerate(entry.facts))]
    texts += [(field, f"{source.document}\n{source.section}") for field, source in sources]
    return tuple((field, number) for field, text in texts for number in find(text) if number not in pinned)


def _between(pack: Pack, files: Mapping[str, str]) -> Iterator[Fault]:
    for entry in pack.entries:
        file = files[entry.id]
        for field, message in _entry(entry, pack):
            yield Fault(file, field, message)
        if entry.id != Path(file).stem:
            yield Fault(file, "id", f"`{entry.id}` is not the file's name; rename one of them")
    yield from _phrasings(pack, files)
    yield from _choices(pack)
    for topic in pack.topics:
        if not pack.in_topic(topic.id):
            yield Fault("topics.yaml", topic.id, "no entry is in this topic")
    for field, number in [(f, n) for f in ("text", "short") for n in phones(getattr(pack.safety, f))]:
        if number not in pack.safety.phones:
            yield Fault("safety.md", field, f"the phone number {number} is not among the contacts above it")
    for contact in pack.safety.contacts:
        if contact.url is not None and (fault := url_fault(contact.url)):
            yield Fault("safety.md", f"contacts: {contact.name}", fault)


def _entry(entry: Entry, pack: Pack) -> Iterator[tuple[str, str]]:
    if not _SLUG.fullmatch(entry.id) or len(entry.id) > ID_LIMIT:
        yield "id", f"`{entry.id}` has to be lower-case words with hyphens, at most {ID_LIMIT} characters"
    yield from _lengths(entry)
    if pack.topic(entry.topic) is None:
        yield "topic", f"`{entry.topic}` is not in topics.yaml"
    for place, other in enumerate(entry.related):
        if other == entry.id:
            yield f"related.{place}", "an entry is not related to itself"
        elif pack.entry(other) is None:
            yield f"related.{place}", f"there is no entry `{other}`"
    if not entry.alternatives:
        yield "alternatives", "there are none; add other ways to ask the question"
    yield from _sources(entry, pack)
    yield from quiz_faults(entry)
    yield from _links(entry)
    yield from _contacts(entry, pack.safety.phones)


def _local(entry: Entry, pack: Pack, pinned: Collection[str]) -> Iterator[tuple[str, str]]:
    if not _SLUG.fullmatch(entry.id) or len(entry.id) > ID_LIMIT:
        yield "id", f"`{entry.id}` has to be lower-case words with hyphens, at most {ID_LIMIT} characters"
    for field, text in (("question", entry.question), ("answer", entry.answer), ("source", entry.source.document)):
        if not text.strip():
            yield field, "this is empty"
    for i, fact in enumerate(entry.facts):
        if not fact.text.strip():
            yield f"facts.{i}.text", "this is empty"
        if not fact.source.document.strip() and fact.source != entry.source:
            yield f"facts.{i}.source", "this is empty"
    if len(entry.links) > LINKS_LIMIT:
        yield "links", f"{len(entry.links)} links; at most {LINKS_LIMIT} are allowed"
    if len(entry.alternatives) > PHRASINGS_LIMIT:
        yield "alternatives", f"{len(entry.alternatives)} phrasings; at most {PHRASINGS_LIMIT} are allowed"
    if pack.topic(entry.topic) is None:
        yield "topic", f"`{entry.topic}` is none of: {', '.join(topic.id for topic in pack.topics)}"
    yield from _years(entry)
    too_long = tuple(_local_lengths(entry))
    yield from too_long
    # No pattern reads a text that is too long.
    if not too_long:
        yield from _local_texts(entry, pack, pinned)


def _local_texts(entry: Entry, pack: Pack, pinned: Collection[str]) -> Iterator[tuple[str, str]]:
    for i, phrasing in enumerate(entry.phrasings):
        if phrasing.strip() and not phrase_key(phrasing):
            yield ("question" if i == 0 else f"alternatives.{i - 1}"), f"`{phrasing}` has no words to match"
    yield from _dated(entry)
    yield from quiz_faults(entry)
    for i, link in enumerate(entry.links):
        if fault := url_fault(link.url):
            yield f"links.{i}.url", fault
    for url in answer_links(entry.answer):
        if fault := url_fault(url):
            yield "answer", f"the link {fault}"
    yield from (("answer", fault) for fault in label_faults(entry.answer))
    for i, link in enumerate(entry.links):
        if has_control_characters(link.title):
            yield f"links.{i}.title", "it holds characters that cannot be seen; type it anew"
    yield from _contacts(entry, pack.safety.phones | set(pinned))


def _local_lengths(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from _lengths(entry)
    fields = [("source", entry.source.document), ("source.section", entry.source.section)]
    for i, fact in enumerate(entry.facts):
        if fact.source != entry.source:
            fields += [
                (f"facts.{i}.source", fact.source.document), (f"facts.{i}.source.section", fact.source.section),
            ]  # fmt: skip
    limits = [(field, text, SOURCE_LIMIT) for field, text in fields]
    for i, link in enumerate(entry.links):
        limits += [(f"links.{i}.title", link.title, SOURCE_LIMIT), (f"links.{i}.url", link.url, URL_LIMIT)]
    for field, text, limit in limits:
        if len(text) > limit:
            yield field, f"{len(text)} characters long; at most {limit} are allowed"


def _lengths(entry: Entry) -> Iterator[tuple[str, str]]:
    fields = [("question", entry.question, QUESTION_LIMIT), ("answer", entry.answer, ANSWER_LIMIT)]
    fields += [(f"alternatives.{i}", text, PHRASING_LIMIT) for i, text in enumerate(entry.alternatives)]
    fields += [(f"facts.{i}.text", fact.text, FACT_LIMIT) for i, fact in enumerate(entry.facts)]
    fields += [("title", entry.title, TITLE_LIMIT)]
    fields += [
        (f"translations.{name}.{i}", text, PHRASING_LIMIT)
        for name, texts in entry.translations.items()
        for i, text in enumerate(texts)
    ]
    for i, each in enumerate(entry.quiz):
        fields += [(f"quiz.{i}.question", each.question, QUIZ_QUESTION_LIMIT), (f"quiz.{i}.why", each.why, FACT_LIMIT)]
        fields += [(f"quiz.{i}", option, OPTION_LIMIT) for option in (each.right, *each.wrong)]
    for field, text, limit in fields:
        if len(text) > limit:
            yield field, f"{len(text)} characters long; at most {limit} are allowed"


def _years(entry: Entry) -> Iterator[tuple[str, str]]:
    years = [("as_of", entry.as_of)]
    years += [(f"facts.{i}.year", fact.year) for i, fact in enumerate(entry.facts) if fact.year is not None]
    for field, year in years:
        if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
            yield field, f"{year} is not a year between {_EARLIEST_YEAR} and {_LATEST_YEAR}"


def _dated(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield facts whose figure has no year next to it, because a fact is alone on a card or a slide."""
    for i, fact in enumerate(entry.facts):
        if has_figures(fact.text) and fact.year is None:
            yield f"facts.{i}.year", "this field is missing, though the sentence states a figure"
        elif has_figures(fact.text) and str(fact.year) not in fact.text:
            yield f"facts.{i}.text", f"the sentence states a figure without its year ({fact.year})"


def _sources(entry: Entry, pack: Pack) -> Iterator[tuple[str, str]]:
    yield from _years(entry)
    own = [(f"facts.{i}.source", fact.source) for i, fact in enumerate(entry.facts) if fact.source != entry.source]
    for field, source in [("source", entry.source), *own]:
        if pack.document(source.document) is None:
            yield f"{field}.document", f"`{source.document}` is not in sources.yaml"
    yield from _dated(entry)
    if has_figures(entry.answer) and str(entry.as_of) not in entry.answer:
        yield "answer", f"the answer states a figure without its year ({entry.as_of})"


def _links(entry: Entry) -> Iterator[tuple[str, str]]:
    listed = {link.url for link in entry.links}
    for i, link in enumerate(entry.links):
        if fault := url_fault(link.url):
            yield f"links.{i}.url", fault
        elif link.url not in entry.answer:
            yield f"links.{i}.url", "the answer does not give this address"
    for url in answer_links(entry.answer):
        if fault := url_fault(url):
            yield "answer", f"the link {fault}"
        elif url not in listed:
            yield "answer", f"the link {url} is not listed under `links`"


def _contacts(entry: Entry, pinned: Collection[str]) -> Iterator[tuple[str, str]]:
    for field, number in _unchecked(entry, pinned, phones):
        yield field, f"leave out the phone number {number}: only checked help lines may stand in an answer (safety.md)"


def _phrasings(pack: Pack, files: Mapping[str, str]) -> Iterator[Fault]:
    seen: dict[str, tuple[str, str]] = {}
    for entry in pack.entries:
        fields = ("question", *(f"alternatives.{i}" for i in range(len(entry.alternatives))))
        for field, phrasing in zip(fields, entry.phrasings, strict=True):
            key = phrase_key(phrasing)
            if not key:
                yield Fault(files[entry.id], field, f"`{phrasing}` has no words to match")
            elif key in seen:
                other, where = seen[key]
                yield Fault(files[entry.id], field, f"`{phrasing}` is also a phrasing of {files[other]} ({where})")
            else:
                seen[key] = entry.id, field


def _choices(pack: Pack) -> Iterator[Fault]:
    """Check that words that several entries share are in no entry, and in only one choice."""
    owned = {phrase_key(text): entry.id for entry in pack.entries for text in entry.phrasings}
    seen: set[str] = set()
    for i, choice in enumerate(pack.choices):
        for field, words in ((f"{i}.words.{place}", words) for place, words in enumerate(choice.words)):
            key = phrase_key(words)
            if key in owned:
                yield Fault("choices.yaml", field, f"`{words}` is a phrasing of {owned[key]}, which answers it already")
            elif not key or key in seen:
                yield Fault("choices.yaml", field, f"`{words}` stands here twice, or has no words to match")
            seen.add(key)
        if len(choice.entries) < 2:
            yield Fault("choices.yaml", f"{i}.entries", "a choice has at least two entries")
        for place, entry_id in enumerate(choice.entries):
            if pack.entry(entry_id) is None:
                yield Fault("choices.yaml", f"{i}.entries.{place}", f"there is no entry `{entry_id}`")


def _taught_twice(taught: Mapping[str, str], folder: Path) -> Iterator[Fault]:
    """Find examples that would teach two things at once. `taught` are the keys of all phrasings, each with its file."""
    faults: list[Fault] = []
    ordinary = dict(taught)
    for path in sorted((folder / "unanswerable").glob("*.yaml")):
        for field, text in _examples(path, faults):
            key = phrase_key(text)
            if key in taught:
                faults.append(Fault(path.name, field, f"`{text}` is a phrasing of {taught[key]} too"))
            ordinary[key] = path.name
    yield from faults
    if (folder / "danger_examples").is_dir():
        yield from _danger(ordinary, folder / "danger_examples")


def _danger(ordinary: Mapping[str, str], folder: Path) -> Iterator[Fault]:
    """Yield messages that are examples of both danger and ordinary talk. `ordinary` are the keys of what is ordinary
    elsewhere, each with its file.
    """
    faults: list[Fault] = []
    others: Mapping[str, str] = {}
    for path in (folder / "lookalike.yaml", folder / "in-danger.yaml"):
        seen: dict[str, str] = {}
        for field, text in _examples(path, faults):
            key = phrase_key(text)
            if not key:
                faults.append(Fault(path.name, field, f"`{text}` has no words to learn from"))
            elif key in seen:
                faults.append(Fault(path.name, field, f"`{text}` stands at {seen[key]} already"))
            elif key in others:
                told = f"`{text}` stands in {others[key]} too, where nobody is in danger"
                faults.append(Fault(path.name, field, told))
            seen.setdefault(key, field)
        others = {**ordinary, **dict.fromkeys(seen, path.name)}
    yield from faults


def _examples(path: Path, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Yield the examples in a file, each with its place in it."""
    try:
        groups = read_examples(path)
    except PackError as error:
        faults += error.faults
        return
    for group, texts in groups.items():
        yield from ((f"{group}.{place}", text) for place, text in enumerate(texts))
