"""The console: what a line means, forms as prompts, a pipe, and a real terminal."""

import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from adapters.console.app import AGAIN, converse
from adapters.console.commands import command_lines, option_asked
from adapters.console.events import event_of
from adapters.shared.text_chat import DRAFT_KEPT, DRAFTED
from bot.app.app import App
from bot.chat.events import Event, Message, Role, Submit, Typed
from bot.chat.replies import Form, Question, Reply, text
from bot.commands.context import Context, Services
from bot.commands.declarations import Handlers, Registry, command
from tests.program import bare_environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent.parent
START_SECONDS = 120


@pytest.mark.parametrize(
    ("line", "kind", "content"),
    [
        ("what is ijm", Message, "what is ijm"),
        ("/ijm outcomes rescue", Typed, "outcomes rescue"),
        ("/IJM  outcomes", Typed, " outcomes"),
        ("/ijm", Typed, ""),
        ("/outcomes", Typed, "outcomes"),
        ("help", Typed, "help"),
        ("?", Typed, "help"),
        ("2", Message, "2"),
        ("/", Message, "/"),
    ],
)
def test_a_line_becomes_an_event(line: str, kind: type[Event], content: str) -> None:
    event = event_of(line)
    assert isinstance(event, kind)
    match event:
        case Message(text=found) | Typed(line=found):
            assert found == content


class Script:
    """A screen that reads given lines and keeps what is shown."""

    whole_texts = False

    def __init__(self, *lines: str | BaseException | type[BaseException]) -> None:
        self.lines = list(lines)
        self.replies: list[Reply] = []
        self.said: list[str] = []

    async def read(self, prompt: str, default: str = "", *, takes_lines: bool = False) -> str:
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        if isinstance(line, str):
            return line or default
        raise line

    def show(self, reply: Reply) -> None:
        self.replies.append(reply)

    def say(self, line: str) -> None:
        self.said.append(line)


@command()
async def wish(context: Context) -> Reply:
    """Wish for something."""
    fields = (Question("what", "What", limit=10), Question("why", "Why", required=False, value="because"))
    return Reply((), form=Form("wish", "A wish", fields))


async def granted(context: Context, submit: Submit) -> Reply:
    return Reply((text(f"{submit.values['what']} {submit.values['why']}"),))


async def test_a_form_is_asked_field_by_field_and_a_bad_value_again(services: Services) -> None:
    app = App(services, Registry((wish,), [Handlers({}, {"wish": granted})]))
    screen = Script("/wish", "", "much too long a wish", "peace", "")
    await converse(app, screen, greet=False)
    assert screen.replies[-1].plain == "peace because"
    assert "  This field is required." in screen.said
    assert any("At most 10 characters" in line for line in screen.said)


async def test_a_form_can_be_left_without_sending(services: Services) -> None:
    app = App(services, Registry((wish,), [Handlers({}, {"wish": granted})]))
    screen = Script("/wish", "peace", "cancel", "/wish", "love", "joy")
    await converse(app, screen, greet=False)
    assert "Nothing was sent." in screen.said
    assert DRAFTED not in screen.said
    assert screen.replies[-1].plain == "love joy"


async def test_what_was_typed_into_a_form_that_is_interrupted_is_there_when_it_opens_again(services: Services) -> None:
    app = App(services, Registry((wish,), [Handlers({}, {"wish": granted})]))
    begun = ["/wish", "peace", KeyboardInterrupt("I want"), "/wish", KeyboardInterrupt]
    screen = Script(*begun, "/wish", "", "", "/wish", "joy", "")
    await converse(app, screen, greet=False)
    assert DRAFT_KEPT in screen.said
    assert screen.said.count(f"  {DRAFTED}") == 2
    assert [reply.plain for reply in screen.replies] == ["peace I want", "joy because"]


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ([KeyboardInterrupt("what is"), "what is ijm", KeyboardInterrupt, "what is ijm"], 2),
        ([KeyboardInterrupt("what is"), KeyboardInterrupt("what is"), "what is ijm"], 1),
        ([KeyboardInterrupt, KeyboardInterrupt, "what is ijm"], 0),
        ([KeyboardInterrupt("what is"), KeyboardInterrupt, "what is ijm"], 0),
    ],
)
async def test_one_ctrl_c_clears_the_line_and_two_leave(
    app: App, lines: list[str | type[BaseException] | BaseException], asked: int
) -> None:
    screen = Script(*lines)
    await converse(app, screen, greet=False)
    assert len(screen.replies) == asked
    assert AGAIN in screen.said


