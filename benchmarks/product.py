"""planpress's side: the definitions of the repository compiled once, its fullest sample, and what comes of that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pipeline.definitions.load import load_definitions, template_names
from pipeline.engine import CompiledSet, Engine, compile_engine
from pipeline.extract import extract
from pipeline.judge import judge, view
from pipeline.model import Arrival, Audience, Build, Calendar, History, Plan, PlanView, Status, Workbook
from pipeline.render.documents import (
    CompiledDocument,
    completed_view,
    document_language,
    parameter_rows,
    render_document,
)
from pipeline.run import run
from pipeline.settings import Workspace, calendar
from pipeline.workers.process import spare_what_stays

ROOT = Path(__file__).resolve().parents[1]
_RECEIVED = datetime(2026, 11, 9, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Product:
    """A warm worker with one workbook at hand."""

    engine: Engine
    arrival: Arrival
    calendar: Calendar

    @classmethod
    def warm(cls) -> Product:
        """Return the product with the fullest sample: the one whose workbook has the most values."""
        settings = Workspace.open(ROOT, {}).settings
        definitions = [load_definitions(ROOT, name, settings.brand) for name in template_names(ROOT)]
        engine = compile_engine(definitions, settings.parameters)
        samples = [_arrival(path) for path in sorted((ROOT / "inbox").glob("*.xlsx"))]
        spare_what_stays()
        fullest = max(samples, key=lambda sample: _values(extract(sample, engine.templates)))
        return cls(engine, fullest, calendar(settings, _RECEIVED))

    def read(self) -> Workbook:
        """Return the workbook, typed."""
        return extract(self.arrival, self.engine.templates)

    def build(self) -> Build:
        """Return all that comes of the workbook."""
        return run(self.arrival, self.engine, self.calendar, {}, force=True)

    @cached_property
    def workbook(self) -> Workbook:
        """Return the workbook, read once."""
        return self.read()

    @cached_property
    def compiled(self) -> CompiledSet:
        """Return the definitions that the workbook belongs to."""
        return self.engine.sets[self.workbook.template]

    @cached_property
    def plan(self) -> Plan:
        """Return the plan, judged once."""
        return judge(self.workbook, self.compiled.prepared, self.calendar)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Return the files of the output set by path."""
        return self.compiled.definitions.files

    def document(self, ending: str) -> CompiledDocument:
        """Return the document whose template has this ending."""
        return next(found for found in self.compiled.documents if found.definition.template.endswith(ending))

    def view(self, document: CompiledDocument) -> PlanView:
        """Return what a document sees, ready to be rendered."""
        definition, account = document.definition, self.plan.account
        customer = definition.audience is Audience.CUSTOMER
        language = document_language(definition, account.customer_language if customer else account.language)
        rules, prepared = self.compiled.definitions.rules, self.compiled.prepared
        own = {"edition": History().next_edition}
        names = own if customer else own | {"parameters": parameter_rows(rules, prepared.parameters, language)}
        seen = view(self.plan, prepared, definition.audience, language, names)
        return completed_view(seen, self.compiled.definitions, definition, Status.FINAL)

    def render(self, document: CompiledDocument, seen: PlanView) -> bytes:
        """Return a finished document."""
        return render_document(document, seen, self.compiled.definitions).content


def _arrival(path: Path) -> Arrival:
    content = path.read_bytes()
    return Arrival(path.name, content, hashlib.sha256(content).hexdigest(), _RECEIVED)


def _values(workbook: Workbook) -> int:
    return sum(
        value is not None for table in workbook.tables.values() for row in table.rows for value in row.values.values()
    )
