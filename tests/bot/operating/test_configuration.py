"""Settings: every mistake at once, no secret shown, and what is documented is what there is."""

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import KINDS, cli
from bot.app.app import App
from bot.chat.events import Message
from bot.commands.context import Library, Services
from bot.commands.limits import Rate, Rates
from bot.operating.bootstrap import services as services_on
from bot.operating.configuration import HIDDEN, BadSettings, check, effective, example, table, variables
from bot.operating.settings import Settings
from tests.people import CHANNEL, MEMBER, done
from tests.program import PREFIXES

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith((*PREFIXES, "DATABASE_URL")):
            monkeypatch.delenv(name)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["settings", *arguments])


def faults() -> tuple[str, ...]:
    with pytest.raises(BadSettings) as caught:
        check(*KINDS)
    return caught.value.faults


def test_mistakes_of_all_kinds_are_told_at_once_and_without_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hunter2@host/db")
    monkeypatch.setenv("DISCORD_SHARD_IDS", "0,5")
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "2")
    monkeypatch.setenv("SLACK_API_URL", "hunter2")
    monkeypatch.setenv("IJM_PERSON_LIMIT", "many")
    monkeypatch.setenv("SLACK_BOTTOKEN", "hunter2")
    result = run()
    assert result.exit_code == 1
    for named in ("DATABASE_URL:", "DISCORD_SHARD_IDS counts", "SLACK_API_URL:", "IJM_PERSON_LIMIT:", "SLACK_BOTTOKEN"):
        assert named in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("SLACK_BOT_TOKNE", "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_KEY", "SLACK_SIGNING_SECRET"),
        ("IJM_LOGFORMAT", "IJM_LOG_FORMAT"),
        ("discord_shard_id", "DISCORD_SHARD_IDS"),
    ],
)
def test_a_mistyped_name_does_not_pass_silently(monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    monkeypatch.setenv(name, "1")
    assert faults() == (f"{name.upper()} is not a setting of the bot. Did you mean {meant}?",)


def test_a_mistyped_name_in_the_file_is_found_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_ULR=x\nPOSTGRES_PASSWORD=y\nCOMPOSE_PROFILES=single\n")
    assert faults() == ("DATABASE_ULR is not a setting of the bot. Did you mean DATABASE_URL?",)


def test_an_unknown_name_beside_the_right_one_is_only_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "of another program")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "of another program")
    result = run()
    assert result.exit_code == 0
    assert (
        result.stderr == "Note: SLACK_TOKEN is not a setting of the bot. SLACK_BOT_TOKEN is set, so I leave it alone.\n"
    )


def test_a_name_that_is_ours_alone_has_to_be_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IJM_COLOUR", "red")
    assert "IJM_COLOUR" in faults()[0]


@pytest.mark.parametrize("content", [b"DISCORD_TOKEN=\xff\xfe", b"\xff"])
def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    assert ".env cannot be read" in faults()[0]


def test_what_holds_is_shown_with_where_it_comes_from_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=hunter2\nDISCORD_SHARD_COUNT=4\nIJM_LOG_FORMAT=JSON\n")
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "8")
    monkeypatch.setenv("DISCORD_SHARD_IDS", "2")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@host/db")
    monkeypatch.setenv("SLACK_API_URL", "")
    shown = {each.name: (each.value, each.origin) for each in effective(*KINDS)}
    assert shown["DISCORD_TOKEN"] == ("(set, not shown)", ".env")
    assert shown["DISCORD_SHARD_COUNT"] == ("8", "environment")
    assert shown["DISCORD_SHARD_IDS"] == ("2", "environment")
    assert shown["DATABASE_URL"] == ("(set, not shown)", "environment")
    assert shown["IJM_LOG_FORMAT"] == ("json", ".env")
    assert shown["SLACK_API_URL"] == ("https://slack.com/api/", "default")
    for form in ("text", "json"):
        assert "hunter2" not in run("--as", form).output
    assert {each["name"] for each in json.loads(run("--as", "json").stdout)} == set(shown)


def test_an_sqlite_path_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////data/x.sqlite3")
    assert effective(*KINDS)[0].value == "sqlite:////data/x.sqlite3"


def test_no_token_and_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {each.name for each in variables(*KINDS) if each.name.endswith(("TOKEN", "SECRET"))}
    assert len(secrets) == 5
    for name in secrets:
        monkeypatch.setenv(name, "hunter2")
    assert {each.name for each in effective(*KINDS) if each.value == HIDDEN} == secrets
    assert "hunter2" not in run().output


async def test_the_operators_limits_and_help_line_reach_the_bot(
    monkeypatch: pytest.MonkeyPatch, library: Library, services: Services
) -> None:
    monkeypatch.setenv("IJM_HELP_LINE", "Campus safety, 555 0100")
    monkeypatch.setenv("IJM_PERSON_LIMIT", "1/hour")
    monkeypatch.setenv("IJM_COMMUNITY_LIMIT", "off")
    made = services_on(library, services.store, Settings())
    assert made.rates == Rates(Rate(1, 3600), None)
    card = await done(App(made), Message(MEMBER, CHANNEL, "my boss took my passport and won't let me leave", True))
    assert card.plain.startswith("Near you: Campus safety, 555 0100")


def test_the_example_file_is_what_the_settings_say_and_changes_nothing(tmp_path: Path) -> None:
    written = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert written == example(*KINDS) == run("--as", "env").stdout
    (tmp_path / ".env").write_text(written)
    assert {each.origin for each in effective(*KINDS)} == {"default"}
    (tmp_path / ".env").write_text("\n".join(line[1:] for line in written.splitlines() if re.match(r"#[A-Z_]+=", line)))
    check(*KINDS)


