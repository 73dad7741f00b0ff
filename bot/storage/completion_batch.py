"""Completions and the records that belong to them as a single PostgreSQL statement.

One statement is one round trip to the server; a transaction of several statements takes one for each of them. Rows are
passed as JSON arrays, one parameter a table, so that the statement's text never changes and is compiled once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Select,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from bot.storage.inbox import Completion
from bot.storage.schema import DONE, INBOX, WAITING


def statement(keys: Mapping[Table, Sequence[str]]) -> Select[Any]:
    """Return the statement that completes updates and upserts rows into the tables of `keys`, by those primary keys.

    It commits asynchronously: what it wrote survives a crash of the process, and may be lost in a crash of the server.
    """
    upserts = (_upserted(table, names) for table, names in keys.items())
    return select(func.set_config("synchronous_commit", "off", True)).add_cte(_completed(), *upserts)  # noqa: FBT003  # SQL's


def parameters(completions: Iterable[Completion], rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Return the parameters of `statement`: a JSON array of rows by table name."""
    outcomes = [
        {"update_id": one.update_id, "state": one.state, "ended_at": one.at, "failures": one.failures}
        | {"error": one.error}
        for one in completions
    ]
    return {table.name: json.dumps(list(written)) for table, written in rows.items()} | {
        INBOX.name: json.dumps(outcomes)
    }


def _completed() -> CTE:
    new = _rows(INBOX)
    values = {name: new.c[name] for name in ("state", "ended_at", "failures", "error")}
    content = case((new.c.state == DONE, None), else_=INBOX.c.content)
    which = (INBOX.c.update_id == new.c.update_id) & (INBOX.c.state == WAITING)
    return update(INBOX).where(which).values(values | {"owner": None, "content": content}).cte("ended")


def _upserted(table: Table, keys: Sequence[str]) -> CTE:
    new = _rows(table)
    upsert = insert(table).from_select([each.name for each in table.c], select(*new.c))
    rest = {each.name: upsert.excluded[each.name] for each in table.c if each.name not in keys}
    return upsert.on_conflict_do_update(index_elements=keys, set_=rest).cte(f"put_{table.name}")


def _rows(table: Table) -> TableValuedAlias:
    """Return the rows of the JSON parameter that is named like the table."""
    encoded = cast(bindparam(table.name, type_=Text), JSONB)
    rows = func.jsonb_populate_recordset(literal_column(f"NULL::{table.name}"), encoded)
    return rows.table_valued(*(column(each.name, each.type) for each in table.c), name=f"new_{table.name}")
