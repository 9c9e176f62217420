"""The image, the compose file and what stands in `deploy/`, by the tools that read them for real; no engine is needed."""

import asyncio
import json
import os
import py_compile
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from configparser import RawConfigParser
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adapters.monitoring.app import watched
from adapters.monitoring.metrics import PrometheusMetrics
from bot.__main__ import KINDS
from bot.app.app import App
from bot.operating.configuration import variables
from tests.deployment.image import uninstalled
from tests.program import PREFIXES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = ROOT / "deploy"
SECONDS = 120
SCALED = {"postgres", "slack-1", "slack-2", "discord-1", "discord-2", "proxy"}
SETTINGS = {each.name for each in variables(*KINDS)}
# What the compose file sets that is no setting of the bot's own: libpq's, the images', and what it reads itself.
OTHERS = {"PGPASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PUBLIC_HOST"}
_PINNED = re.compile(r"[a-z-]+:\d+\.\d+[\w.-]*")


def tool(name: str) -> str:
    """A program of the development lock; it has wheels for the usual systems only."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not made for this system")
    return found


def output(*command: str, **environment: str) -> str:
    """What a program prints; it has to end well."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def composed(*profiles: str, **environment: str) -> dict[str, Any]:
    """The services that these profiles start, as Compose itself reads the file."""
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    printed = output(tool("docker-compose"), *chosen, "config", "--format", "json", **environment)
    services: dict[str, Any] = json.loads(printed)["services"]
    return services


