"""The real bot against the strict local Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from pydantic import SecretStr

from bot import compose
from bot.answers.assistant import Assistant
from bot.settings import Settings
from bot.telegram.app import build, serve
from bot.telegram.context import App, Services
from bot.text import Texts, read_texts
from tests.botapi import ADA, BotApi, running
from tests.telegram import knowledge

ROOT = Path(__file__).resolve().parent.parent.parent

Serving: TypeAlias = Callable[[BotApi, Assistant], AbstractAsyncContextManager[App]]


@pytest.fixture(scope="session")
def texts() -> Texts:
    return read_texts(ROOT / "config" / "texts")


@pytest.fixture(scope="session")
def make_assistant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Assistant]:
    """Build assistants as the bot does; they share a data folder, so that vectors are computed once."""
    data = tmp_path_factory.mktemp("data")
    return lambda folder: compose.assistant(Settings(knowledge_dir=folder, data_dir=data))


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, make_assistant: Callable[[Path], Assistant]) -> Assistant:
    """Answers from the small knowledge; shared, so tests that reload make their own."""
    return make_assistant(knowledge.write(tmp_path_factory.mktemp("knowledge")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder that the test may change."""
    return knowledge.write(tmp_path / "knowledge")


@pytest.fixture
def own(folder: Path, make_assistant: Callable[[Path], Assistant]) -> Assistant:
    """An assistant on the test's own folder."""
    return make_assistant(folder)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """A Bot API server; at the end it must have had nothing to complain about."""
    async with running() as server:
        yield server
        assert server.failures == []


@pytest.fixture
def serving(texts: Texts) -> Serving:
    """Run a bot while a block runs, its own way from start to end."""

    @asynccontextmanager
    async def bot(api: BotApi, assistant: Assistant) -> AsyncIterator[App]:
        application = build(SecretStr(api.token), Services(assistant, texts, frozenset({ADA.id})), api.url)
        stop = asyncio.Event()
        task = asyncio.create_task(serve(application, stop))
        try:
            yield application
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await task

    return bot


@pytest.fixture
async def bot(api: BotApi, assistant: Assistant, serving: Serving) -> AsyncIterator[App]:
    """A running bot with the shared assistant."""
    async with serving(api, assistant) as application:
        yield application
