"""Which documents a finding stops, and that a customer's file with something internal is held back."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache

import pytest

from pipeline import pages
from pipeline.definitions.load import load_definitions
from pipeline.engine import CompiledSet, Engine, compile_engine
from pipeline.judge import judge
from pipeline.model import Calendar, Finding, History, Plan, Row, Severity, Status, Table, Text, Workbook
from pipeline.pages import make_documents, with_blocked_documents
from pipeline.proof import template_faults
from pipeline.render.documents import render_document
from pipeline.render.rendered import Rendered
from tests.support.repository import ROOT

NAME = "account_plan"
CALENDAR = Calendar(dt.date(2026, 11, 9), dt.date(2026, 10, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31))
ALL = ("deck", "plan", "joint_plan", "variance_report")


@lru_cache(maxsize=1)
def shipped() -> CompiledSet:
    return compile_engine([load_definitions(ROOT, NAME, "planpress")], {}).sets[NAME]


def plan(*findings: Finding, **account: str) -> Plan:
    template, known = shipped().definitions.template, {"account_id": "ACME-1", "name": "Acme", **account}
    tables = {}
    for number, table in enumerate(template.tables.values()):
        values = {field.name: known.get(field.name) if table.name == "account" else None for field in table.fields}
        rows = (Row(number, values),) if template.is_form(table.name) else ()
        tables[table.name] = Table(table.name, table.name, rows)
    book = Workbook("Acme.xlsx", "0" * 64, NAME, 1, "en", tables)
    return replace(judge(book, shipped().prepared, CALENDAR), findings=findings)


def error(
    section: str | None = None, field: str | None = None, *blocks: str, code: str = "cell-not-a-number"
) -> Finding:
    return Finding(code, Severity.ERROR, Text.plain("wrong"), section=section, field=field, blocks=blocks)


def stopped(finding: Finding) -> tuple[str, ...]:
    judged = with_blocked_documents(plan(finding), shipped())
    made = make_documents(judged, shipped(), History(), force=False)
    return tuple(document.id for document, _ in made if document.status is Status.BLOCKED)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (error("financials", "actual"), ("deck", "plan", "variance_report")),
        (error("account", "name"), ALL),
        (error("account", "owner_email"), ("deck", "plan", "joint_plan")),
        (error("contacts", "sentiment"), ("deck", "plan")),
        (error("service_levels", "actual"), ("deck", "plan", "joint_plan")),
        (error(), ALL),
        (error("financials", "actual", "plan"), ("plan",)),
        (error("opportunities", "probability", code="probability-out-of-range"), ALL),
    ],
)
def test_an_error_stops_the_documents_that_use_its_cell(finding: Finding, expected: tuple[str, ...]) -> None:
    if finding.id == "probability-out-of-range":
        finding = replace(finding, id=next(c.id for c in shipped().definitions.rules.checks if not c.blocks))
    assert set(stopped(finding)) == set(expected)


def test_a_warning_stops_nothing() -> None:
    assert stopped(replace(error("account", "name"), severity=Severity.WARNING)) == ()


def test_a_customers_file_that_shows_something_internal_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    private = "Nine tenths of their spend goes to a rival"
    judged = plan(why_key_account=private)
    real = render_document

    def talkative(*arguments: object) -> Rendered:
        made = real(*arguments)  # type: ignore[arg-type]
        return Rendered(f"<html>{private}</html>".encode()) if made.content.startswith(b"%PDF") else made

    monkeypatch.setattr(pages, "render_document", talkative)
    made = {
        document.id: (document, found) for document, found in make_documents(judged, shipped(), History(), force=True)
    }
    document, found = made["joint_plan"]
    assert (document.status, document.content) == (Status.BLOCKED, None)
    assert [(finding.id, finding.blocks) for finding in found] == [("document-leaks", ("joint_plan",))]
    assert private in found[0].message.to("en")
    assert made["plan"][0].status is not Status.BLOCKED


def test_what_was_found_while_a_document_was_drawn_is_told_as_long_as_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    judged, crowded = plan(), Finding("text-too-long", Severity.WARNING, Text.plain("too long"))
    monkeypatch.setattr(pages, "render_document", lambda *_: Rendered(b"drawn", (crowded,)))
    drawn = [document for document, _ in make_documents(judged, shipped(), History(), force=False)]
    assert [document.findings for document in drawn] == [(crowded,)] * len(ALL)
    keys = {document.id: document.key for document in drawn}
    history = History(2, {**keys, "deck": "of another deck"}, {"deck": (crowded, crowded), "plan": (crowded,)})
    again = {
        document.id: (document, found) for document, found in make_documents(judged, shipped(), history, force=False)
    }
    assert {name for name, (document, _) in again.items() if document.content is None} == {*ALL} - {"deck"}
    assert {name: tuple(found) for name, (_, found) in again.items()} == {
        "deck": (crowded,), "plan": (crowded,), "joint_plan": (), "variance_report": ()
    }  # fmt: skip


def test_the_shipped_templates_ask_for_nothing_that_is_not_there() -> None:
    assert template_faults(Engine({NAME: shipped()}, "")) == []
