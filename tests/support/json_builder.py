"""A builder whose workbooks are small JSON texts: what service, workers and the outbox do can be seen without Excel.

A workbook is `{"id": …, "name": …, "texts": {document: text}}`; `"does"` makes it misbehave: die, hang, eat, panic;
`"drawing"` is what is found while a document with that text is drawn; `"rows"` what its tables hold, by key; workbooks
with the same `"content"` hold the same.
"""

import json
import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.errors import DefinitionError, DefinitionFault, UsageError
from pipeline.model import (
    Account,
    Arrival,
    Audience,
    Build,
    Calendar,
    CellRef,
    Completeness,
    Document,
    Finding,
    History,
    Measure,
    MeasureRow,
    Plan,
    Quantity,
    RowState,
    Severity,
    Status,
    Text,
    Workbook,
)
from pipeline.row_states import measure_states
from pipeline.settings import Settings

DOCUMENTS = {"first": (Audience.INTERNAL, ".pptx"), "second": (Audience.CUSTOMER, ".pdf")}


@dataclass(frozen=True)
class JsonBuilder:
    """Builds two documents, `first` for the account team and `second` for the customer."""

    hash: str

    def prove(self) -> None:
        """Find nothing wrong: this builder has no templates."""

    def identify(self, arrival: Arrival) -> str | None:
        workbook = _read(arrival)
        return workbook.get("id") if workbook else None

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        workbook = _read(arrival)
        if workbook is None or "id" not in workbook:
            finding = Finding("file-damaged", Severity.ERROR, Text.plain("This workbook is damaged."))
            return Build(arrival.sha256, None, Status.BLOCKED, (), (finding,))
        _misbehave(workbook.get("does"))
        history = history if account_id == workbook["id"] else History()
        account = Account(workbook["id"], workbook["name"], None, "EUR", workbook.get("language", "en"), "en")
        content = workbook.get("content")
        if content is not None and content == history.content:
            return Build(arrival.sha256, account, Status.FINAL, (), (), content=content, is_same=True)
        findings = tuple(_finding(*found) for found in workbook.get("findings", ()))
        documents = tuple(_document(workbook, findings, history, name) for name in DOCUMENTS)
        findings = (*findings, *(found for document in documents for found in _drawn(document, history)))
        plan = _plan(arrival, account, calendar, findings, workbook)
        saved = plan.workbook
        return Build(
            arrival.sha256, account, Status.FINAL, documents, findings, {}, plan, content, saved_by=saved.saved_by,
            saved_at=saved.saved_at,
        )  # fmt: skip

    def check(self, arrival: Arrival, calendar: Calendar) -> Build:
        return self.build(arrival, calendar, None, History())

    def preview(self, arrival: Arrival, calendar: Calendar, document: str | None, history: History) -> Build:
        build = self.build(arrival, calendar, self.identify(arrival), history)
        if document is not None and document not in DOCUMENTS:
            raise UsageError(f"There is no document {document!r}.")
        wanted = tuple(found for found in build.documents if found.id == (document or "first"))
        return replace(build, documents=wanted)


def load_builder(root: Path, settings: Settings) -> JsonBuilder:
    """Return the builder of a workspace; its definitions are one file, which may hold a mistake."""
    definitions = (root / "rules" / "definitions.txt").read_text(encoding="utf-8")
    if "mistake" in definitions:
        raise DefinitionError([DefinitionFault("rules/definitions.txt", 1, "Expected something else.")])
    return JsonBuilder(definitions)


def _read(arrival: Arrival) -> dict[str, Any] | None:
    try:
        content = json.loads(arrival.content)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _misbehave(does: str | None) -> None:
    if does == "die":
        os.abort()
    if does == "hang":
        time.sleep(60)
    if does == "rest":
        time.sleep(1)
    if does == "eat":
        bytearray(16 << 30)
    if does == "panic":
        raise KeyboardInterrupt
    if does == "stumble":
        raise ZeroDivisionError


def _finding(severity: str, cell: str, message: str, *blocks: str) -> Finding:
    return Finding(
        "told", Severity(severity), Text.plain(message), CellRef("Sheet", int(cell), 1), blocks=blocks
    )  # fmt: skip


def _document(workbook: dict[str, Any], findings: tuple[Finding, ...], history: History, name: str) -> Document:
    audience, ending = DOCUMENTS[name]
    file, text = f"{workbook['name']} - {name}{ending}", workbook.get("texts", {}).get(name, name)
    title = Text.plain(name.title())
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if any(not finding.blocks or name in finding.blocks for finding in errors):
        return Document(name, file, audience, Status.BLOCKED, "", None, title)
    status = Status.FOR_APPROVAL if audience is Audience.CUSTOMER else Status.FINAL
    if history.document_keys.get(name) == text:
        return Document(name, file, audience, status, text, None, title)
    content = f"{text}, edition {history.next_edition}".encode()
    found = tuple(_finding("warning", "3", told) for told in workbook.get("drawing", {}).get(name, ()))
    return Document(name, file, audience, status, text, content, title, found)


def _drawn(document: Document, history: History) -> tuple[Finding, ...]:
    """Return what was found while a document was drawn, now or in the edition that it stays from."""
    if document.content is None and document.status is not Status.BLOCKED:
        return history.document_findings.get(document.id, ())
    return document.findings


def _plan(
    arrival: Arrival, account: Account, calendar: Calendar, findings: tuple[Finding, ...], workbook: dict[str, Any]
) -> Plan:
    one = Decimal(1)
    amount = Quantity(Decimal(workbook.get("total", "1234.5")))
    cells = tuple(CellRef("Sheet", row, 7) for row in (5, 6, 7))
    total = Measure(
        "total", Text.plain("Total"), "money", "sum(amount)", (), (MeasureRow((), {"value": amount}, cells),)
    )
    ratio = Measure(
        "ratio", Text.plain("Ratio"), "percent", "total / nothing", (),
        (MeasureRow((), {"value": Quantity(None, "zero_base")}),), ("total",),
    )  # fmt: skip
    monthly = Measure(
        "monthly", Text.plain("By month"), "money", "sum(amount)", ("period",),
        tuple(
            MeasureRow((date(2026, month, 1),), {"AC": Quantity(Decimal(month)), "PL": Quantity(None, "no_data")})
            for month in (9, 10)
        ),
    )  # fmt: skip
    saved = Workbook(
        arrival.file, arrival.sha256, "small", 1, account.language, {}, saved_by="Ana",
        saved_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )  # fmt: skip
    measures = {measure.id: measure for measure in (total, ratio, monthly)}
    complete = Completeness((), Decimal(str(workbook.get("completeness", 1))), one, draft=False)
    states = tuple(
        RowState(table, (key,), values)
        for table, rows in workbook.get("rows", {}).items()
        for key, values in rows.items()
    )
    numbers = tuple(measure_states(measures.values()))
    return Plan(
        account, saved, calendar, complete, findings, measures, {}, (), {}, states=(*states, *numbers)
    )  # fmt: skip
