"""Import and export of a community's entries, with a dry run that shows what would happen to each row."""

import asyncio
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.events import UPLOAD_LIMIT, Role, Submit
from bot.chat.markup import Plain
from bot.chat.replies import (
    Block,
    Button,
    ChoiceQuestion,
    Fields,
    File,
    FileQuestion,
    Form,
    Heading,
    Items,
    Question,
    Reply,
    Text,
    counted,
    echo,
    note,
    text,
)
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Handlers, command
from bot.curating import learning
from bot.curating.approval import revise, waits
from bot.curating.editing.entry_form import AREA_LIMIT, SOURCE, TOPIC, sources
from bot.curating.editing.impact import blocks_of, check
from bot.curating.lending import lent
from bot.curating.telling import settle, waiting_for
from knowledge.pack.exchange.import_export import ENDINGS, Format, dump, load
from knowledge.pack.exchange.import_plan import FilledIn, Outcome, Plan, Step, plan
from knowledge.pack.model import Pack
from knowledge.pack.overlay import Conflict, Overlay, Revision, effective
from knowledge.pack.tables.bad_file import BadFile
from knowledge.pack.tables.cells import guarded
from knowledge.store.protocol import Json

FORM, FILL_FORM = "import", "import-fill"
# The file name for an entry that another community lends; it does not reveal which.
BORROWED = "an entry that another community lends.json"
# How many different faults and warnings a message shows; the report has them all.
FAULTS_LIMIT = 10
# How many row numbers each of them names.
ROWS_NAMED = 12
_TOLD = {Outcome.REJECTED: "Rejected", Outcome.AMBIGUOUS: "Ambiguous, so I leave them alone"}


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def export(
    context: Context,
    format: Annotated[Format, About("the kind of file")] = Format.CSV,  # noqa: A002 (the name that people type)
    all: Annotated[bool, About("also the entries that ship with me")] = False,  # noqa: A002 (the same)
) -> Reply:
    """Get the entries of this community as a file, for a spreadsheet or for another community.

    If your spreadsheet shows a CSV file in one column, use format:csv-semicolons.
    """
    overlay = await context.services.store.overlay(context.community)
    removed = [revision.entry_id for revision in overlay.revisions if revision.entry is None]
    known = effective(context.services.pack, overlay).entries
    entries = [entry for entry in known if all or overlay.of(entry.id) is not None]
    if not entries and not removed:
        raise BadArgument("This community has changed nothing yet; all:true exports the entries that ship with me.")
    kind = Format(format)
    file = File(f"ijm-answers.{kind.ending}", dump(entries, removed, kind))
    gone = f", and {len(removed)} removed" if removed else ""
    return Reply((text(f"{counted(len(entries), 'entry', 'entries')}{gone}."), file), private=True)


@command("import", role=Role.MODERATOR, head="ijm-mod", private=True)
async def import_(
    context: Context,
    code: Annotated[str | None, About("the code of an entry that another community lends")] = None,
) -> Reply:
    """Add and change entries from a file: first a dry run, row by row, then you decide.

    It takes CSV, TSV, Excel, JSON and YAML, and exports of QnABot and QnA Maker. A table needs the columns question
    and answer. A row with the question of an entry changes that entry.
    """
    return _opened() if code is None else await _borrowed(context, code)


async def _borrowed(context: Context, code: str) -> Reply:
    """Return the dry run for an entry that another community lends."""
    refusal = await context.services.codes.take(context.user.id, context.community)
    if refusal is not None:
        raise BadArgument(f"Too many wrong codes. Please try again in {counted(-(-refusal.seconds // 60), 'minute')}.")
    entry = await lent(context, code)
    if entry is None:
        raise BadArgument("This code is not valid. Ask whoever gave it to you for a new one.")
    content = dump([entry], [], Format.JSON)
    return await _tried(context, await _kept(context, {"import": BORROWED, "content": content.hex()}))


def _opened() -> Reply:
    asked = FileQuestion("file", "A spreadsheet or an exported file", ENDINGS)
    return Reply((), private=True, form=Form(FORM, "Import entries", (asked,), "Try it", Button("Choose a file", FORM)))


async def _reopened(context: Context, _: str) -> Reply:
    return _opened()


