"""What every test may use: the shipped answers, those of a small second knowledge, and a net that reaches nowhere."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import shutil
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import bot.__main__  # noqa: F401  # gives NumPy as many threads as the bot has; more take processors from other tests
from bot import compose
from bot.configuration import Settings
from bot.matching.general_chinese import GENERAL
from bot.matching.matcher import Matcher
from tests.builders import SECOND, SHIPPED, upgrade
from tests.postgres import Server, running
from tests.telegram import knowledge


def pytest_configure() -> None:
    """Let no example fail because the machine is busy."""
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what asks for a PostgreSQL server or a bot's home, and begin with the files of slow tests.

    Processes that take whole files end at about the same time where those come first whose tests may take longest.
    """
    for item in items:
        if isinstance(item, pytest.Function) and {"postgres", "postgres_url", "home"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
    longest = Counter[Path]()
    for item in items:
        if item.get_closest_marker("slow"):
            limit = item.get_closest_marker("timeout")
            longest[item.path] += limit.args[0] if limit is not None else 1
    items.sort(key=lambda item: -longest[item.path])


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}; tests use loopback alone")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Undo what a test that runs the command line does to the log of the whole process."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers.copy()
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def computed(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that names folders for what only the first run computes: in pytest's cache, if it has one."""
    if pytestconfig.pluginmanager.has_plugin("cacheprovider"):
        return pytestconfig.cache.mkdir
    return lambda name: tmp_path_factory.mktemp(name, numbered=False)


@pytest.fixture(scope="session")
def shipped(computed: Callable[[str], Path]) -> Matcher:
    """Return the matcher over the knowledge that is shipped."""
    return _matcher(SHIPPED, computed)


@pytest.fixture(scope="session")
def second(computed: Callable[[str], Path]) -> Matcher:
    """Return a matcher over two small interviews that have nothing to do with the shipped one."""
    return _matcher(SECOND, computed)


@pytest.fixture(scope="session")
def make_data_dir(computed: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return a function that makes data folders for bots that have never started.

    What takes long to compute and depends on the texts alone is in them already: the words of general Chinese, and the
    vectors of the small knowledge folders of these tests.
    """
    data = computed("data")
    both = knowledge.write(tmp_path_factory.mktemp("knowledge"))
    shutil.copytree(SECOND, both, dirs_exist_ok=True)  # as one folder, for only the texts of the last one keep vectors
    compose.builder(Settings(data_dir=data)).from_folder(both)
    made = tmp_path_factory.mktemp("computed")
    shutil.copytree(data, made, dirs_exist_ok=True, ignore=_not_shared)
    return lambda: Path(shutil.copytree(made, tmp_path_factory.mktemp("data"), dirs_exist_ok=True))


def _not_shared(folder: str, names: Sequence[str]) -> set[str]:
    """Return which files stay behind: those of one knowledge folder, and those that another process is writing."""
    of_one_folder = (name for name in names if Path(folder).name == "cache" and not name.startswith(GENERAL.name))
    return {*of_one_folder, *(name for name in names if name.startswith("."))}


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file whose schema is up to date, for tests to copy: migrating takes far longer than copying."""
    path = tmp_path_factory.mktemp("template") / "bot.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file alone is copied
    return path


@pytest.fixture
def database_file(template_database: Path, tmp_path: Path) -> Path:
    """Return a database file of the test's own, empty and with its schema up to date."""
    return Path(shutil.copyfile(template_database, tmp_path / "bot.db"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Run a PostgreSQL server, for those tests alone that ask for it."""
    with running() as server:
        yield server


def _matcher(folder: Path, computed: Callable[[str], Path]) -> Matcher:
    data = computed(f"vectors-of-{folder.name}")
    return compose.matcher(Settings().model_copy(update={"knowledge_dir": folder, "data_dir": data}))
