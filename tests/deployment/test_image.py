"""The image, built and run without an engine: as its user, as process 1, against the local Bot API.

It installs packages, so it is run only where it is asked for:
`IMAGE_TESTS=1 python -m pytest tests/deployment/test_image.py`, as root, with `mmdebstrap`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.botapi import ADA, BotApi, running
from tests.builders import ROOT
from tests.deployment.dockerfile import Stage, read_dockerfile
from tests.deployment.tree import base_tree, build, in_tree, missing_tools
from tests.replica import free_port

TIMEOUT_SECONDS = 120.0
"""Seconds that the bot gets for its first start, which works everything out."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("IMAGE_TESTS" not in os.environ, reason="needs the network; IMAGE_TESTS=1 runs it"),
    pytest.mark.skipif(bool(missing_tools()), reason=missing_tools()),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Return the stage that becomes the image."""
    return read_dockerfile(ROOT / "Dockerfile")[-1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tree that the Dockerfile makes."""
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    return build(read_dockerfile(ROOT / "Dockerfile"), base_tree(folder / "base"), folder)


def inside(image: Path, stage: Stage, command: list[str], environment: dict[str, str] | None = None) -> list[str]:
    return in_tree(
        image, stage.environment | (environment or {}), command, at=stage.last("WORKDIR").value,
        user=stage.last("USER").value, data=image.parent / "data",
    )  # fmt: skip


def first_of(parent: int) -> int:
    """Return the process that is process 1 of the namespace which another one has made."""
    child = int(Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii"))
    status = Path(f"/proc/{child}/status").read_text(encoding="utf-8").splitlines()
    assert next(line.split()[-1] for line in status if line.startswith("NSpid:")) == "1"
    return child


def ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", autouse=True)
def _volume(image: Path, stage: Stage) -> None:
    """Fill a volume as an engine does: with what the image holds there, owner and mode included."""
    (volume,) = stage.last("VOLUME").words
    subprocess.run(["/bin/cp", "-a", image / volume.lstrip("/"), image.parent / "data"], check=True)


def test_its_python_is_the_one_of_the_base_image(image: Path, stage: Stage) -> None:
    wanted = stage.image.partition(":")[2].partition("-")[0]
    assert ran(inside(image, stage, ["python", "--version"])).stdout.startswith(f"Python {wanted}.")


def test_it_is_not_root_and_can_write_its_volume_alone(image: Path, stage: Stage) -> None:
    script = "id -u; touch /data/x && echo data; touch /app/x || echo app; rm /data/x"
    assert ran(inside(image, stage, ["sh", "-c", script])).stdout.split() == ["10001", "data", "app"]


def test_it_holds_no_settings_of_the_machine_that_built_it(image: Path) -> None:
    assert not (image / "app/.env").exists()
    for path in (image / "etc/pip.conf", image / "root/.config/pip/pip.conf"):
        assert not path.exists() or path.stat().st_size == 0


def test_its_health_check_fails_where_nothing_serves(image: Path, stage: Stage) -> None:
    done = ran(inside(image, stage, stage.health, {"PORT": str(free_port())}))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


async def test_it_answers_is_well_and_ends_at_sigterm_as_process_1(image: Path, stage: Stage) -> None:
    settings = {"BOT_TOKEN": "", "BOT_API_URL": "", "PORT": str(free_port())}
    async with running() as api:
        settings |= {"BOT_TOKEN": api.token, "BOT_API_URL": api.url}
        process = await asyncio.create_subprocess_exec(
            *inside(image, stage, stage.last("CMD").words, settings), stderr=asyncio.subprocess.PIPE
        )
        try:
            await _asked(api)
            done = await asyncio.to_thread(ran, inside(image, stage, stage.health, settings))
            assert (done.returncode, done.stderr) == (0, "")
            os.kill(await asyncio.to_thread(first_of, process.pid), signal.Signals[stage.last("STOPSIGNAL").value])
            _, log = await asyncio.wait_for(process.communicate(), 30)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in log
    assert (image.parent / "data/bot.db").exists()


async def _asked(api: BotApi) -> None:
    await api.private_message(ADA, "奥特曼怎么看核能？")
    (sent,) = await api.sent(1, limit=TIMEOUT_SECONDS)
    assert "核能" in sent.text
