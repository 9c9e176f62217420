"""Import and export of a community's entries, with a dry run that says what would become of each row."""

import asyncio
import csv
import io
from typing import Annotated

from bot.asking.helpline import pinned
from bot.chat.events import UPLOAD_LIMIT, Role, Submit
from bot.chat.markup import Plain
from bot.chat.replies import (
    Block,
    Button,
    Fields,
    File,
    FileQuestion,
    Form,
    Heading,
    Items,
    Reply,
    Text,
    echo,
    note,
    text,
)
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Handlers, command
from bot.curating.impact import blocks_of, check
from knowledge.pack.import_export import BadFile, Format, as_text, dump, load
from knowledge.pack.import_plan import Outcome, Plan, plan
from knowledge.pack.model import Pack
from knowledge.pack.overlay import Conflict, Overlay, Revision, effective

FORM = "import"
ENDINGS = (".csv", ".json", ".yaml", ".yml")
# As many faults as are read in a message; the report has them all.
FAULTS_LIMIT = 10


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def export(
    context: Context,
    format: Annotated[Format, About("the kind of file")] = Format.CSV,  # noqa: A002 (the name that people type)
    all: Annotated[bool, About("also the entries that ship with me")] = False,  # noqa: A002 (the same)
) -> Reply:
    """Get the entries of this community as a file, for a spreadsheet or for another community."""
    overlay = await context.services.store.overlay(context.community)
    removed = [revision.entry_id for revision in overlay.revisions if revision.entry is None]
    known = effective(context.services.pack, overlay).entries
    entries = [entry for entry in known if all or overlay.of(entry.id) is not None]
    if not entries and not removed:
        raise BadArgument("This community has changed nothing yet; all:true exports the entries that ship with me.")
    file = File(f"ijm-answers.{Format(format)}", dump(entries, removed, Format(format)))
    counted = f"{len(entries)} entries, and {len(removed)} that are removed." if removed else f"{len(entries)} entries."
    return Reply((text(counted), file), private=True)


@command("import", role=Role.MODERATOR, head="ijm-mod", private=True)
async def import_(context: Context) -> Reply:
    """Add and change entries from a file: first a dry run, row by row, then you decide."""
    if context.is_personal:
        raise BadArgument("Entries belong to a server; please do this there.")
    return _opened()


def _opened() -> Reply:
    asked = FileQuestion("file", "A file as export makes it", ENDINGS)
    return Reply((), private=True, form=Form(FORM, "Import entries", (asked,), "Try it", Button("Choose a file", FORM)))


async def _reopened(context: Context, _: str) -> Reply:
    return _opened()


async def _submitted(context: Context, submit: Submit) -> Reply:
    file = submit.files.get("file")
    if file is None:
        raise BadArgument("There was no file. Choose one that ends in .csv, .json or .yaml.")
    if file.content is None:
        raise BadArgument(f"“{echo(file.name)}” is larger than {UPLOAD_LIMIT:,} bytes; split it.")
    try:
        await asyncio.to_thread(load, file.name, file.content)
    except BadFile as error:
        raise BadArgument(f"“{echo(file.name)}” was not imported. {error}") from error
    typed_id = await context.services.store.keep_typed(
        context.community,
        {"import": file.name, "content": file.content.hex()},
        by=context.user.id,
        now=context.services.now(),
    )
    return await _tried(context, typed_id)


async def _plan(context: Context, typed_id: str) -> tuple[Plan, Overlay]:
    found = await context.services.store.typed(context.community, typed_id)
    if found is None or "import" not in found.values:
        raise BadArgument("This file was imported or thrown away already.")
    name, content = str(found.values["import"]), bytes.fromhex(str(found.values["content"]))
    overlay = await context.services.store.overlay(context.community)
    recorded, allowed = f"imported from {echo(name)}", pinned(context.settings, context.services.help_line)

    def planned() -> Plan:
        return plan(load(name, content), context.services.pack, overlay, recorded, pinned=allowed)

    # A large file keeps a thread busy, and nobody waiting.
    return await asyncio.to_thread(planned), overlay


async def _tried(context: Context, typed_id: str) -> Reply:
    """The dry run: what would become of each row."""
    made, overlay = await _plan(context, typed_id)
    counts = tuple((outcome.value, (Plain(str(made.count(outcome))),)) for outcome in Outcome if made.count(outcome))
    blocks: list[Block] = [Heading("Dry run: nothing is changed yet"), Fields(counts)]
    rejected = [step for step in made.steps if step.outcome is Outcome.REJECTED]
    if rejected:
        blocks.append(text("**Rejected**, the other rows can be imported all the same:"))
        lines = (f"Row {step.place} {step.entry_id}: {step.why}" for step in rejected[:FAULTS_LIMIT])
        blocks.append(Items(tuple((Plain(line),) for line in lines)))
    if made.drafts:
        after = _after(context, made, overlay)
        blocks += blocks_of(await check(context, after), after)
    blocks += [File("import-report.csv", _report(made)), note("The report says it row by row.")]
    go = (Button(f"Import {len(made.drafts)} rows", "importing", typed_id),) if made.drafts else ()
    return Reply(tuple(blocks), (*go, Button("Throw away", "discard", typed_id)), private=True)


def _after(context: Context, made: Plan, overlay: Overlay) -> Pack:
    """The community's knowledge as it would be."""
    now = context.services.now()
    revisions = tuple(Revision(d.entry_id, d.number, d.change, d.entry, d.base, "", "", now) for d in made.drafts)
    changed = {revision.entry_id for revision in revisions}
    rest = tuple(revision for revision in overlay.revisions if revision.entry_id not in changed)
    return effective(context.services.pack, Overlay(overlay.number, (*rest, *revisions)))


def _report(made: Plan) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "id", "outcome", "why"])
    writer.writerows([s.place, as_text(s.entry_id), s.outcome.value, as_text(s.why)] for s in made.steps)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


async def _import(context: Context, typed_id: str) -> Reply:
    """Take all good rows at once. What changed since the dry run is planned again."""
    store, now = context.services.store, context.services.now()
    made, _ = await _plan(context, typed_id)
    try:
        await store.revise(context.community, made.drafts, by=context.user.id, now=now)
    except Conflict:
        return await _tried(context, typed_id)
    await store.drop_typed(context.community, typed_id)
    counted = ", ".join(f"{made.count(outcome)} {outcome}" for outcome in Outcome if made.count(outcome))
    return Reply((Text((Plain(f"Imported: {counted}."),)),), private=True)


COMMANDS = (export, import_)
HANDLERS = Handlers({FORM: _reopened, "importing": _import}, {FORM: _submitted}, Role.MODERATOR)
