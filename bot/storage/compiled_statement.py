"""Statements that are run for every answer, spelt out once: to do it each time takes longer than to run them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, RowMapping
from sqlalchemy.sql.compiler import SQLCompiler


class CompiledStatement:
    """A statement as the driver takes it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        """Spell it out; its parameters are given by their names."""
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("not a statement with parameters")
        self._text = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._constants = compiled.params

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these rows."""
        if rows:
            connection.exec_driver_sql(self._text, [self._values(row) for row in rows])

    def fetch(self, connection: Connection, row: Mapping[str, Any]) -> Sequence[RowMapping]:
        """Run it with these parameters, and return what it finds."""
        return connection.exec_driver_sql(self._text, self._values(row)).mappings().all()

    def _values(self, row: Mapping[str, Any]) -> tuple[object, ...]:
        values = {**self._constants, **row}
        return tuple(values[name] for name in self._names)
