"""The schema brought up to date by alembic, which is not even imported where it is up to date already."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from bot.errors import StorageError
from bot.storage.migrations import HEAD
from bot.storage.postgresql import check_rights

_MIGRATIONS = "bot.storage:migrations"
_VERSIONS = "alembic_version"


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date in the transaction that has begun; raise StorageError where that can't be done."""
    if inspect(connection).has_table(_VERSIONS):
        versions = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSIONS}").scalars().all()  # noqa: S608  # a constant
        if versions == [HEAD]:
            return
    if connection.dialect.name == "postgresql":
        check_rights(connection)
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  # takes as long to import as the rest of a start to run
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
