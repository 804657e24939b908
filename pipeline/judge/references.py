"""References between tables: a key is found whatever its capitals, and one that does not exist is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.model import Finding, Row, Scalar, Severity, Text, Workbook
from pipeline.sentences import LANGUAGES, sentence

Keys = Mapping[str, str]
"""Keys as they are written in their own table, by their case-folded form."""
REFERENCES = ("reference", "references")


def with_references(template: WorkbookTemplate, workbook: Workbook) -> Workbook:
    """Return the workbook with every reference written as the key it means, and findings for those without target.

    A reference is checked where all tables that it may point into are present.
    """
    targets = _Targets(template, workbook)
    findings: list[Finding] = []
    tables = dict(workbook.tables)
    for name, table in workbook.tables.items():
        fields = [field for field in template.tables[name].fields if field.type in REFERENCES]
        if fields:
            rows = tuple(_resolved(targets, name, row, fields, findings) for row in table.rows)
            tables[name] = replace(table, rows=rows)
    return replace(workbook, tables=tables, findings=(*workbook.findings, *findings))


class _Targets:
    """The keys that each reference may name."""

    def __init__(self, template: WorkbookTemplate, workbook: Workbook) -> None:
        self.template, self._workbook = template, workbook
        self._keys = {name: self._keys_of(name) for name in template.tables}
        self._found: dict[tuple[str, ...], Keys] = {}

    def _keys_of(self, name: str) -> dict[str, str]:
        table, key = self._workbook.tables.get(name), self.template.tables[name].key
        if table is None or not key:
            return {}
        values = (row.values.get(key[0]) for row in reversed(table.rows))
        return {str(value).casefold(): str(value) for value in values if value is not None}

    def keys(self, field: FieldDefinition) -> Keys:
        if field.to not in self._found:
            self._found[field.to] = {
                key: text for name in reversed(field.to) for key, text in self._keys.get(name, {}).items()
            }
        return self._found[field.to]

    def are_present(self, field: FieldDefinition) -> bool:
        return all(name in self._workbook.tables and self._workbook.tables[name].present for name in field.to)


def _resolved(targets: _Targets, table: str, row: Row, fields: list[FieldDefinition], findings: list[Finding]) -> Row:
    values: dict[str, Scalar] = dict(row.values)
    for field in fields:
        value = row.values.get(field.name)
        if value:
            given = value if isinstance(value, tuple) else (str(value),)
            keys = targets.keys(field)
            written = tuple(keys.get(key.casefold(), key) for key in given)
            values[field.name] = written if isinstance(value, tuple) else written[0]
            if targets.are_present(field):
                unknown = [key for key in given if key.casefold() not in keys]
                findings.extend(_finding(targets.template, table, row, field, key) for key in unknown)
    return replace(row, values=values)


def _finding(template: WorkbookTemplate, table: str, row: Row, field: FieldDefinition, key: str) -> Finding:
    titles = {language: ", ".join(_title(template, name).to(language) for name in field.to) for language in LANGUAGES}
    message = sentence("reference-unknown", found=key, field=field.label, titles=Text(titles))
    cell = row.cells.get(field.name)
    sheet = cell.sheet if cell else template.sheet_of[table].sheet.to("en")
    return Finding("reference-unknown", Severity.ERROR, message, cell, sheet, table, field.name)


def _title(template: WorkbookTemplate, table: str) -> Text:
    return template.tables[table].title or template.sheet_of[table].sheet
