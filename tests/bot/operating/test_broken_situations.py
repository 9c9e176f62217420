"""The doctor's table: each situation in which the bot is broken, what is said of it, and that it ends with status 1."""

import datetime
import http.server
import ipaddress
import os
import sqlite3
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.__main__ import cli
from bot.operating import host_checks
from bot.operating.doctor import Status
from bot.pictures import typefaces
from tests.program import PREFIXES

pytestmark = pytest.mark.slow
# The entries are the same in every situation, and looking through them is what takes the doctor a second.
_linted = cache(host_checks.lint)

NOWHERE = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
BOT, APP = "xoxb-1-1-secret", "xapp-1-A1-1-secret"
SIGNING = "0123456789abcdef" * 2
DISCORD = "Nw.abcdef.xxxxxxxxxxxxxxxxxxxxxxxxxxx"

# What is set, what stands in .env, and what the doctor says of it: its status, the check, a part of the sentence.
SET = [
    ({"IJM_HTTP_PORT": "a"}, "", "problem  settings: IJM_HTTP_PORT: "),
    ({"IJM_PERSON_LIMIT": "20"}, "", "problem  settings: IJM_PERSON_LIMIT: write an amount"),
    ({"DISCORD_TOKN": "secret"}, "", "Did you mean DISCORD_TOKEN?"),
    ({"IJM_COLOUR": "secret"}, "", "problem  settings: IJM_COLOUR is not a setting"),
    ({}, 'DISCORD_TOKEN="secret\n', "problem  settings: .env, line 1: the quote after DISCORD_TOKEN="),
    ({}, "DISCORD_TOKEN secret\n", "problem  settings: .env, line 1: this is not a setting"),
    ({"DATABASE_URL": "mysql://a:secret@b/c"}, "", "problem  settings: DATABASE_URL: "),
    ({"DATABASE_URL": "postgresql://a:secret@127.0.0.1:9/c"}, "", "problem  database: The PostgreSQL server at 127.0"),
    ({"IJM_EMBEDDINGS": "/nowhere"}, "", "problem  sentence encoder: "),
    ({"IJM_ENCRYPTION_KEYS": "secret"}, "", "problem  settings: IJM_ENCRYPTION_KEYS: "),
    ({"DISCORD_SHARD_IDS": "0"}, "", "problem  settings: DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT"),
    ({"DISCORD_TOKEN": "Bot secret"}, "", "problem  Discord token: DISCORD_TOKEN has a word before"),
    (
        {"DISCORD_TOKEN": DISCORD, "DISCORD_APPLICATION_ID": "5"},
        "",
        "problem  Discord token: DISCORD_TOKEN is of another app",
    ),
    (
        {"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": BOT},
        "",
        "problem  Slack settings: SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped.",
    ),
    (
        {"SLACK_BOT_TOKEN": "xoxp-secret", "SLACK_APP_TOKEN": APP},
        "",
        "problem  Slack settings: SLACK_BOT_TOKEN does not begin with xoxb-",
    ),
    (
        {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": "secret"},
        "",
        "problem  Slack settings: SLACK_APP_TOKEN does not begin with xapp-",
    ),
    ({"SLACK_BOT_TOKEN": BOT}, "", "problem  Slack settings: Neither SLACK_APP_TOKEN"),
    ({"SLACK_APP_TOKEN": APP}, "", "problem  Slack settings: Neither SLACK_BOT_TOKEN"),
    (
        {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING, "SLACK_CLIENT_ID": "1.2"},
        "",
        "problem  Slack settings: Of SLACK_CLIENT_ID and SLACK_CLIENT_SECRET only one",
    ),
]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(host_checks, "lint", _linted)
    for name in list(os.environ):
        if name.upper().startswith(PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)


def told() -> str:
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 1, result.output
    assert "secret" not in result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.mark.parametrize(("given", "file", "said"), SET, ids=[said for _, _, said in SET])
def test_what_is_set_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], file: str, said: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if file:
        (tmp_path / ".env").write_text(file)
    assert said in told()


def no_fonts(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(typefaces, "_FOLDER", folder)


def no_zones(patch: pytest.MonkeyPatch, _folder: Path) -> None:
    patch.setattr(host_checks, "_ZONES", ("Nowhere/Land",))


def no_room_to_write(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "file").write_text("in the way")
    patch.setattr(tempfile, "tempdir", str(folder / "file" / "tmp"))


def no_database(_patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "store.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 40)


def newer_database(_patch: pytest.MonkeyPatch, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "store.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        (no_fonts, "problem  fonts: Cards and charts cannot be drawn: NotoSans[wght].ttf"),
        (no_zones, "problem  time zones: There is no time zone data"),
        (no_room_to_write, "problem  temporary folder: This user may not write"),
        (no_database, "is not an SQLite database"),
        (newer_database, "was used by a newer version"),
    ],
)
def test_what_is_wrong_with_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, breaking: Callable[[pytest.MonkeyPatch, Path], None], said: str
) -> None:
    breaking(monkeypatch, tmp_path)
    assert said in told()


def test_a_database_of_an_older_version_that_others_may_read(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    path.chmod(0o644)
    result = CliRunner().invoke(cli, ["doctor"])
    assert "is at 0001; this version needs" in result.output
    assert f"Others on this machine may read {path}" in result.output
    assert f"chmod 600 {path}*" in result.output


@contextmanager
def untrusted(folder: Path) -> Iterator[int]:
    """A server on loopback with a certificate that nobody signed but itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()) + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_address[1]
        server.shutdown()
        serving.join()


def test_a_certificate_that_is_not_trusted_is_named_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with untrusted(tmp_path) as port:
        monkeypatch.setenv("DISCORD_API_URL", f"https://127.0.0.1:{port}/api/v10")
        monkeypatch.setenv("SLACK_API_URL", f"https://127.0.0.1:{port}/api/")
        monkeypatch.setenv("DISCORD_TOKEN", DISCORD)
        monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
        monkeypatch.setenv("SLACK_APP_TOKEN", APP)
        found = told()
    for platform in ("Discord: Discord", "Slack: Slack"):
        assert f"problem  {platform}" in found
    assert found.count("shows a certificate that this machine does not trust: self-signed certificate") == 2
    assert "SSL_CERT_FILE" in found


async def test_what_another_encoder_needs_is_learned_or_not(tmp_path: Path) -> None:
    assert [each.status for each in await host_checks.cache(tmp_path, None)] == [Status.OK]
    (lacking,) = await host_checks.cache(tmp_path / "cache", tmp_path)
    assert (lacking.status, "Nothing is learned yet" in lacking.text) == (Status.WARNING, True)
    (tmp_path / "matching-1.npz").touch()
    assert [each.status for each in await host_checks.cache(tmp_path, tmp_path)] == [Status.OK]
    (tmp_path / "file").write_text("in the way")
    (unwritable,) = await host_checks.cache(tmp_path / "file" / "cache", tmp_path)
    assert unwritable.status is Status.PROBLEM