def bots(services: Mapping[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in services.items() if "build" in service}


def test_without_a_profile_one_bot_starts_on_sqlite_in_a_volume() -> None:
    for services in (composed(), composed("single"), composed(COMPOSE_PROFILES="single")):
        assert set(services) == {"bot"}
        assert services["bot"]["environment"] == {"DATABASE_URL": "sqlite:////data/ijm-answers.sqlite3"}
        (volume,) = services["bot"]["volumes"]
        assert (volume["type"], volume["target"]) == ("volume", "/data")


def test_the_scaled_profile_starts_all_that_is_scaled_and_not_the_single_bot() -> None:
    assert set(composed("scaled")) == SCALED
    assert set(composed(COMPOSE_PROFILES="scaled")) == SCALED


def test_the_compose_file_is_valid_by_its_specification() -> None:
    output(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


@pytest.mark.parametrize("profile", ["single", "scaled"])
def test_every_service_is_confined(profile: str) -> None:
    for name, service in composed(profile).items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert "privileged" not in service, name
        assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE"}, name
        assert name == "proxy" or service["user"].split(":")[0] not in {"0", "root"}, name
        assert ("ports" in service) == (name == "proxy"), f"{name} is reachable from outside"
        assert service["logging"]["options"]["max-size"], name


def test_images_are_pinned_to_a_version() -> None:
    for service in (composed() | composed("scaled")).values():
        # Ours is built here; its version stands in pyproject.toml alone.
        assert "build" in service or _PINNED.fullmatch(service["image"]), service["image"]
    froms = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(froms) == 2
    assert len(set(froms)) == 1
    assert _PINNED.fullmatch(froms[0])


def test_every_variable_that_is_set_is_a_setting() -> None:
    for name, service in (composed() | composed("scaled")).items():
        given = set(service.get("environment") or ())
        assert given <= SETTINGS | OTHERS, f"{name}: {given - SETTINGS - OTHERS}"
    in_image = set(re.findall(r"\b([A-Z_]+)=", "".join(re.findall(r"^ENV (?:.*\\\n)*.*$", DOCKERFILE, re.MULTILINE))))
    ours = {name for name in in_image if name.startswith((*PREFIXES, "DATABASE_"))}
    assert ours
    assert ours <= SETTINGS


def test_each_scaled_process_serves_one_platform_and_all_have_one_database() -> None:
    services = bots(composed("scaled", POSTGRES_PASSWORD="p@ss/w:rd"))
    assert {service["environment"]["DATABASE_URL"] for service in services.values()} == {
        "postgresql://ijm@postgres/ijm"
    }
    assert {service["environment"]["PGPASSWORD"] for service in services.values()} == {"p@ss/w:rd"}
    slack_names = {name for name in SETTINGS if name.startswith("SLACK_") and name.endswith(("TOKEN", "SECRET", "_ID"))}
    for name, service in services.items():
        given = service["environment"]
        if name.startswith("slack"):
            assert given["DISCORD_TOKEN"] == ""
            assert service["command"] == ["run", "--slack-http", "3000"]
        else:
            assert {given[each] for each in slack_names} == {""}
            assert not service.get("command")
    shards = sorted(services[name]["environment"]["DISCORD_SHARD_IDS"] for name in services if "discord" in name)
    counts = {services[name]["environment"]["DISCORD_SHARD_COUNT"] for name in services if "discord" in name}
    assert (shards, counts) == (["0", "1"], {"2"})


def test_every_service_has_a_health_check() -> None:
    assert "HEALTHCHECK" in DOCKERFILE
    for name, service in composed("scaled").items():
        assert "healthcheck" in service or "build" in service, name
        for needed, how in (service.get("depends_on") or {}).items():
            # The proxy looks by itself whether a replica is well.
            assert how["condition"] == ("service_started" if name == "proxy" else "service_healthy"), (name, needed)


def test_what_a_bot_keeps_is_in_a_volume_with_a_name_or_nowhere() -> None:
    for name, service in bots(composed() | composed("scaled")).items():
        in_memory = [each.partition(":")[0] for each in service["tmpfs"]]
        in_volumes = [each["target"] for each in service.get("volumes", ())]
        assert sorted([*in_memory, *in_volumes]) == ["/data", "/tmp"], name


def test_a_process_is_given_longer_to_stop_than_its_answers_may_take() -> None:
    for service in bots(composed() | composed("scaled")).values():
        assert service["stop_grace_period"] == "30s"


async def test_the_health_check_says_whether_the_bot_runs(app: App, tmp_path: Path) -> None:
    (said,) = re.findall(r"^HEALTHCHECK .*? CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    program, *options, file = json.loads(said)
    assert program == "python"
    for name, service in bots(composed() | composed("scaled")).items():
        assert service["healthcheck"]["test"] == ["CMD", *json.loads(said)], name
    # As in the image: its byte code, without what is installed.
    compiled = py_compile.compile(str(DEPLOY / "healthcheck.py"), str(tmp_path / Path(file).name), doraise=True)
    assert compiled is not None
    assert f"cfile='{file}'" in DOCKERFILE

    async def check(**environment: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *options, compiled, env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, complained = await asyncio.wait_for(process.communicate(), SECONDS)
        return process.returncode, complained.decode()

    async with watched(app, PrometheusMetrics(), "127.0.0.1", 0) as number:
        port = str(number)
        assert await check(IJM_HTTP_PORT=port) == (0, "")
        assert await check(IJM_HTTP_PORT=port, IJM_HTTP_HOST="0.0.0.0") == (0, "")
        assert await check(IJM_HTTP_PORT=port, IJM_HTTP_HOST="localhost") == (0, "")
    gone, complained = await check(IJM_HTTP_PORT=port)
    assert gone == 1
    assert f"No answer at port {port}" in complained
    unset, complained = await check()
    assert unset == 1
    assert "IJM_HTTP_PORT is not set" in complained


async def test_the_health_check_takes_no_answer_but_200_for_health() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", DEPLOY / "healthcheck.py", env={"IJM_HTTP_PORT": str(port)}
        )
        assert await asyncio.wait_for(process.wait(), SECONDS) == 1


def test_the_image_has_no_fault_that_hadolint_knows() -> None:
    output(tool("hadolint"), "Dockerfile")


def test_no_build_tool_and_no_client_for_model_hubs_stays_in_the_image() -> None:
    build_tools = needed_by("ijm-answers", "install") - needed_by("ijm-answers")
    # tokenizers brings the client; the encoder's tests show that nothing imports it.
    hub_client = needed_by("ijm-answers") - needed_by("ijm-answers", without="tokenizers") - {"tokenizers"}
    assert uninstalled() == build_tools | hub_client


def needed_by(package: str, extra: str = "", without: str = "") -> set[str]:
    """What a package needs here, and what that needs, and so on; `without` one of them and what only that needs."""
    found: set[str] = set()
    missing = [Requirement(f"{package}[{extra}]" if extra else package)]
    while missing:
        of = missing.pop()
        for each in map(Requirement, requires(of.name) or ()):
            wanted = any(each.marker is None or each.marker.evaluate({"extra": one}) for one in of.extras | {""})
            if wanted and canonicalize_name(each.name) not in {*found, without}:
                found.add(canonicalize_name(each.name))
                missing.append(each)
    return found


def test_a_new_container_learns_only_for_another_encoder_and_keeps_it_on_its_volume() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "XDG_CACHE_HOME=/data/" in last
    assert "VOLUME /data\n" in last


def test_no_secret_gets_into_the_image() -> None:
    assert not re.search(r"(TOKEN|SECRET|PASSWORD|PASSWD|API_KEY)", DOCKERFILE)
    assert not re.search(r"^ARG ", DOCKERFILE, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "**"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert let_in == {
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "NOTICE",
        "bot",
        "adapters",
        "knowledge",
        "deploy/healthcheck.py",
        "deploy/slim.py",
    }
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]
    }
    assert copied == let_in


def test_the_image_runs_as_nobody_special_and_writes_only_to_its_volume() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert re.search(r"^VOLUME /data$", last, re.MULTILINE)
    assert "DATABASE_URL=sqlite:////data/" in last
    assert last.index("USER 10001") > last.index("useradd")


def test_the_proxy_sends_to_the_replicas_that_there_are() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    sent_to = set(re.search(r"reverse_proxy (.*) \{", caddy)[1].split())  # type: ignore[index]
    replicas = {name for name in composed("scaled") if name.startswith("slack")}
    assert sent_to == {f"{name}:3000" for name in replicas}
    assert "{$PUBLIC_HOST}" in caddy
    assert "health_uri /healthz" in caddy


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_units_start_commands_that_there_are_with_settings_that_there_are(unit: Path) -> None:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    service = dict(parser["Service"])
    words = shlex.split(service["ExecStart"].replace("%%", "%"))
    words = shlex.split(words[-1]) if words[0] == "/bin/sh" else words
    command = words[words.index("/opt/ijm-answers/.venv/bin/ijm-bot") + 1]
    assert command in {"run", "backup"}
    assert service["Environment"].partition("=")[0] in SETTINGS
    assert service["NoNewPrivileges"] == "yes"
    assert service["User"] == "ijm-bot"


def test_the_backup_is_confined_as_the_bot_is() -> None:
    def confined(unit: str) -> list[str]:
        lines = (ROOT / "deploy" / unit).read_text(encoding="utf-8").splitlines()
        return lines[lines.index("NoNewPrivileges=yes") : lines.index("UMask=0077") + 1]

    assert confined("ijm-bot-backup.service") == confined("ijm-bot.service")
    assert "SystemCallArchitectures=native" in confined("ijm-bot.service")
