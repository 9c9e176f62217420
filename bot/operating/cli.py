"""The command line: what an operator, a contributor or a script asks of the bot without a platform."""

import gc
import json
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from bot.app.registry import default_registry
from bot.asking.ask import Considered, consider
from bot.commands.context import Library
from bot.commands.documentation import command_page
from bot.commands.turns import NOTHING, Turn
from bot.operating.bootstrap import library
from bot.operating.configuration import BadSettings, check
from bot.operating.contacts import contacts
from bot.operating.evaluation import Share, evaluate
from bot.operating.own_entries import RefusedEntriesError, with_entries
from bot.operating.settings import Settings
from bot.talking.converse import converse, turn_after
from knowledge.encoder import EncoderError
from knowledge.matching.learned import load_learned
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.matching.practice import BadQuestions, json_lines, practice, read_questions
from knowledge.matching.relearning import digests, stale
from knowledge.pack.files import PackError, load_pack, pack_folder
from knowledge.pack.lint import lint as faults_of
from knowledge.pack.tables.bad_file import BadFile
from knowledge.safety.examples import unlearned
from knowledge.store.protocol import StoreError
from knowledge.talk.recognizer import faults_of as talk_faults

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_ENTRIES = click.option(
    "--entries", type=_FILE, help="Answer also from the entries in this file, of any kind that an import takes."
)
_ONLY = click.option("--only", is_flag=True, help="Answer from the entries of --entries alone.")

# Adds the commands that serve platforms. Their SDKs take longer to import than most commands here take to run.
_COMPOSITION_ROOT = "bot.__main__"


class _Group(click.Group):
    """Imports the platform commands only when needed, and reports errors in words, not as a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        import_module(_COMPOSITION_ROOT)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands:
            import_module(_COMPOSITION_ROOT)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (PackError, BadQuestions, BadFile, RefusedEntriesError, StoreError, EncoderError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ijm-answers")
def cli() -> None:
    """Answers questions about International Justice Mission from a curated knowledge base."""


def _model() -> Path | None:
    """Return the model that matches by meaning, if the operator has set one.

    Raises ClickException if a setting is wrong.
    """
    try:
        check(Settings)
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    return Settings().embeddings


def _parts(entries: Path | None, *, only: bool) -> Library:
    """Return the knowledge to answer from: the base, and the entries in a file, beside it or instead of it."""
    if entries is None and only:
        raise click.UsageError("--only needs --entries: the file with the entries to answer from.")
    base = library(embeddings=_model())
    if entries is None:
        return base
    return with_entries(base, entries, only=only, tell=lambda note: click.echo(f"Note: {note}", err=True))


@cli.command()
@click.argument("folder", type=_FOLDER, required=False)
def lint(folder: Path | None) -> None:
    """Check the knowledge base: every fault at once, with its file and field."""
    where = folder or pack_folder()
    faults = [str(fault) for fault in (*faults_of(where), *unlearned(where), *talk_faults(where))]
    if not faults and where == pack_folder():
        now = digests(load_pack().entries, load_out_of_scope(where / "unanswerable"), practice())
        faults = [f"{name} has changed since it was learned; run: make learn" for name in stale(load_learned(), now)]
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} fault(s) in {where.name}/; see above.")
    click.echo("The knowledge base has no faults.")


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the reply.")
@click.option("--batch", type=_FILE, help='Read JSON lines with "q" and print one JSON object a line.')
@click.option("--overheard", is_flag=True, help="As if the message was not addressed to the bot.")
@click.option("--conversation", is_flag=True, help="With --batch: take the lines as one person's turns.")
@_ENTRIES
@_ONLY
def ask(
    question: tuple[str, ...],
    *,
    as_json: bool,
    batch: Path | None,
    overheard: bool,
    conversation: bool,
    entries: Path | None,
    only: bool,
) -> None:
    """Ask one question, or a file of them, and print what the bot replies."""
    if bool(question) == (batch is not None):
        raise click.UsageError('Give a question, or a file with --batch. Example: ijm-bot ask "what is ijm"')
    if batch is not None:
        rows = [row["q"] for _, row in json_lines(batch)]
        parts = _parts(entries, only=only)
        turn = NOTHING
        for text in rows:
            considered = _weighed(parts, text, addressed=not overheard, only=only, turn=turn)
            if conversation:
                turn = turn_after(considered, turn)
            click.echo(_json(text, considered))
        return
    text = " ".join(question)
    considered = _weighed(_parts(entries, only=only), text, addressed=not overheard, only=only)
    if as_json:
        click.echo(_json(text, considered))
    elif considered.reply is not None:
        click.echo(considered.reply.plain)
    else:
        click.echo("(Nothing in it to answer.)", err=True)


@cli.command(name="eval")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of a table.")
@_ENTRIES
@_ONLY
def evaluate_(files: tuple[Path, ...], *, as_json: bool, entries: Path | None, only: bool) -> None:
    """Measure the answers on files of labelled questions (JSON lines with "q" and "accept" or "kind")."""
    questions = [question for path in files for question in read_questions(path)]
    measures = evaluate(_parts(entries, only=only), questions)
    if as_json:
        click.echo(json.dumps({name: _share(share) for name, share in measures.items()}, indent=2))
        return
    width = max((len(name) for name in measures), default=0)
    for name, share in measures.items():
        percent = "-" if share.percent is None else f"{share.percent:.1f} %"
        click.echo(f"{name:<{width}}  {percent:>8}  {share.hits:>5} of {share.total}")


@cli.command()
def commands() -> None:
    """Print the page of chat commands as Markdown, as it stands in docs/commands.md."""
    click.echo(command_page(default_registry()), nl=False)


cli.add_command(contacts)


def _share(share: Share) -> dict[str, float | int | None]:
    return {"percent": share.percent, "hits": share.hits, "total": share.total}


def _weighed(parts: Library, text: str, *, addressed: bool, only: bool, turn: Turn = NOTHING) -> Considered:
    """Classify a message; with `only` a community's entries, there is no small talk and no fixed line."""
    if only:
        return consider(parts, text, addressed=addressed)
    return converse(parts, default_registry(), text, addressed=addressed, turn=turn)


def _json(text: str, considered: Considered) -> str:
    entries = [
        {"id": match.entry.id, "question": match.entry.question, "score": round(match.score, 4)}
        for match in considered.matches
    ]
    told: dict[str, Any] = {"q": text, "kind": considered.kind, "entries": entries}
    told["also"] = [entry.id for entry in considered.also]
    if considered.group:
        told["group"] = considered.group
    if considered.command:
        told |= {"command": considered.command, "arguments": dict(considered.arguments)}
    told["text"] = "" if considered.reply is None else considered.reply.plain
    return json.dumps(told, ensure_ascii=False)


def main() -> None:
    """Run the console script `ijm-bot`."""
    # Until the knowledge is built: imports make much that stays, and nothing for the collector to find.
    gc.disable()
    if sys.platform == "win32":
        # A pipe has a code page there, which lacks most of what the replies are written in.
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
    cli(prog_name="ijm-bot")
