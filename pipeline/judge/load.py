"""Filling the typed tables with one workbook: one statement for each table, every value cast to its declared type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import duckdb

from pipeline.definitions.rule_set import SharedView
from pipeline.definitions.workbook_template import TableDefinition, WorkbookTemplate
from pipeline.judge.failing import rule_failing
from pipeline.judge.schema import ROW, columns_of, quoted
from pipeline.model import Row, Scalar, Workbook

LIST_SEPARATOR = "\x1f"
"""Stands between the keys of a `references` value on its way into a list; readers remove control characters."""


def load(connection: duckdb.DuckDBPyConnection, template: WorkbookTemplate, workbook: Workbook) -> None:
    """Insert all rows of a workbook; the tables must be empty."""
    for table in template.tables.values():
        found = workbook.tables.get(table.name)
        if found is not None and found.rows:
            connection.execute(insert_statement(table), _lists(table, found.rows))


def fill_views(connection: duckdb.DuckDBPyConnection, views: Iterable[SharedView]) -> None:
    """Work out the shared views over the rows that are loaded; each must come after those it reads."""
    for view in views:
        with rule_failing(view.place, f"view {view.id}"):
            connection.execute(f"INSERT INTO {quoted(view.id)}\n{view.sql}")


def insert_statement(table: TableDefinition) -> str:
    """Return the INSERT that takes one list of texts for each column."""
    return insertion(table.name, columns_of(table))


def insertion(name: str, columns: Mapping[str, str], cast: str = "CAST") -> str:
    """Return the INSERT into a table that takes one list of texts for each column.

    Lists in a column (`references`) are texts with LIST_SEPARATOR between them; `TRY_CAST` leaves out what is no value
    of its column.
    """
    sources = ", ".join(_source(position, kind, cast) for position, kind in enumerate(columns.values(), start=1))
    return f"INSERT INTO {quoted(name)} SELECT {sources}"


def _source(position: int, kind: str, cast: str) -> str:
    text = f"unnest(${position}::VARCHAR[])"
    return f"string_split({text}, chr(31))" if kind == "VARCHAR[]" else f"{cast}({text} AS {kind})"


def _lists(table: TableDefinition, rows: Iterable[Row]) -> list[list[str | None]]:
    rows = list(rows)
    lists: dict[str, list[str | None]] = {ROW: [str(row.number) for row in rows]}
    for field in table.fields:
        lists[field.name] = [_text(row.values.get(field.name)) for row in rows]
        lists[f"{field.name}_unknown"] = ["true" if field.name in row.unknown else "false" for row in rows]
    return list(lists.values())


def _text(value: Scalar) -> str | None:
    """Return a value as the text that DuckDB casts back without loss; empty ones as None."""
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return LIST_SEPARATOR.join(value)
    return value.isoformat()[:10] if isinstance(value, date) else str(value)
