"""The order of one account's build: extract, judge, view, render, to-do files. Pure: bytes in, bytes out.

It touches no ledger, outbox or clock; what it needs of the past comes as `History`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.author import annotated_copy
from pipeline.engine import CompiledSet, Engine
from pipeline.errors import UnreadableWorkbook
from pipeline.extract import content_key, extract
from pipeline.judge import account_of, judge
from pipeline.model import FALLBACK_LANGUAGE, Arrival, Build, Calendar, Finding, History, Plan, Status
from pipeline.pages import make_documents, with_blocked_documents
from pipeline.send.edition import worst
from pipeline.send.todo import todo_page

TODO_PAGE, TODO_WORKBOOK = "to-do.html", "to-do.xlsx"


def run(
    arrival: Arrival, engine: Engine, calendar: Calendar, histories: Mapping[str, History], *, force: bool = False
) -> Build:
    """Return all that comes of one saved workbook.

    `histories` are what the ledger knows, by account id; an account that is not there has none. `force` renders also
    what would come out the same as before.
    """
    try:
        workbook = extract(arrival, engine.templates)
    except UnreadableWorkbook as unreadable:
        return _unknown(arrival, [unreadable.finding])
    compiled = engine.sets[workbook.template]
    account = account_of(workbook, compiled.definitions.template)
    if account is None:
        return _unknown(arrival, workbook.findings)
    history, content = histories.get(account.id, History()), content_key(workbook)
    if content == history.content and not force:
        return Build(
            arrival.sha256, account, Status.FINAL, (), (), content=content, is_same=True,
            saved_by=workbook.saved_by, saved_at=workbook.saved_at,
        )  # fmt: skip
    plan = with_blocked_documents(judge(workbook, compiled.prepared, calendar, history), compiled)
    made = make_documents(plan, compiled, history, force=force)
    documents = tuple(document for document, _ in made)
    findings = (*plan.findings, *dict.fromkeys(finding for _, found in made for finding in found))
    return Build(
        arrival.sha256, plan.account, worst(*(document.status for document in documents)), documents,
        findings, _todo(arrival, findings, plan, compiled), plan, content,
        saved_by=workbook.saved_by, saved_at=workbook.saved_at,
    )  # fmt: skip


def _unknown(arrival: Arrival, findings: Sequence[Finding]) -> Build:
    """Return the build of a file whose account cannot be known."""
    page = todo_page(findings, title=arrival.file, file=arrival.file, language=FALLBACK_LANGUAGE)
    return Build(arrival.sha256, None, Status.BLOCKED, (), tuple(findings), {TODO_PAGE: page})


def _todo(arrival: Arrival, findings: Sequence[Finding], plan: Plan, compiled: CompiledSet) -> dict[str, bytes]:
    if not findings:
        return {}
    account, titles = plan.account, {item.definition.id: item.definition.title for item in compiled.documents}
    page = todo_page(
        findings, title=account.name, file=arrival.file, language=account.language, as_of=plan.calendar.as_of,
        documents=titles, draft=plan.completeness.draft,
    )  # fmt: skip
    copy = annotated_copy(arrival.content, findings, account.language, compiled.definitions.brand, titles)
    return {TODO_PAGE: page, TODO_WORKBOOK: copy}
