"""Findings and measures as rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.formats import NOT_AVAILABLE, Formatter, exact
from pipeline.model import CellRef, Finding, Measure, Quantity, Severity, Text, ranges
from pipeline.store.tables import FindingRow, MeasureRow


def finding_rows(submission_id: int, findings: Iterable[Finding]) -> Iterator[FindingRow]:
    """Yield the rows of a submission's findings, in order."""
    for position, finding in enumerate(findings):
        yield FindingRow(
            submission_id=submission_id, position=position, code=finding.id, severity=finding.severity,
            sheet=finding.cell.sheet if finding.cell else finding.sheet,
            cell=finding.cell.a1 if finding.cell else None,
            message=dict(finding.message.by_language), blocks=list(finding.blocks),
        )  # fmt: skip


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as the ledger keeps it with a document."""
    cell = finding.cell
    return {
        "id": finding.id, "severity": finding.severity.value, "message": dict(finding.message.by_language),
        "cell": [cell.sheet, cell.row, cell.column] if cell else None, "sheet": finding.sheet,
        "section": finding.section, "field": finding.field, "blocks": list(finding.blocks),
    }  # fmt: skip


def finding_from_json(kept: Mapping[str, Any]) -> Finding:
    """Return a finding that was kept with a document."""
    return Finding(
        kept["id"], Severity(kept["severity"]), Text(kept["message"]), CellRef(*kept["cell"]) if kept["cell"] else None,
        kept["sheet"], kept["section"], kept["field"], tuple(kept["blocks"]),
    )  # fmt: skip


def measure_rows(
    submission_id: int, measures: Iterable[Measure], language: str, currency: str | None
) -> Iterator[MeasureRow]:
    """Yield the rows of a submission's measures, each value with its text in the account's language."""
    formatter = Formatter(language, currency)
    for measure in measures:
        yield MeasureRow(
            submission_id=submission_id, measure_id=measure.id, label=dict(measure.label.by_language),
            unit=measure.unit, formula=measure.formula, by=list(measure.by), inputs=list(measure.inputs),
            rows=list(_rows(measure, formatter)),
        )  # fmt: skip


def _rows(measure: Measure, formatter: Formatter) -> Iterator[dict[str, Any]]:
    for row in measure.rows:
        yield {
            "keys": [exact(key) for key in row.keys],
            "series": {name: _quantity(quantity, measure.unit, formatter) for name, quantity in row.series.items()},
            "sources": list(ranges(row.sources)),
        }


def _quantity(quantity: Quantity, unit: str, formatter: Formatter) -> dict[str, Any]:
    if quantity.value is None:
        return {"value": None, "reason": quantity.reason, "text": NOT_AVAILABLE}
    return {"value": formatter.exact(quantity.value, unit), "text": formatter.print(quantity.value, unit)}
