"""`edition.json`: what a machine may read of an account's folder. Its form is fixed in docs/architecture.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from pipeline.formats import NOT_AVAILABLE, Formatter, exact
from pipeline.model import Account, Finding, Measure, MeasureRow, Plan, Quantity, Severity, Status, ranges
from pipeline.send.planning import DocumentState


class Saved(Protocol):
    """A saved workbook, as the ledger knows it."""

    @property
    def file(self) -> str: ...  # noqa: D102 - named in the class
    @property
    def sha256(self) -> str: ...  # noqa: D102


_ORDER = (Status.FINAL, Status.DRAFT, Status.WAITING, Status.BLOCKED)


def worst(*states: Status) -> Status:
    """Return the worst of some states; what waits for approval counts as final."""
    counted = (Status.FINAL if state is Status.FOR_APPROVAL else state for state in states)
    return max(counted, key=_ORDER.index, default=Status.BLOCKED)


def edition_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of edition.json."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def workbook_entry(submission: Saved, saved_at: datetime | None) -> dict[str, str | None]:
    """Return how edition.json names the workbook that was judged last; `saved_at` is what the file itself says."""
    at = saved_at.isoformat() if saved_at else None
    return {"file": submission.file, "sha256": submission.sha256, "saved_at": at}


def manifest(
    account: Account,
    workbook: Mapping[str, str | None],
    as_of: date,
    edition: int | None,
    documents: Sequence[DocumentState],
    findings: Iterable[Finding],
    plan: Plan | None,
) -> dict[str, Any]:
    """Return the content of edition.json; `workbook` is its `workbook_entry`, `plan` None for an unreadable file."""
    return {
        "edition": edition,
        "status": worst(*(document.status for document in documents)),
        "account": {"id": account.id, "name": account.name},
        "template": plan.workbook.template if plan else None,
        "as_of": as_of.isoformat(),
        "workbook": dict(workbook),
        "completeness": float(round(plan.completeness.completeness, 4)) if plan else None,
        "documents": [_document(document) for document in documents],
        "findings": finding_entries(findings, account.language, documents),
        "measures": _measures(plan) if plan else {},
    }


def restored_manifest(
    before: Mapping[str, Any], edition: int, documents: Sequence[DocumentState], told: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return edition.json when earlier documents stand again: what was last judged stays, and `told` is added."""
    return {
        **before,
        "edition": edition,
        "status": worst(*(document.status for document in documents)),
        "documents": [_document(document) for document in documents],
        "findings": [*before["findings"], *told],
    }


def finding_entries(
    findings: Iterable[Finding], language: str, documents: Sequence[DocumentState] | None = None
) -> list[dict[str, Any]]:
    """Return findings as edition.json lists them, each with the documents that it really blocks.

    Without documents (nothing was built) each keeps those that it names.
    """
    blocked = None if documents is None else [state.id for state in documents if state.status is Status.BLOCKED]
    return [
        {
            "id": finding.id,
            "severity": finding.severity,
            "sheet": finding.cell.sheet if finding.cell else finding.sheet,
            "cell": finding.cell.a1 if finding.cell else None,
            "message": finding.message.to(language),
            "blocks": _blocked_by(finding, blocked),
        }
        for finding in findings
    ]


def _blocked_by(finding: Finding, blocked: list[str] | None) -> list[str]:
    if finding.severity is not Severity.ERROR:
        return []
    if blocked is None:
        return list(finding.blocks)
    return [name for name in blocked if not finding.blocks or name in finding.blocks]


def _document(document: DocumentState) -> dict[str, Any]:
    return {
        "id": document.id,
        "file": document.path,
        "audience": document.audience,
        "status": document.status,
        "edition": document.edition,
        "workbook_sha256": document.workbook_sha256,
        "sha256": document.sha256,
        "bytes": document.size,
    }


def _measures(plan: Plan) -> dict[str, Any]:
    formatter = Formatter(plan.account.language, plan.account.currency)
    return {name: _measure(measure, formatter) for name, measure in plan.measures.items()}


def _measure(measure: Measure, formatter: Formatter) -> dict[str, Any] | list[dict[str, Any]]:
    rows = [_measure_row(measure, row, formatter) for row in measure.rows]
    return rows if measure.by or len(rows) != 1 else rows[0]


def _measure_row(measure: Measure, row: MeasureRow, formatter: Formatter) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if measure.by:
        entry["key"] = {name: exact(key) for name, key in zip(measure.by, row.keys, strict=True)}
    series = {name: _quantity(quantity, measure.unit, formatter) for name, quantity in row.series.items()}
    entry |= next(iter(series.values())) if len(series) == 1 else {"series": series}
    return {**entry, "unit": measure.unit, "sources": list(ranges(row.sources))}


def _quantity(quantity: Quantity, unit: str, formatter: Formatter) -> dict[str, Any]:
    if quantity.value is None:
        return {"value": None, "reason": quantity.reason, "text": NOT_AVAILABLE}
    return {"value": formatter.exact(quantity.value, unit), "text": formatter.print(quantity.value, unit)}
