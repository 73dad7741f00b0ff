"""What people deploy with says what is so: files that exist, settings that are known, one version of Python."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

from bot.configuration import variable_names
from tests.builders import ROOT
from tests.deployment.dockerfile import copied, read_dockerfile

pytestmark = pytest.mark.slow

STAGES = read_dockerfile(ROOT / "Dockerfile")
FINAL = STAGES[-1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNIT_FILE = ROOT / "deploy" / "interview-bot.service"
DEPLOYED = ["Dockerfile", ".dockerignore", "compose.yaml", "deploy/interview-bot.service", "deploy/healthcheck.py"]
KNOWN = {*variable_names(), "PORT"}


def unit() -> dict[str, list[tuple[str, str]]]:
    """Return the lines of each section of the unit; a key may stand there several times."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for line in UNIT_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            sections[list(sections)[-1]].append((key, value))
    return sections


SERVICE = unit()["Service"]


def from_the_project() -> Iterator[str]:
    """Yield the paths that the image takes from the project."""
    for stage in STAGES:
        for line in stage.instructions:
            if line.name == "COPY" and (found := copied(line))[0] is None:
                yield from found[1]


def let_through(path: str) -> bool:
    """Return whether .dockerignore lets a path through; the last of its patterns that fits decides."""
    through = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        parts = [PurePosixPath(path), *PurePosixPath(path).parents]
        anywhere = pattern.removeprefix("**/")
        fits = pattern == "*" or any((part.name if anywhere != pattern else str(part)) == anywhere for part in parts)
        through = line.startswith("!") if fits else through
    return through


def test_everything_that_the_image_takes_is_there_and_let_through() -> None:
    paths = list(from_the_project())
    assert {"bot", "config", "knowledge", "requirements.txt"} <= set(paths)
    assert [path for path in paths if not (ROOT / path).exists() or not let_through(path)] == []


@pytest.mark.parametrize("path", [".env", "data/bot.db", ".git/config", "tests/builders.py", "bot/__pycache__/x.pyc"])
def test_what_is_nobodys_business_stays_out_of_the_image(path: str) -> None:
    assert not let_through(path)


def test_the_image_has_the_newest_python_that_the_project_runs_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    below = re.search(r"<3\.(\d+)", project["requires-python"])
    assert below
    assert {stage.image for stage in STAGES} == {f"python:3.{int(below[1]) - 1}-slim"}


def test_the_image_installs_what_is_locked_and_names_no_index() -> None:
    (install,) = [line.value for stage in STAGES for line in stage.instructions if "pip install" in line.value]
    assert "--require-hashes -r requirements.txt" in install
    assert "index" not in install


@pytest.mark.parametrize("name", DEPLOYED)
def test_no_file_names_a_host(name: str) -> None:
    assert not re.findall(r"https?://(?!127\.0\.0\.1)[\w.-]+", (ROOT / name).read_text(encoding="utf-8"))


def test_the_image_runs_the_bot_as_process_1_that_hears_its_stop_signal() -> None:
    assert FINAL.last("CMD").value.startswith("[")
    assert FINAL.last("CMD").words == ["python", "-m", "bot", "run"]
    assert FINAL.last("STOPSIGNAL").value == "SIGTERM"
    assert FINAL.last("USER").value not in {"root", "0"}
    assert FINAL.last("VOLUME").words == [FINAL.environment["BOT_DATA_DIR"]]


def test_all_settings_that_are_set_are_known() -> None:
    bot = COMPOSE["services"]["bot"]["environment"]
    of_unit = [word for key, value in SERVICE if key == "Environment" for word in shlex.split(value)]
    named = [*FINAL.environment, *bot, *(word.partition("=")[0] for word in of_unit)]
    assert {name for name in named if name.startswith("BOT_")} <= KNOWN
    assert {"BOT_DATA_DIR", "BOT_TOKEN"} <= set(named)


def test_the_bot_alone_needs_no_database_and_the_profile_waits_for_one() -> None:
    bot, database = COMPOSE["services"]["bot"], COMPOSE["services"]["db"]
    assert "profiles" not in bot
    assert database["profiles"] == ["postgres"]
    assert bot["depends_on"]["db"] == {"condition": "service_healthy", "required": False}
    assert database["healthcheck"]["test"]
    assert bot["env_file"] == ".env"
    for service in (bot, database):
        assert service["restart"] == "unless-stopped"
        assert service["mem_limit"]
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= {*COMPOSE["volumes"], "./knowledge"}


def test_the_container_keeps_what_it_writes_where_the_image_expects_it() -> None:
    bot = COMPOSE["services"]["bot"]
    assert bot["environment"]["BOT_DATA_DIR"] == FINAL.environment["BOT_DATA_DIR"]
    assert f"data:{FINAL.environment['BOT_DATA_DIR']}" in bot["volumes"]
    assert bot["read_only"]
    assert FINAL.environment["MPLCONFIGDIR"].startswith(f"{bot['tmpfs']}/")


def test_the_unit_runs_the_bot_unprivileged_and_gives_it_time_to_end() -> None:
    service = dict(SERVICE)
    assert service["ExecStart"].endswith("/python -m bot run")
    assert service["DynamicUser"] == "yes"
    assert f"BOT_DATA_DIR=/var/lib/{service['StateDirectory']}" in [value for _, value in SERVICE]
    assert service["EnvironmentFile"].startswith("/etc/")
    assert service["Restart"] == "on-failure"
    assert service["KillSignal"] == FINAL.last("STOPSIGNAL").value
    assert int(service["TimeoutStopSec"]) > 10
    assert configparser.ConfigParser(strict=False, interpolation=None).read(UNIT_FILE, encoding="utf-8")


@pytest.mark.parametrize("variable", ["PORT", "BOT_PORT"])
def test_the_health_check_tells_in_a_line_that_nobody_answers(variable: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"PORT", "BOT_PORT", "BOT_HOST"}}
    done = subprocess.run(
        [sys.executable, Path(*FINAL.health[1:])],
        cwd=ROOT, env=environment | {variable: "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(r"port 1: .+\n", done.stderr)
