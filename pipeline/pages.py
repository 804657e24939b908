"""The documents of one plan: who sees what, what is blocked, what is a draft, what stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.definitions.output_set import DocumentDefinition
from pipeline.engine import CompiledSet
from pipeline.formats import Formatter
from pipeline.judge import view
from pipeline.model import Audience, Document, Finding, History, Plan, PlanView, Severity, Status
from pipeline.render.document_key import document_key
from pipeline.render.documents import (
    CompiledDocument,
    completed_view,
    document_file,
    document_language,
    parameter_rows,
    render_document,
)
from pipeline.render.scan import leaks_in, own_words
from pipeline.sentences import sentence
from pipeline.wording import Value

Made = tuple[Document, Sequence[Finding]]
_LEAKS_NAMED = 3


def make_documents(plan: Plan, compiled: CompiledSet, history: History, *, force: bool) -> list[Made]:
    """Return every document of the set with the findings made while it was drawn.

    A document's content is None when findings block it, or when its key equals that of the edition before and
    `force` is not given.
    """
    return list(_Maker(plan, compiled, history, force).documents())


def with_blocked_documents(plan: Plan, compiled: CompiledSet) -> Plan:
    """Return the plan with the documents named that a bad cell stops: those that use its form or table.

    An error of a rule's own check keeps what the rule says (without `blocks:` it stops every document). A bad cell
    that no document uses is a warning.
    """
    checks = frozenset(check.id for check in compiled.definitions.rules.checks)
    return replace(plan, findings=tuple(_with_documents(finding, compiled, checks) for finding in plan.findings))


def _with_documents(finding: Finding, compiled: CompiledSet, checks: frozenset[str]) -> Finding:
    at_a_cell = finding.field is not None and finding.section is not None and finding.id not in checks
    if finding.severity is not Severity.ERROR or finding.blocks or not at_a_cell:
        return finding
    places = {finding.section, f"{finding.section}.{finding.field}"}
    stopped = tuple(name for name, used in compiled.uses.items() if places & used)
    return replace(finding, blocks=stopped) if stopped else replace(finding, severity=Severity.WARNING)


@dataclass
class _Maker:
    plan: Plan
    compiled: CompiledSet
    history: History
    force: bool
    views: dict[tuple[Audience, str], PlanView] = field(default_factory=dict)

    def documents(self) -> Iterator[Made]:
        for document in self.compiled.documents:
            yield self._document(document)

    def _document(self, document: CompiledDocument) -> Made:
        definition, status = document.definition, self._status(document)
        seen = completed_view(self._seen_by(definition), self.compiled.definitions, definition, status)
        look = self.compiled.definitions.looks[definition.id]
        file, key = document_file(definition, seen), document_key(document.names, seen, look)
        stays = self.history.document_keys.get(definition.id) == key and not self.force
        if status is Status.BLOCKED or stays:
            told = self.history.document_findings.get(definition.id, ()) if stays else ()
            return Document(definition.id, file, definition.audience, status, key, None, definition.title), told
        rendered = render_document(document, seen, self.compiled.definitions)
        leak = self._leak(document, seen, rendered.content)
        if leak is not None:
            made = Document(definition.id, file, definition.audience, Status.BLOCKED, key, None, definition.title)
            return made, (*rendered.findings, leak)
        return Document(
            definition.id, file, definition.audience, status, key, rendered.content, definition.title, rendered.findings
        ), rendered.findings

    def _leak(self, document: CompiledDocument, seen: PlanView, content: bytes) -> Finding | None:
        """Return the error that holds back a customer's document whose finished file shows something internal."""
        definition = document.definition
        if definition.audience is not Audience.CUSTOMER:
            return None
        internal = self._view(Audience.INTERNAL, seen.language)
        leaks = leaks_in(content, internal, seen, own_words(self.compiled.definitions, seen.language))
        if not leaks:
            return None
        shown = ", ".join(f"“{leak.found}” ({leak.place})" for leak in leaks[:_LEAKS_NAMED])
        message = sentence("document-leaks", document=definition.title, found=shown)
        return Finding("document-leaks", Severity.ERROR, message, blocks=(definition.id,))

    def _status(self, document: CompiledDocument) -> Status:
        if any(self._blocks(finding, document) for finding in self.plan.findings):
            return Status.BLOCKED
        if self.plan.completeness.draft:
            return Status.DRAFT
        return Status.FOR_APPROVAL if document.definition.approval == "required" else Status.FINAL

    def _blocks(self, finding: Finding, document: CompiledDocument) -> bool:
        """Return whether a finding stops a document: those it names, or all."""
        if finding.severity is not Severity.ERROR:
            return False
        return not finding.blocks or document.definition.id in finding.blocks

    def _seen_by(self, definition: DocumentDefinition) -> PlanView:
        account = self.plan.account
        customer = definition.audience is Audience.CUSTOMER
        language = document_language(definition, account.customer_language if customer else account.language)
        return self._view(definition.audience, language)

    def _view(self, audience: Audience, language: str) -> PlanView:
        if (audience, language) not in self.views:
            names = self._names(language, customer=audience is Audience.CUSTOMER)
            self.views[audience, language] = view(self.plan, self.compiled.prepared, audience, language, names)
        return self.views[audience, language]

    def _names(self, language: str, *, customer: bool) -> dict[str, object]:
        edition = Value(self.history.next_edition, "integer", Formatter(language))
        rules, values = self.compiled.definitions.rules, self.compiled.prepared.parameters
        return (
            {"edition": edition}
            if customer
            else {"edition": edition, "parameters": parameter_rows(rules, values, language)}
        )