async def test_the_chat_says_how_to_connect_a_platform_and_ends_on_quit(app: App) -> None:
    screen = Script("quit", "what is ijm")
    await converse(app, screen, "To connect", greet=True)
    assert screen.said[0] == "To connect"
    assert len(screen.replies) == 1


def test_commands_are_completed(app: App) -> None:
    assert command_lines(app.registry, Role.ADMIN, "/ijm out") == (
        ("/ijm outcomes", "Show the four outcomes that IJM works for, or open one of them"),
    )
    assert len(command_lines(app.registry, Role.ADMIN, "/")) == len(app.registry.commands)


@pytest.mark.parametrize(
    ("typed", "command", "option", "value"),
    [
        ("how long", "ask", "question", "how long"),
        ("/ijm cite after", "cite", "entry", "after"),
        ("/ijm cite aftercare-duration style:ml", "cite", "style", "ml"),
        ("/ijm topics res", "topics", "topic", "res"),
        ("/ijm privacy x", "", "", "x"),
        ("/ijm-mod edit ceb", "edit", "entry", "ceb"),
    ],
)
def test_the_option_under_the_cursor_is_known(app: App, typed: str, command: str, option: str, value: str) -> None:
    asked = option_asked(app.registry, typed)
    assert (asked.event.command, asked.event.option, asked.event.text) == (command, option, value)
    assert asked.typed == len(value)


async def test_a_moderators_option_is_completed(app: App) -> None:
    asked = option_asked(app.registry, "/ijm-mod edit ceb")
    assert (await app.complete(asked.event))[0][1] == "evidence-cebu"


async def test_the_whole_way_from_a_question_nobody_answers_to_its_answer(services: Services) -> None:
    """A terminal is a community of one, whose operator may do everything."""
    unknown = "what is the parking fee at the gala in april"
    form = ["", "how much is gala parking", ".", "Five dollars, in 2026.", ".", "about", "Gala leaflet", "2026", "."]
    screen = Script(unknown, "/ijm-mod review", "1", *form, "1", unknown, "gala parking, how much is it")
    await converse(App(services), screen, greet=False)
    shown = [reply.plain for reply in screen.replies]
    assert "I don't know that" in shown[0]
    assert "unanswered: 1" in shown[1]
    assert unknown in shown[1]
    assert any("Preview: not saved yet" in each for each in shown)
    assert any(each.startswith("Saved") for each in shown)
    assert all("Five dollars, in 2026." in each for each in shown[-2:])
    assert any("About IJM" in line for line in screen.said)


def environment(folder: Path) -> dict[str, str]:
    return {**bare_environment(), "DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}"}


def test_a_pipe_gets_plain_replies_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    lines = "what is ijm\n/ijm outcomes rescue\n2\n\nquit\nnever read\n"
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"], input=lines, capture_output=True, text=True, cwd=ROOT,
        timeout=START_SECONDS, env=environment(tmp_path), check=True,
    )  # fmt: skip
    assert done.stdout.startswith("What is IJM?\n\nInternational Justice Mission (IJM) is a global organization")
    assert "How does IJM rescue victims?" in done.stdout
    assert "How does IJM help survivors rebuild their lives?" in done.stdout
    assert "\x1b" not in done.stdout
    connect = "To connect a platform, set DISCORD_TOKEN, or SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and run this again."
    assert done.stderr == f"{connect}\n"