async def _submitted(context: Context, submit: Submit) -> Reply:
    store, file = context.services.store, submit.files.get("file")
    if file is None:
        raise BadArgument(f"There is no file. Choose one that ends in {', '.join(ENDINGS)}.")
    if file.content is None:
        raise BadArgument(f"“{echo(file.name)}” is larger than {UPLOAD_LIMIT:,} bytes; split it.")
    try:
        await asyncio.to_thread(load, file.name, file.content)
    except BadFile as error:
        raise BadArgument(f"“{echo(file.name)}” was not imported. {error}") from error
    before = [each for each in await store.typed_by(context.community, context.user.id) if "import" in each.values]
    for each in before:
        await store.drop_typed(context.community, each.id)
    reply = await _tried(context, await _kept(context, {"import": file.name, "content": file.content.hex()}))
    if not before:
        return reply
    gone = ", ".join(f"“{echo(str(each.values['import']))}”" for each in before)
    return replace(
        reply, blocks=(note(f"Each moderator can have one file waiting: {gone} was discarded."), *reply.blocks)
    )


async def _kept(context: Context, values: dict[str, Json], typed_id: str | None = None) -> str:
    store, now = context.services.store, context.services.now()
    return await store.keep_typed(context.community, values, by=context.user.id, now=now, typed_id=typed_id)


async def _file(context: Context, typed_id: str) -> dict[str, Json]:
    """Return a stored file by its id. Raises BadArgument if it is gone."""
    found = await context.services.store.typed(context.community, typed_id)
    if found is None or "import" not in found.values:
        raise BadArgument("This file was already imported or discarded.")
    return dict(found.values)


async def _plan(context: Context, typed_id: str) -> tuple[Plan, Overlay, list[str]]:
    """Return what the file would do now, the overlay that this is based on, and notes on the file."""
    file = await _file(context, typed_id)
    name, content = str(file["import"]), bytes.fromhex(str(file["content"]))
    overlay = await context.services.store.overlay(context.community)
    recorded, allowed = f"imported from {echo(name)}", context.pinned
    source, year, _ = sources(str(file.get(SOURCE) or ""))
    filled_in = FilledIn(str(file.get(TOPIC) or ""), source.document, year or 0)
    notes: list[str] = []

    def planned() -> Plan:
        rows = load(name, content, notes)
        return plan(rows, context.services.pack, overlay, recorded, pinned=allowed, filled_in=filled_in)

    # In a thread, so that a large file keeps nobody waiting.
    return await asyncio.to_thread(planned), overlay, notes


async def _tried(context: Context, typed_id: str) -> Reply:
    """Return the dry run: what would happen to each row."""
    made, overlay, notes = await _plan(context, typed_id)
    counts = tuple((outcome.value, (Plain(str(made.count(outcome))),)) for outcome in Outcome if made.count(outcome))
    blocks: list[Block] = [Heading("Dry run: nothing is changed yet"), *(Text((Plain(told),)) for told in notes)]
    blocks.append(Fields(counts))
    for outcome, title in _TOLD.items():
        blocks += _by_rows(f"**{title}**:", [(step.place, step.why) for step in made.steps if step.outcome is outcome])
    warned = [(step.place, warning) for step in made.steps for warning in step.warnings]
    blocks += _by_rows("**Please look at these**; you can import them anyway:", warned)
    if made.drafts:
        after = _after(context, made, overlay)
        blocks += blocks_of(await check(context, after), after)
    blocks += [File("import-report.csv", _report(made)), note("The report lists every row.")]
    buttons: list[Button] = []
    if made.drafts:
        buttons.append(Button(f"Import {counted(len(made.drafts), 'row')}", "importing", typed_id))
    if any(step.open for step in made.steps):
        buttons.append(Button("Fill in what is missing", FILL_FORM, typed_id))
    return Reply(tuple(blocks), (*buttons, Button("Discard", "discard", typed_id)), private=True)


