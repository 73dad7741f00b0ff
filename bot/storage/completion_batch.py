"""Writes completions together with the records that belong to them.

PostgreSQL takes all of it as one statement, which is one round trip to the server; a transaction of a statement a table
takes eight. With the server on the same machine that halves the time for one answer (0.75 instead of 1.4 ms), and costs
nothing for many (`python -m tests.benchmarks storage`). Rows are passed as JSON arrays, one parameter a table, so that
the text of the statement never changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Select,
    Table,
    TableValuedAlias,
    Text,
    Update,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from bot.storage import dialects
from bot.storage.inbox import Completion
from bot.storage.schema import ANSWERS, DEAD_LETTER, DONE, INBOX, WAITING
from bot.storage.write_behind import TABLES, Records, deleted_answers, rows_of

_DELETED = "deleted_answers"
"""The parameter that holds the keys of the sent answers that are to be deleted."""


def write(connection: Connection, completions: Sequence[Completion], records: Records) -> None:
    """Mark updates as handled or as dead letters, and write records; only dead letters keep their content."""
    if dialects.is_postgresql(connection):
        connection.execute(_one_statement(), _parameters(completions, records)).close()
    else:
        write_by_table(connection, completions, records)


def write_by_table(connection: Connection, completions: Sequence[Completion], records: Records) -> None:
    """Do the same with a statement or two a table, on either kind of database."""
    for state in (DONE, DEAD_LETTER):
        if outcomes := [_outcome(completion) for completion in completions if completion.state == state]:
            connection.execute(_COMPLETE[state], outcomes)
    for table, rows in rows_of(records).items():
        if rows:
            connection.execute(dialects.upsert(connection, table), rows)
    if keys := deleted_answers(records):
        connection.execute(_DELETE_ANSWER, keys)


def _outcome(completion: Completion) -> dict[str, object]:
    return {
        "id": completion.update_id,
        "at": completion.at,
        "failure_count": completion.failures,
        "last_error": completion.error,
    }


_COMPLETE_ONE = (
    update(INBOX)
    .where(INBOX.c.update_id == bindparam("id"), INBOX.c.state == WAITING)
    .values(ended_at=bindparam("at"), failures=bindparam("failure_count"), error=bindparam("last_error"), owner=None)
)
_COMPLETE: Mapping[str, Update] = {
    DONE: _COMPLETE_ONE.values(state=DONE, content=None),
    DEAD_LETTER: _COMPLETE_ONE.values(state=DEAD_LETTER),
}
_DELETE_ANSWER = delete(ANSWERS).where(
    ANSWERS.c.chat == bindparam("of_chat"), ANSWERS.c.last == bindparam("last_message")
)


@cache
def _one_statement() -> Select[Any]:
    """Return PostgreSQL's statement, which takes `_parameters`.

    It commits asynchronously: what it wrote survives a crash of the process, and may be lost in a crash of the server.
    """
    commit = select(func.set_config("synchronous_commit", "off", True))  # noqa: FBT003  # SQL's
    return commit.add_cte(_completed(), *map(_upserted, TABLES), _deleted())


def _parameters(completions: Sequence[Completion], records: Records) -> dict[str, str]:
    """Return a JSON array of rows by table, and the keys of the sent answers to delete."""
    outcomes = [
        {
            "update_id": completion.update_id,
            "state": completion.state,
            "ended_at": completion.at,
            "failures": completion.failures,
        }
        | {"error": completion.error}
        for completion in completions
    ]
    keys = [{"chat": key["of_chat"], "last": key["last_message"]} for key in deleted_answers(records)]
    rows = {table.name: json.dumps(rows) for table, rows in rows_of(records).items()}
    return rows | {INBOX.name: json.dumps(outcomes), _DELETED: json.dumps(keys)}


def _completed() -> CTE:
    new = _rows(INBOX, INBOX.name)
    values = {name: new.c[name] for name in ("state", "ended_at", "failures", "error")}
    content = case((new.c.state == DONE, None), else_=INBOX.c.content)
    which = (INBOX.c.update_id == new.c.update_id) & (INBOX.c.state == WAITING)
    return update(INBOX).where(which).values(values | {"owner": None, "content": content}).cte("completed")


def _upserted(table: Table) -> CTE:
    new, keys = _rows(table, table.name), table.primary_key.columns
    insert = postgresql.insert(table).from_select([each.name for each in table.c], select(*new.c))
    rest = {each.name: insert.excluded[each.name] for each in table.c if each.name not in keys}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=rest).cte(f"upserted_{table.name}")


def _deleted() -> CTE:
    gone = _rows(ANSWERS, _DELETED)
    return delete(ANSWERS).where(ANSWERS.c.chat == gone.c.chat, ANSWERS.c.last == gone.c.last).cte("deleted")


def _rows(table: Table, parameter: str) -> TableValuedAlias:
    """Return the rows that a parameter holds as a JSON array, with the columns of a table."""
    encoded = cast(bindparam(parameter, type_=Text), JSONB)
    rows = func.jsonb_populate_recordset(literal_column(f"NULL::{table.name}"), encoded)
    return rows.table_valued(*(column(each.name, each.type) for each in table.c), name=f"new_{parameter}")
