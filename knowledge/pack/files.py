"""The base pack as files: front matter and Markdown in, entries out. Every fault is reported, and none guessed away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from sys import intern
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from knowledge.pack.model import (
    Choice,
    Contact,
    Document,
    Entry,
    Fact,
    Link,
    Pack,
    QuizQuestion,
    SafetyCard,
    Source,
    Topic,
)
from knowledge.pack.records import interned
from knowledge.plain.parsing import ParseError, parse_yaml

_FENCE = "---"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in the pack: the file, the field (with its index), and what to do about it."""

    file: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.message}"


class PackError(Exception):
    """The pack cannot be used; `faults` lists everything that is wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("The knowledge base has faults:\n" + "\n".join(f"  {fault}" for fault in self.faults))


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _word(value: object) -> object:
    # `- 79` or `- yes` among phrasings is a text that somebody typed, not a number.
    return str(value) if isinstance(value, int | float) else value


_Phrasing = Annotated[_Text, BeforeValidator(_word)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Source(_Strict):
    document: _Text
    section: _Text


class _Fact(_Strict):
    text: _Text
    year: int | None = None
    source: _Source | None = None


class _Link(_Strict):
    title: _Text
    url: _Text


class _QuizQuestion(_Strict):
    question: _Text
    right: _Text
    wrong: list[_Text]
    why: _Text


class _FrontMatter(_Strict):
    id: _Text
    question: _Text
    title: _Text = ""
    topic: _Text
    source: _Source
    as_of: int
    facts: list[_Fact]
    links: list[_Link]
    related: list[_Text]
    quiz: list[_QuizQuestion] = []
    translations: dict[Literal["es", "pt", "fr"], list[_Text]] = {}
    alternatives: list[_Phrasing]


class _Choice(_Strict):
    words: list[_Phrasing]
    entries: list[_Text]


class _Topic(_Strict):
    id: _Text
    title: _Text
    description: _Text


class _Document(_Strict):
    title: _Text
    author: _Text
    kind: _Text
    dated: _Text
    sentence_case: list[_Text] = []


class _Contact(_Strict):
    name: _Text
    source: _Text
    checked_on: date | None
    phones: list[_Text] = []
    url: _Text | None = None


class _SafetyMatter(_Strict):
    contacts: list[_Contact]
    short: _Text


_Model = TypeVar("_Model")


def pack_folder() -> Path:
    """Return the folder of the shipped pack."""
    return Path(str(resources.files("knowledge")))


def load_pack(folder: Path | None = None) -> Pack:
    """Read the pack in a folder (the shipped one by default).

    Raises PackError if a file cannot be read. The linter finds faults between files.
    """
    pack, _, faults = read_pack(folder or pack_folder())
    if faults:
        raise PackError(faults)
    return pack


def read_pack(folder: Path) -> tuple[Pack, dict[str, str], tuple[Fault, ...]]:
    """Read as much of a pack as possible: its good parts, the file of each entry id, and every fault."""
    faults: list[Fault] = []
    topics = _listed(folder / "topics.yaml", _Topic, faults)
    documents = _listed(folder / "sources.yaml", _Document, faults)
    choices = _listed(folder / "choices.yaml", _Choice, faults) if (folder / "choices.yaml").exists() else []
    safety = _safety(folder / "safety.md", faults)
    entries: list[Entry] = []
    files: dict[str, str] = {}
    paths = sorted((folder / "entries").glob("*.md"))
    if not paths:
        faults.append(Fault("entries", "files", "there is no entry; each one is a file `entries/<id>.md`"))
    for path in paths:
        entry = read_entry(path, faults)
        if entry is None:
            continue
        if entry.id in files:
            faults.append(Fault(path.name, "id", f"`{entry.id}` is already the id of {files[entry.id]}"))
            continue
        entries.append(entry)
        files[entry.id] = path.name
    order = {topic.id: place for place, topic in enumerate(topics)}
    entries.sort(key=lambda entry: order.get(entry.topic, len(order)))
    pack = Pack(
        entries=tuple(entries),
        topics=tuple(Topic(**topic.model_dump()) for topic in topics),
        documents=tuple(
            Document(each.title, each.author, each.kind, each.dated, tuple(each.sentence_case)) for each in documents
        ),
        safety=safety,
        choices=tuple(Choice(tuple(choice.words), tuple(choice.entries)) for choice in choices),
    )
    return pack, files, tuple(faults)


def read_entry(path: Path, faults: list[Fault]) -> Entry | None:
    """Return the entry in a file, or None with the reasons added to `faults`."""
    parts = _split(path, faults)
    if parts is None:
        return None
    matter, answer = parts
    if not answer:
        faults.append(Fault(path.name, "answer", "there is no answer below the front matter"))
    front = _validated(TypeAdapter(_FrontMatter), matter, path.name, faults)
    if front is None or not answer:
        return None
    source = Source(**front.source.model_dump())
    return Entry(
        id=front.id,
        question=intern(front.question),
        alternatives=interned(front.alternatives),
        answer=intern(answer),
        topic=front.topic,
        facts=tuple(
            Fact(fact.text, fact.year, Source(**fact.source.model_dump()) if fact.source else source)
            for fact in front.facts
        ),
        source=source,
        as_of=front.as_of,
        links=tuple(Link(link.title, link.url) for link in front.links),
        related=tuple(front.related),
        title=front.title,
        quiz=tuple(QuizQuestion(each.question, each.right, tuple(each.wrong), each.why) for each in front.quiz),
        translations={language: tuple(texts) for language, texts in front.translations.items()},
    )


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file. Raises PackError if it is not UTF-8 YAML, or gives a key twice."""
    faults: list[Fault] = []
    content = _yaml(path, _text(path, faults), faults)
    if faults:
        raise PackError(faults)
    return content


