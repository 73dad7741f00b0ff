"""Brings the schema up to date with alembic, which is imported only where the schema is out of date."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from bot.errors import StorageError
from bot.storage.dialects import is_postgresql
from bot.storage.migrations import HEAD
from bot.storage.postgresql import check_rights

_MIGRATIONS = "bot.storage:migrations"
_VERSIONS = "alembic_version"


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date within the caller's transaction; raises StorageError where that can't be done."""
    if inspect(connection).has_table(_VERSIONS):
        versions = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSIONS}").scalars().all()  # noqa: S608  # a constant
        if versions == [HEAD]:
            return
    if is_postgresql(connection):
        check_rights(connection)
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  # importing it takes as long as the rest of a start
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            f"the database was made by a newer version of the bot ({error}); update the bot, or name another database"
        ) from None
