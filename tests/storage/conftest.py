"""Real databases: a file, and a PostgreSQL server that the tests start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.postgres import Server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """Return the address of an empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Return a database whose schema is up to date."""
    made = Database(url)
    await made.upgrade()
    yield made
    await made.close()


@pytest.fixture
async def tmp_database(database_file: Path) -> AsyncIterator[Database]:
    """Return a file whose schema is up to date."""
    made = Database(f"sqlite:///{database_file}")
    yield made
    await made.close()