def _by_rows(title: str, told: Iterable[tuple[int, str]]) -> tuple[Block, ...]:
    """Group remarks on rows: each remark once, with its rows."""
    rows: dict[str, list[int]] = {}
    for place, what in told:
        rows.setdefault(what, []).append(place)
    if not rows:
        return ()
    lines = [f"{_rows(places)}: {what}" for what, places in rows.items()]
    shown = Items(tuple((Plain(line),) for line in lines[:FAULTS_LIMIT]))
    more = len(lines) - FAULTS_LIMIT
    return (text(title), shown, *((note(f"… and {more} more in the report."),) if more > 0 else ()))


def _rows(places: Sequence[int]) -> str:
    """Name rows by their numbers, with ranges for consecutive ones."""
    spans: list[list[int]] = []
    for place in places:
        if spans and place == spans[-1][-1] + 1:
            spans[-1][1:] = [place]
        else:
            spans.append([place])
    named = ["–".join(map(str, span)) for span in spans[:ROWS_NAMED]]
    more = f" and {len(spans) - ROWS_NAMED} more" if len(spans) > ROWS_NAMED else ""
    return f"{'Row' if len(places) == 1 else 'Rows'} {', '.join(named)}{more}"


def _after(context: Context, made: Plan, overlay: Overlay) -> Pack:
    """Return the community's knowledge as it would be after the import."""
    now = context.services.now()
    revisions = tuple(Revision(d.entry_id, d.number, d.change, d.entry, d.base, "", "", now) for d in made.drafts)
    changed = {revision.entry_id for revision in revisions}
    rest = tuple(revision for revision in overlay.revisions if revision.entry_id not in changed)
    return effective(context.services.pack, Overlay(overlay.number, (*rest, *revisions)))


def _report(made: Plan) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "id", "outcome", "why", "warnings"])
    writer.writerows(_reported(step) for step in made.steps)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _reported(step: Step) -> tuple[object, ...]:
    return step.place, guarded(step.entry_id), step.outcome.value, guarded(step.why), guarded("; ".join(step.warnings))


async def _fill(context: Context, typed_id: str) -> Reply:
    """Return the form that fills in what rows leave open, once for all rows."""
    made, _, _ = await _plan(context, typed_id)
    file = await _file(context, typed_id)
    missing = {name for step in made.steps for name in step.open}
    fields: list[ChoiceQuestion | Question] = []
    if "topic" in missing:
        topics = tuple((topic.id, topic.title) for topic in context.pack.topics)
        fields.append(ChoiceQuestion(TOPIC, "Topic", topics, str(file.get(TOPIC) or "")))
    if missing & {"source", "year"}:
        value = str(file.get(SOURCE) or "")
        hint = "Chapter handbook\n2026"
        fields.append(Question(SOURCE, "Source and year (one per line)", True, value, AREA_LIMIT, 2, hint))
    again = Button("Open the form", FILL_FORM, typed_id)
    return Reply(
        (), private=True, form=Form(f"{FILL_FORM}:{typed_id}", "Where rows are empty", tuple(fields), "Try it", again)
    )


async def _filled(context: Context, submit: Submit) -> Reply:
    typed_id = submit.form.partition(":")[2]
    file = await _file(context, typed_id)
    file |= {name: submit.values[name] for name in (TOPIC, SOURCE) if name in submit.values}
    return await _tried(context, await _kept(context, file, typed_id))


async def _import(context: Context, typed_id: str) -> Reply:
    """Import all good rows at once. What changed since the dry run is planned again."""
    store = context.services.store
    made, _, _ = await _plan(context, typed_id)
    try:
        revised = await revise(context, made.drafts)
    except Conflict:
        return await _tried(context, typed_id)
    await store.drop_typed(context.community, typed_id)
    if not revised:
        return waits()
    await settle(context, await waiting_for(context, (each.entry for each in revised if each.entry is not None)))
    done = ", ".join(f"{made.count(outcome)} {outcome}" for outcome in Outcome if made.count(outcome))
    more, buttons = await learning.begin(context)
    return Reply((Text((Plain(f"Imported: {done}."),)), *more), buttons, private=True)


COMMANDS = (export, import_)
HANDLERS = Handlers(
    {FORM: _reopened, FILL_FORM: _fill, "importing": _import},
    {FORM: _submitted, FILL_FORM: _filled},
    Role.MODERATOR,
    frozenset({"importing"}),
)