def test_the_page_for_operators_has_every_setting() -> None:
    assert table(*KINDS) in (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert run("--as", "markdown").stdout.rstrip() == table(*KINDS)


UNCLOSED = 'DISCORD_TOKEN="hunter2\n'


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (UNCLOSED, 1, "the quote after DISCORD_TOKEN= is not closed"),
        ("\n# a note\nDISCORD_TOKEN='hunter2\nIJM_LOG_LEVEL=info\n", 3, "the quote after DISCORD_TOKEN= is not closed"),
        ('DISCORD_TOKEN="hunter2\nSLACK_APP_TOKEN="hunter2"\n', 1, "the quote after DISCORD_TOKEN= is not closed"),
        ('DISCORD_TOKEN="hunter2\nSLACK_APP_TOKEN=hunter2"\n', 1, "the quote after DISCORD_TOKEN= is not closed"),
        ('IJM_LOG_LEVEL=info\nDISCORD_TOKEN="x" hunter2\n', 2, "after the closing quote of DISCORD_TOKEN"),
        ("DISCORD_TOKEN: hunter2\n", 1, "this is not a setting"),
        ("IJM_LOG_LEVEL=info\n\nhunter2\n", 3, "this is not a setting"),
    ],
)
def test_a_line_of_the_file_that_would_be_lost_is_told(tmp_path: Path, content: str, line: int, said: str) -> None:
    (tmp_path / ".env").write_text(content)
    (fault,) = faults()
    assert fault.startswith(f".env, line {line}: ")
    assert said in fault
    assert "hunter2" not in fault
    assert fault in run().output


@pytest.mark.slow
def test_a_line_of_the_file_that_would_be_lost_stops_every_command(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(UNCLOSED)
    (fault,) = faults()
    for command in (["run"], ["doctor"], ["chat"], ["settings"], ["ask", "what is ijm"], ["backup", "file"]):
        result = CliRunner().invoke(cli, command)
        assert result.exit_code == 1, command
        assert fault in result.output
        assert "hunter2" not in result.output
        assert "python-dotenv" not in result.output


@pytest.mark.parametrize(
    "content", ["A=1\n", "A='x # y' # note\n", 'KEY="-----BEGIN\nabc=\n-----END"\n', "export A=b\n", ""]
)
def test_a_file_that_is_understood_has_no_fault(tmp_path: Path, content: str) -> None:
    (tmp_path / ".env").write_text(content)
    assert check(*KINDS) == ()


@pytest.mark.parametrize(
    "content", ["DISCORD_TOKEN=\n", 'SLACK_BOT_TOKEN=""\nSLACK_APP_TOKEN=\n', "SLACK_CLIENT_ID=1.2\n"]
)
def test_where_tokens_were_meant_nobody_is_served_a_chat_instead(tmp_path: Path, content: str) -> None:
    (tmp_path / ".env").write_text(content)
    result = CliRunner().invoke(cli, ["run"], input="what is ijm\n")
    assert result.exit_code == 1
    assert f"{content.partition('=')[0]}" in result.output
    assert "no token has a value" in result.output


# Of every setting that can be wrong: a value that is, and what the sentence says is right.
WRONG = {
    "DATABASE_URL": "x",
    "IJM_LOG_FORMAT": "x",
    "IJM_LOG_LEVEL": "x",
    "IJM_HTTP_PORT": "x",
    "IJM_PERSON_LIMIT": "20",
    "IJM_COMMUNITY_LIMIT": "null",
    "IJM_HELP_LINE": "x" * 2000,
    "IJM_ENCRYPTION_KEYS": "x",
    "IJM_KNOWLEDGE_MEMORY": "1",
    "DISCORD_APPLICATION_ID": "x",
    "DISCORD_MESSAGE_CONTENT": "x",
    "DISCORD_SHARD_COUNT": "0",
    "DISCORD_SHARD_IDS": "a,b",
    "DISCORD_API_URL": "x",
    "DISCORD_GATEWAY_URL": "x",
    "SLACK_HTTP_PORT": "70000",
    "SLACK_PROXIES": "x",
    "SLACK_SURFACE": "x",
    "SLACK_API_URL": "x",
}
# Any text is right for these, as far as this machine can tell.
ANY = {"IJM_HTTP_HOST", "IJM_EMBEDDINGS", "SLACK_HTTP_HOST", "SLACK_CLIENT_ID"}


def test_every_setting_that_can_be_wrong_is_tried() -> None:
    names = {each.name for each in variables(*KINDS) if not each.name.endswith(("TOKEN", "SECRET"))}
    assert names == set(WRONG) | ANY


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_told_with_one_that_is_right(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, WRONG[name])
    (fault,) = faults()
    assert fault.startswith(f"{name}: ")
    assert "dictionary" not in fault
    if name == "IJM_ENCRYPTION_KEYS":
        assert "openssl rand" in fault
        return
    if name == "DATABASE_URL":
        assert "write sqlite:////folder/file.sqlite3" in fault
        return
    right = fault.rpartition(f"{name}=")[2]
    assert right
    monkeypatch.setenv(name, right)
    if name == "DISCORD_SHARD_IDS":
        monkeypatch.setenv("DISCORD_SHARD_COUNT", "2")
    check(*KINDS)
