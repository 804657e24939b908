"""Binding the SQL of rules against empty typed tables: what is wrong with it is known before any workbook is judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import duckdb

from pipeline.definitions.source import Place
from pipeline.errors import DefinitionFault
from pipeline.judge.schema import ROW, quoted
from pipeline.judge.sql import ParsedSql, RefusedSql, explanation, parse, parse_expression, volatile_functions

Columns = Mapping[str, str]
"""Column names with their DuckDB types, in order."""


@dataclass(frozen=True)
class Spot:
    """Where a text of a definition stands and what it belongs to, such as `measure revenue`."""

    place: Place
    about: str

    def fault(self, message: str, key: str | None = None) -> DefinitionFault:
        """Return a fault at this definition or one of its keys."""
        return self.place.fault(f"{self.about}: {message[:1].lower() + message[1:]}".rstrip(".") + ".", key)


@dataclass
class Binder:
    """Binds texts and gathers the faults of all of them."""

    connection: duckdb.DuckDBPyConnection
    tables: dict[str, Columns] = field(default_factory=dict)
    reads: dict[str, frozenset[str]] = field(default_factory=dict)
    """Base tables that each view reads, through other views too; a base table reads itself."""
    named: set[str] = field(default_factory=set)
    """Tables and views that any text names."""
    faults: list[DefinitionFault] = field(default_factory=list)
    volatile: Collection[str] = field(default_factory=volatile_functions)
    broken: set[str] = field(default_factory=set)
    """Tables, views and measures with faults of their own: what reads them is not told off for it as well."""

    def select(self, sql: str, spot: Spot, key: str) -> tuple[ParsedSql, Columns] | None:
        """Return a SELECT with the columns it yields, or None after adding a fault."""
        parsed = self._allowed(lambda: parse(self.connection, sql), spot, key)
        columns = None if parsed is None else self.described(sql, spot, key)
        return None if parsed is None or columns is None else (parsed, columns)

    def expression(self, text: str, spot: Spot, key: str, *, subqueries: bool = True) -> ParsedSql | None:
        """Return an expression that may be put into a SELECT, or None after adding a fault."""
        return self._allowed(lambda: parse_expression(self.connection, text, subqueries=subqueries), spot, key)

    def described(self, sql: str, spot: Spot, key: str) -> Columns | None:
        """Return the columns of SQL that was allowed, or None after adding a fault."""
        try:
            rows = self.connection.execute(f"DESCRIBE SELECT * FROM (\n{sql}\n)").fetchall()
        except duckdb.Error as error:
            self.faults.append(spot.fault(explanation(error), key))
            return None
        return {str(row[0]): str(row[1]) for row in rows}

    def value(self, sql: str, names: Collection[str], spot: Spot, key: str) -> Columns | None:
        """Return the columns of SQL whose columns `names` are values, or None after adding its faults."""
        columns = self.described(sql, spot, key)
        if columns is None:
            return None
        composed = [name for name in names if columns[name].startswith(("STRUCT", "TUPLE", "MAP", "UNION"))]
        self.faults.extend(
            spot.fault(f"one number, text or date is expected here, found {columns[name]}", key) for name in composed
        )
        return None if composed else columns

    def base_tables(self, parsed: ParsedSql) -> frozenset[str]:
        """Return the declared tables and forms that a text reads, through views too."""
        return frozenset(base for name in parsed.tables for base in self.reads.get(name, frozenset()))

    def _allowed(self, parsing: Callable[[], ParsedSql], spot: Spot, key: str) -> ParsedSql | None:
        try:
            parsed = parsing()
        except RefusedSql as refused:
            self.faults.append(spot.fault(str(refused), key))
            return None
        self.named |= parsed.tables
        refusals = list(dict.fromkeys(parsed.refusals({*self.tables, *self.broken}, self.volatile)))
        self.faults.extend(spot.fault(message, key) for message in refusals)
        return None if refusals or parsed.tables & self.broken else parsed


def row_columns(columns: Columns) -> tuple[str, ...]:
    """Return the columns that hold row numbers: `_row` and `_row_<table>`."""
    return tuple(name for name in columns if name == ROW or name.startswith(f"{ROW}_"))


def listed_rows(columns: Columns) -> str:
    """Return the SQL that lists the row numbers of a group, one list for each column that holds any."""
    return ", ".join(f"list({quoted(name)})" for name in row_columns(columns))
