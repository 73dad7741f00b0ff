"""Statements that run for every answer, compiled once: compiling one takes longer than running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, RowMapping
from sqlalchemy.sql.compiler import SQLCompiler


class CompiledStatement:
    """A statement in the form that the driver takes."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        """Compile a statement; its parameters are given by name."""
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("not a statement with parameters")
        self._text = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._constants = compiled.params

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each row of parameters."""
        if rows:
            connection.exec_driver_sql(self._text, [self._values(row) for row in rows])

    def fetch(self, connection: Connection, row: Mapping[str, Any]) -> Sequence[RowMapping]:
        """Run it with these parameters, and return the rows that it finds."""
        return connection.exec_driver_sql(self._text, self._values(row)).mappings().all()

    def _values(self, row: Mapping[str, Any]) -> tuple[object, ...]:
        values = {**self._constants, **row}
        return tuple(values[name] for name in self._names)