def read_examples(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the texts of one file by group. Raises PackError if it does not map groups to lists of texts."""
    content = read_yaml(path)
    try:
        return {str(group): tuple(str(text) for text in texts) for group, texts in content.items()}
    except (TypeError, AttributeError) as error:
        raise PackError([Fault(path.name, "file", f"maps groups to lists of texts ({error})")]) from error


def _safety(path: Path, faults: list[Fault]) -> SafetyCard:
    parts = _split(path, faults)
    front = _validated(TypeAdapter(_SafetyMatter), parts[0], path.name, faults) if parts else None
    contacts = () if front is None else tuple(_contact(contact) for contact in front.contacts)
    return SafetyCard(parts[1] if parts else "", contacts, front.short if front else "")


def _contact(read: _Contact) -> Contact:
    return Contact(read.name, read.source, read.checked_on, tuple(read.phones), read.url)


def _listed(path: Path, model: type[_Model], faults: list[Fault]) -> list[_Model]:
    content = _yaml(path, _text(path, faults), faults)
    if content is None:
        return []
    return _validated(TypeAdapter(list[model]), content, path.name, faults) or []  # type: ignore[valid-type]


def _split(path: Path, faults: list[Fault]) -> tuple[Any, str] | None:
    text = _text(path, faults)
    if text is None:
        return None
    lines = text.splitlines()
    if not lines or lines[0].strip() != _FENCE or _FENCE not in (line.strip() for line in lines[1:]):
        faults.append(
            Fault(
                path.name,
                "front matter",
                "the file starts with `---`, YAML, `---`, and then the Markdown text",
            )
        )
        return None
    end = next(number for number, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE)
    matter = _yaml(path, "\n".join(lines[1:end]), faults)
    return None if matter is None else (matter, "\n".join(lines[end + 1 :]).strip())


def _text(path: Path, faults: list[Fault]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, "file", f"cannot be read as UTF-8 text ({error})"))
        return None


def _yaml(path: Path, text: str | None, faults: list[Fault]) -> Any:
    if text is None:
        return None
    try:
        content = parse_yaml(text)
    except ParseError as error:
        faults.append(Fault(path.name, "YAML", str(error)))
        return None
    if content is None:
        faults.append(Fault(path.name, "YAML", "there is nothing in it"))
    return content


def _validated(adapter: TypeAdapter[_Model], content: Any, file: str, faults: list[Fault]) -> _Model | None:
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        faults.extend(Fault(file, place, message) for place, message in validation_messages(error))
        return None


def validation_messages(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the faults in words, field by field."""
    words = {"missing": "this field is missing", "extra_forbidden": "there is no such field"}
    for problem in error.errors(include_url=False):
        place = ".".join(str(part) for part in problem["loc"]) or "front matter"
        yield place, words.get(problem["type"], problem["msg"][0].lower() + problem["msg"][1:])
