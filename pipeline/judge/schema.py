"""Typed DuckDB tables from a workbook template's declarations, never inferred from data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition

ROW = "_row"
AMOUNT, RATE = "DECIMAL(24,6)", "DECIMAL(14,8)"
_TYPES = {
    "integer": "BIGINT",
    "number": AMOUNT,
    "money": AMOUNT,
    "percent": RATE,
    "date": "DATE",
    "month": "DATE",
    "yes_no": "BOOLEAN",
    "references": "VARCHAR[]",
}


def column_type(field: FieldDefinition) -> str:
    """Return the DuckDB type of a field: amounts DECIMAL(24,6), rates DECIMAL(14,8), month its first day as DATE."""
    return _TYPES.get(field.type, "VARCHAR")


def columns_of(table: TableDefinition, fields: Iterable[FieldDefinition] | None = None) -> dict[str, str]:
    """Return the columns and types of a table: `_row`, and for each field itself and `<field>_unknown`."""
    columns = {ROW: "BIGINT"}
    for field in table.fields if fields is None else fields:
        columns[field.name] = column_type(field)
        columns[f"{field.name}_unknown"] = "BOOLEAN"
    return columns


def quoted(name: str) -> str:
    """Return an identifier as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def create_table(name: str, columns: Mapping[str, str]) -> str:
    """Return the statement that makes an empty table."""
    listing = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {quoted(name)} ({listing})"
