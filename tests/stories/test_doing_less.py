"""What did not change is not made again: on the shipped set and its fullest sample."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.engine import Engine, compile_engine
from pipeline.model import Arrival, Build, Calendar, History, Text
from pipeline.run import run
from pipeline.settings import Workspace, calendar
from tests.support.repository import ROOT

RECEIVED = datetime(2026, 11, 9, 9, tzinfo=UTC)
SAMPLE = "Brennholt Dairies Group.xlsx"
ALL = {"deck", "plan", "joint_plan", "variance_report"}


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(ROOT, "account_plan", "planpress")


@pytest.fixture(scope="module")
def engine(definitions: Definitions) -> Engine:
    return compile_engine([definitions], {})


@pytest.fixture(scope="module")
def days() -> Calendar:
    return calendar(Workspace.open(ROOT, {}).settings, RECEIVED)


@pytest.fixture(scope="module")
def first(engine: Engine, days: Calendar) -> Build:
    """Return the first build of the sample."""
    build = run(arrival(), engine, days, {})
    assert made(build) == ALL
    return build


def arrival(change: Callable[[bytes], bytes] = lambda part: part) -> Arrival:
    """Return the sample, all of its parts changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(ROOT / "inbox" / SAMPLE) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), change(old.read(name)))
    content = changed.getvalue()
    return Arrival(SAMPLE, content, hashlib.sha256(content).hexdigest(), RECEIVED)


def again(first: Build, engine: Engine, days: Calendar, arrival: Arrival) -> Build:
    """Return the next build of the account: the ledger knows the documents of the first."""
    assert first.account is not None
    keys = {document.id: document.key for document in first.documents}
    return run(arrival, engine, days, {first.account.id: History(2, keys)})


def made(build: Build) -> set[str]:
    return {document.id for document in build.documents if document.content is not None}


def test_nothing_changed_and_nothing_is_made(first: Build, engine: Engine, days: Calendar) -> None:
    assert made(again(first, engine, days, arrival())) == set()


def test_a_contacts_phone_number_touches_neither_report_nor_the_customers_document(
    first: Build, engine: Engine, days: Calendar
) -> None:
    assert first.plan is not None
    numbers = [row.values["phone"] for row in first.plan.workbook.tables["contacts"].rows if row.values["phone"]]
    number = str(numbers[-1])
    build = again(first, engine, days, arrival(lambda part: part.replace(number.encode(), b"+49 30 5550 9999")))
    assert build.plan is not None
    assert build.plan.workbook.tables["contacts"].rows != first.plan.workbook.tables["contacts"].rows
    assert not made(build) & {"variance_report", "joint_plan"}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("deck.pptx", {"deck"}),
        ("plan.docx", {"plan"}),
        ("joint_plan.html", {"joint_plan"}),
        ("joint_plan.css", {"joint_plan"}),
        ("variance.yaml", {"variance_report"}),
        ("figures.yaml", ALL),
        ("brand/brand.yaml", ALL),
    ],
)
def test_a_changed_file_makes_only_what_it_concerns(definitions: Definitions, file: str, expected: set[str]) -> None:
    changed = replace(definitions, files={**definitions.files, file: definitions.files[file] + b"\n"})
    assert {name for name, look in changed.looks.items() if look != definitions.looks[name]} == expected


PAGES = {
    "joint_plan.html": b"<link href='look.css'> figures.yaml, brand/logo.png",
    "page.html": b"{% include 'joint_plan.html' %}",
    "look.css": b"@import 'basic.css'",
    "other.html": b"<link href='basic.css'>",
    "basic.css": b"",
}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("basic.css", {"joint_plan", "page", "other"}),  # some of them by what they name
        ("look.css", {"joint_plan", "page"}),
        ("joint_plan.html", {"joint_plan", "page"}),
        ("figures.yaml", {"deck", "joint_plan", "page", "other"}),  # whoever speaks of it
        ("brand/logo.png", {"deck", "joint_plan", "page", "other"}),
    ],
)
def test_a_changed_file_concerns_whom_it_reaches(definitions: Definitions, file: str, expected: set[str]) -> None:
    deck, joint_plan = (
        next(document for document in definitions.outputs.documents if document.id == name)
        for name in ("deck", "joint_plan")
    )
    pages = [
        joint_plan.model_copy(update={"id": name.removesuffix(".html"), "template": name})
        for name in PAGES
        if name.endswith(".html")
    ]
    outputs = definitions.outputs.model_copy(update={"documents": (deck, *pages)})
    files = {**definitions.files, **PAGES}
    before = replace(definitions, outputs=outputs, files=files)
    after = replace(before, files={**files, file: files[file] + b"\n"})
    assert {name for name, look in after.looks.items() if look != before.looks[name]} == expected


def test_another_label_makes_what_prints_it(first: Build, definitions: Definitions, days: Calendar) -> None:
    overdue = next(measure for measure in definitions.rules.measures if measure.id == "actions_overdue")
    other = overdue.model_copy(update={"label": Text.plain("Late"), "short_label": None})
    measures = tuple(other if measure is overdue else measure for measure in definitions.rules.measures)
    rules = definitions.rules.model_copy(update={"measures": measures})
    changed = compile_engine([replace(definitions, rules=rules)], {})
    assert "deck" in made(again(first, changed, days, arrival()))


def test_changed_rules_make_what_shows_other_values(first: Build, definitions: Definitions, days: Calendar) -> None:
    overdue = next(measure for measure in definitions.rules.measures if measure.id == "actions_overdue")
    other = overdue.model_copy(update={"value": "count(*) + 1000"})
    measures = tuple(other if measure is overdue else measure for measure in definitions.rules.measures)
    rules = definitions.rules.model_copy(update={"measures": measures})
    changed = compile_engine([replace(definitions, rules=rules)], {})
    assert {"deck"} <= made(again(first, changed, days, arrival())) <= {"deck", "plan"}