def test_a_person_at_a_terminal_gets_a_chat_with_numbers_and_completion(tmp_path: Path) -> None:
    chat = pexpect.spawn(
        sys.executable, ["-m", "bot", "chat"], cwd=str(ROOT), encoding="utf-8", timeout=START_SECONDS,
        dimensions=(50, 140), env={**environment(tmp_path), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )  # fmt: skip
    try:
        chat.expect_exact("To connect a platform, set DISCORD_TOKEN")
        chat.expect_exact("The four outcomes")
        chat.expect_exact("you ›")
        chat.send("how long does aftercare last\r")
        chat.expect_exact("2 years")
        chat.expect_exact("Figures: 2012")
        chat.expect_exact("Cite this")
        chat.expect_exact("you ›")
        chat.send("/ijm out")
        chat.expect_exact("outcomes")
        chat.send("comes rescue\r")
        chat.expect_exact("first priority")
        chat.expect_exact("you ›")
        chat.send("/ijm-mod schedule daily 9:00 utc\r")
        chat.expect_exact("Discard")
        chat.expect_exact("you ›")
        chat.send("5\r")
        chat.expect_exact("All schedules")
        chat.expect_exact("you ›")
        chat.send("3\r")
        chat.expect_exact("Source: ")
        chat.expect_exact("Posted.")
        chat.expect_exact("you ›")
        chat.send("quit\r")
        chat.expect(pexpect.EOF)
        chat.wait()
        assert chat.exitstatus == 0
    finally:
        chat.close(force=True)


def test_a_person_at_a_terminal_edits_lines_in_place_and_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    chat = pexpect.spawn(
        sys.executable, ["-m", "bot", "chat"], cwd=str(ROOT), encoding="utf-8", timeout=START_SECONDS,
        dimensions=(50, 140), env={**environment(tmp_path), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )  # fmt: skip
    try:
        chat.expect_exact("you ›")
        chat.send("999\r")
        chat.expect("Type a number from 1 to [0-9]+")
        chat.expect_exact("you ›")
        chat.send("how long does after\x03")
        chat.expect_exact("Press Ctrl-C again to leave.")
        chat.expect_exact("you ›")
        chat.send("/ijm-mod add\r")
        chat.expect_exact("at most")
        chat.send("What does gala parking cost?\r")
        chat.expect_exact("Esc and then Enter")
        chat.expect_exact("at most")
        chat.send("how much is gala parking\rwhere do i park\x03")
        chat.expect_exact("What you typed is there")
        chat.expect_exact("you ›")
        chat.send("/ijm-mod add\r")
        chat.expect_exact("What you typed before is filled in.")
        chat.expect_exact("What does gala parking cost?")
        chat.send("\r")
        chat.expect_exact("Esc and then Enter")
        chat.expect_exact("where do i park")
        chat.send("\x03")
        chat.expect_exact("you ›")
        chat.send("\x03")
        chat.expect_exact("Press Ctrl-C again to leave.")
        chat.expect_exact("you ›")
        chat.send("\x03")
        chat.expect(pexpect.EOF)
        chat.wait()
        assert chat.exitstatus == 0
    finally:
        chat.close(force=True)


async def test_pictures_of_a_fact_are_saved_where_the_terminal_says(app: App) -> None:
    screen = Script("/ijm fact card:both", "2")
    await converse(app, screen, greet=False)
    saved = [Path(line.removeprefix("Saved: ")) for line in screen.said if line.startswith("Saved: ")]
    assert [path.name.rpartition("-")[2] for path in saved] == ["square.png", "wide.png"] * 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in saved)
    assert [button.label for button in screen.replies[0].buttons][:2] == ["Another one", "Make a card"]
    for path in saved:
        shutil.rmtree(path.parent)
