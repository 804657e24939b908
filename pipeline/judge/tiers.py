"""Measures over sheets that the account's tier does not ask for (measures.md 1.9)."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.judge.measures import RowsMeasure
from pipeline.model import MeasureRow, Quantity, Workbook

NOT_IN_TIER = "not_in_tier"


def is_left_out(measure: RowsMeasure, template: WorkbookTemplate, workbook: Workbook, tier: str | None) -> bool:
    """Return whether a measure stands on sheets that `tier` does not ask for and that hold no rows.

    Those are the tables that the rule names (`sheets`), else all that its rows read, lists left out.
    """
    names = measure.definition.sheets or _sections(measure.tables, template)
    return bool(names) and all(
        not template.asks(template.sheet_of[name].from_tier, tier) and not _has_rows(workbook, name) for name in names
    )


def left_out(rows: tuple[MeasureRow, ...]) -> tuple[MeasureRow, ...]:
    """Return the rows of a measure without values, for the reason that the tier does not ask for them."""
    reason = Quantity(None, NOT_IN_TIER)
    return tuple(MeasureRow(row.keys, dict.fromkeys(row.series, reason)) for row in rows)


def _sections(tables: Iterable[str], template: WorkbookTemplate) -> tuple[str, ...]:
    sheets = {name: template.sheet_of[name] for name in tables}
    return tuple(name for name, sheet in sheets.items() if sheet.kind in ("form", "table") and not sheet.lookup)


def _has_rows(workbook: Workbook, name: str) -> bool:
    found = workbook.tables.get(name)
    return found is not None and bool(found.rows)
