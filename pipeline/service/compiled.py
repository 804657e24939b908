"""The builder of a real workspace. Imported in worker processes only: it loads everything that is heavy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.definitions.load import TEMPLATES, Definitions, load_definitions, template_names
from pipeline.definitions.parsed import ParsedDefinitions
from pipeline.engine import Engine, compile_engine
from pipeline.errors import DefinitionError, DefinitionFault, UnreadableWorkbook, UsageError, WorkspaceError
from pipeline.extract import extract
from pipeline.judge import account_of, judge
from pipeline.model import Arrival, Build, Calendar, History, Severity, Status
from pipeline.proof import template_faults
from pipeline.run import run
from pipeline.service.frozen import parsed_definitions
from pipeline.settings import Settings


class CompiledBuilder:
    """Builds by the definitions of a workspace, compiled once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def hash(self) -> str:
        """Return the hash of all definitions."""
        return self._engine.hash

    def prove(self) -> None:
        """Try every output template on an account that has nothing; raise DefinitionError with every mistake."""
        faults = template_faults(self._engine)
        if faults:
            raise DefinitionError(faults)

    def identify(self, arrival: Arrival) -> str | None:
        """Return the account id that a workbook carries, or None when it cannot be known."""
        try:
            workbook = extract(arrival, self._engine.templates)
        except UnreadableWorkbook:
            return None
        account = account_of(workbook, self._engine.templates[workbook.template])
        return account.id if account else None

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        """Return all that comes of a workbook; `history` is that of the account it is taken to carry."""
        return run(arrival, self._engine, calendar, {account_id: history} if account_id else {})

    def check(self, arrival: Arrival, calendar: Calendar) -> Build:
        """Return what a workbook comes to, without documents."""
        try:
            workbook = extract(arrival, self._engine.templates)
        except UnreadableWorkbook as unreadable:
            return _without_account(arrival, unreadable)
        compiled = self._engine.sets[workbook.template]
        account = account_of(workbook, compiled.definitions.template)
        if account is None:
            return Build(arrival.sha256, None, Status.BLOCKED, (), workbook.findings)
        plan = judge(workbook, compiled.prepared, calendar)
        status = Status.DRAFT if plan.completeness.draft else Status.FINAL
        stopped = any(finding.severity is Severity.ERROR for finding in plan.findings)
        return Build(arrival.sha256, account, Status.BLOCKED if stopped else status, (), plan.findings, {}, plan)

    def preview(self, arrival: Arrival, calendar: Calendar, document: str | None, history: History) -> Build:
        """Return the same with one document, the first where none is named."""
        return run(arrival, _narrowed(self._engine, document), calendar, _for_any_account(self, arrival, history))


def load_compiled(root: Path, settings: Settings) -> CompiledBuilder:
    """Return the builder of a workspace; raise DefinitionError with every mistake of all its definitions."""
    names = template_names(root)
    if not names:
        raise WorkspaceError(f"{TEMPLATES}/ holds no workbook template ({TEMPLATES}/NAME/template.yaml).")
    return CompiledBuilder(compile_engine(_all_definitions(root, names, settings.brand), settings.parameters))


def _all_definitions(root: Path, names: Iterable[str], brand: str) -> list[Definitions]:
    found: list[Definitions] = []
    faults: list[DefinitionFault] = []
    parsed = parsed_definitions(root)
    for name in names:
        try:
            found.append(_definitions(root, name, brand, parsed))
        except DefinitionError as error:
            faults.extend(error.faults)
    if faults:
        raise DefinitionError(faults)
    return found


def _definitions(root: Path, name: str, brand: str, parsed: ParsedDefinitions | None) -> Definitions:
    known = parsed.read(name, brand) if parsed else None
    if known is None:
        known = load_definitions(root, name, brand)
        if parsed:
            parsed.write(name, brand, known)
    return known


def _without_account(arrival: Arrival, unreadable: UnreadableWorkbook) -> Build:
    return Build(arrival.sha256, None, Status.BLOCKED, (), (unreadable.finding,))


def _for_any_account(builder: CompiledBuilder, arrival: Arrival, history: History) -> dict[str, History]:
    account_id = builder.identify(arrival)
    return {account_id: replace(history, document_keys={})} if account_id else {}


def _narrowed(engine: Engine, document: str | None) -> Engine:
    """Return the engine with one document in each set that has it, the first where none is named."""
    names = [item.definition.id for compiled in engine.sets.values() for item in compiled.documents]
    if document is not None and document not in names:
        raise UsageError(f"There is no document {document!r}. Documents are {', '.join(dict.fromkeys(names))}.")
    sets = {}
    for name, compiled in engine.sets.items():
        wanted = [item for item in compiled.documents if item.definition.id == document]
        sets[name] = replace(compiled, documents=tuple(wanted if document else compiled.documents[:1]))
    return Engine(sets, engine.hash)
