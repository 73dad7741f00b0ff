"""Real databases: a file, and a PostgreSQL server that the tests start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.storage.database import Database
from tests.builders import upgrade
from tests.postgres import Server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """Return the address of an empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """Return the name of a PostgreSQL database whose schema is up to date, for others to be copied from."""
    address = postgres.new_database()
    asyncio.run(upgrade(address))
    return urlsplit(address).path.lstrip("/")


@pytest.fixture
def upgraded_url(kind: str, request: pytest.FixtureRequest) -> str:
    """Return the address of a database whose schema is up to date."""
    if kind == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database_file')}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database(f"TEMPLATE {request.getfixturevalue('postgres_template')}")


@pytest.fixture
async def database(upgraded_url: str) -> AsyncIterator[Database]:
    """Return a database whose schema is up to date."""
    made = Database(upgraded_url)
    yield made
    await made.close()


@pytest.fixture
async def tmp_database(database_file: Path) -> AsyncIterator[Database]:
    """Return a file whose schema is up to date."""
    made = Database(f"sqlite:///{database_file}")
    yield made
    await made.close()
