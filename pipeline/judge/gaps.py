"""What is missing, and rows that cannot be added to the others: the engine's own checks after reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.judge.completeness import is_filled, required_fields
from pipeline.model import Account, Finding, Row, Severity, Table, Workbook
from pipeline.sentences import sentence


def gap_findings(template: WorkbookTemplate, workbook: Workbook, account: Account) -> Iterator[Finding]:
    """Yield a prompt for each required cell that is empty or unknown, for tables with too few rows, and an error for
    each row in another currency than the account's. What reading reported at a cell is not said again.
    """
    reported = {finding.cell for finding in workbook.findings if finding.cell is not None}
    for _, table in template.asked_sections(account.tier):
        found = workbook.tables.get(table.name)
        if found is not None and found.present:
            fields = required_fields(template, table, account.tier)
            yield from (finding for finding in _empty_cells(found, fields) if finding.cell not in reported)
            yield from _too_few_rows(template, table, found)
    yield from _other_currencies(template, workbook, account)


def _empty_cells(table: Table, fields: Iterable[FieldDefinition]) -> Iterator[Finding]:
    fields = tuple(fields)
    for row in table.rows:
        for field in fields:
            # Where the heading or label is gone there is no cell, and reading has told that already.
            if field.name in row.cells and not is_filled(row, field):
                yield _gap(table, row, field)


def _gap(table: Table, row: Row, field: FieldDefinition) -> Finding:
    code = "value-unknown" if field.name in row.unknown else "value-missing"
    message = sentence(code, field=field.label)
    return Finding(code, Severity.PROMPT, message, row.cells.get(field.name), table.sheet, table.name, field.name)


def _too_few_rows(template: WorkbookTemplate, table: TableDefinition, found: Table) -> Iterator[Finding]:
    if len(found.rows) < table.min_rows:
        title = table.title or template.sheet_of[table.name].sheet
        message = sentence("rows-too-few", title=title, found=len(found.rows), asked=table.min_rows)
        yield Finding("rows-too-few", Severity.PROMPT, message, None, found.sheet, found.name)


def _other_currencies(template: WorkbookTemplate, workbook: Workbook, account: Account) -> Iterator[Finding]:
    name, _, field = (template.roles.row_currency or "").partition(".")
    table = workbook.tables.get(name)
    if table is None or account.currency is None:
        return
    for row in table.rows:
        found = row.values.get(field)
        if found is not None and found != account.currency:
            message = sentence("row-other-currency", found=found, expected=account.currency)
            cell = row.cells.get(field)
            yield Finding("row-other-currency", Severity.ERROR, message, cell, table.sheet, name, field)
