"""The real bot against the strict local Bot API."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import compose
from bot.answers.assistant import Assistant
from bot.builder import Builder
from bot.configuration import Settings
from bot.storage.database import Database
from bot.storage.knowledge_sync import KnowledgeSync
from bot.storage.pseudonyms import Pseudonyms
from bot.telegram import services
from bot.telegram.context import App
from bot.telegram.services import Options, Services
from bot.telegram.updates import HttpServerConfig
from bot.text import Texts, read_texts
from tests.botapi import ADA, TOKEN, BotApi, running
from tests.builders import ROOT, SECOND
from tests.replica import free_port
from tests.telegram import knowledge
from tests.telegram.serving import MakeAssistant, MakeDataDir, MakeServices, Serving, serving_with, started


@pytest.fixture(scope="session")
def texts() -> Texts:
    return read_texts(ROOT / "config" / "texts")


@pytest.fixture(scope="session")
def make_data_dir(make_data_dir: MakeDataDir, tmp_path_factory: pytest.TempPathFactory) -> MakeDataDir:
    """Return a function that makes data folders of bots that have started before, with the small knowledge."""
    started = make_data_dir()
    compose.assistant(Settings(knowledge_dir=knowledge.write(tmp_path_factory.mktemp("knowledge")), data_dir=started))
    return lambda: Path(shutil.copytree(started, tmp_path_factory.mktemp("data"), dirs_exist_ok=True))


@pytest.fixture(scope="session")
def make_assistant(make_data_dir: MakeDataDir) -> MakeAssistant:
    """Build assistants as the bot does; they share a data folder, so that vectors are computed once."""
    data = make_data_dir()
    return lambda folder: compose.assistant(Settings(knowledge_dir=folder, data_dir=data))


@pytest.fixture(scope="session")
def matcher_builder(make_data_dir: MakeDataDir) -> Builder:
    """Return what builds a matcher of any folder."""
    return compose.builder(Settings(data_dir=make_data_dir()))


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, make_assistant: MakeAssistant) -> Assistant:
    """Answers from the small knowledge; shared, so tests that reload make their own."""
    return make_assistant(knowledge.write(tmp_path_factory.mktemp("knowledge")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a knowledge folder that the test may change."""
    return knowledge.write(tmp_path / "knowledge")


@pytest.fixture
def data_dir(make_data_dir: MakeDataDir, tmp_path: Path) -> Path:
    """Return a data folder beside `folder`, for a bot in a process of its own."""
    return make_data_dir().rename(tmp_path / "data")


@pytest.fixture
def home(make_data_dir: MakeDataDir, tmp_path: Path) -> Path:
    """Return a folder for `settings_of`, in which there is a data folder."""
    home = tmp_path / "home"
    home.mkdir()
    make_data_dir().rename(home / "data")
    return home


@pytest.fixture(scope="session")
def _changeable(tmp_path_factory: pytest.TempPathFactory, make_assistant: MakeAssistant) -> tuple[Path, Assistant]:
    folder = knowledge.write(tmp_path_factory.mktemp("changeable"))
    return folder, make_assistant(folder)


@pytest.fixture
def own(_changeable: tuple[Path, Assistant]) -> Assistant:
    """Return an assistant whose knowledge the test may change (see `own_folder`); fresh again for every test."""
    folder, assistant = _changeable
    knowledge.write(folder)
    assistant.reload(())
    return assistant


@pytest.fixture
def own_folder(_changeable: tuple[Path, Assistant]) -> Path:
    """Return the folder that `own` serves from."""
    return _changeable[0]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Run a Bot API server; at the end it must have had nothing to complain about."""
    async with running() as server:
        yield server
        assert server.failures == []


@pytest.fixture
def make_services(texts: Texts, database_file: Path) -> MakeServices:
    """Make what a bot works with; all bots of a test share a database, a file unless `url` names another."""

    def make(
        assistant: Assistant, url: str | None = None, http_server: HttpServerConfig | None = None, **options: Any
    ) -> Services:
        database = Database(url or f"sqlite:///{database_file}")
        sync = KnowledgeSync(database, assistant)
        chosen: dict[str, Any] = {
            "admins": frozenset({ADA.id}),
            "concurrency": 64,
            "retention_days": 30,
            "http_server": http_server,
        }
        pseudonyms = Pseudonyms(SecretStr(TOKEN))
        return services.make_services(assistant, texts, Options(**chosen | options), database, pseudonyms, sync)

    return make


@pytest.fixture
def http_server() -> HttpServerConfig:
    """Return where a bot can be reached that takes deliveries by webhook."""
    port = free_port()
    return HttpServerConfig("127.0.0.1", port, f"http://127.0.0.1:{port}", SecretStr("s3cret-of-the-webhook"))


@pytest.fixture
def serving(make_services: MakeServices) -> Serving:
    """Run a bot that polls and keeps everything in a file."""
    return lambda api, assistant: serving_with(api, make_services(assistant))


@pytest.fixture
async def bot(api: BotApi, assistant: Assistant, serving: Serving) -> AsyncIterator[App]:
    """Run a bot with the shared assistant."""
    async with serving(api, assistant) as application:
        await started(api)
        yield application


@pytest.fixture(scope="session")
def lighthouse(make_assistant: MakeAssistant) -> Assistant:
    """Answers from the second knowledge, whose entries have several points."""
    return make_assistant(SECOND)


@pytest.fixture
async def lighthouse_bot(api: BotApi, lighthouse: Assistant, serving: Serving) -> AsyncIterator[App]:
    """Run a bot that knows the lighthouse."""
    async with serving(api, lighthouse) as application:
        await started(api)
        yield application
