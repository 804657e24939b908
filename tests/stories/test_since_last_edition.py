"""A workbook is saved again: what changed is told on the command line, in the deck and in the plan, and once only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.definitions.load import load_definitions
from pipeline.engine import Engine, compile_engine
from pipeline.extract import extract
from pipeline.model import Arrival, Build, Calendar, History, Row, Table, Workbook
from pipeline.run import run
from tests.support.editions import with_edition
from tests.support.found_texts import texts_in
from tests.support.real_workspace import RealWorkspace
from tests.support.repository import ROOT
from tests.support.tiny import tiny_workbook, tiny_workspace

SAMPLE = "Brennholt Dairies Group.xlsx"
AUGUST = Calendar(date(2026, 8, 15), date(2026, 7, 31), date(2026, 1, 1), date(2026, 12, 31))
NOVEMBER = Calendar(date(2026, 11, 15), date(2026, 10, 31), date(2026, 1, 1), date(2026, 12, 31))
WAS_DUE = date(2026, 1, 5)


# On the command line --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lifts(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return a workspace in which a workbook was saved twice, the second time with another date and another amount."""
    workspace = tiny_workspace(tmp_path_factory.mktemp("lifts") / "workspace")
    later = tiny_workbook("L-042", "Lift Nord", pruefungen={"geprueft_am": date(2026, 2, 4)}, kosten={"ist": 1450})
    for content in (tiny_workbook("L-042", "Lift Nord"), later):
        workspace.drop("Nord.xlsx", content)
        answer = workspace.build()
        assert answer.code == 0, answer.out + answer.err
    return workspace


def test_cells_are_told_in_the_words_of_the_workbook(lifts: RealWorkspace) -> None:
    lines = [" ".join(line.split()) for line in lifts.planpress("diff", "Lift").out.splitlines()]
    assert "Prüfungen U1 Geprüft am 03.02.2026 04.02.2026" in lines
    assert any(line.startswith("Kosten Jan. 2026 · Wartung ") and line.endswith("1.400 € 1.450 €") for line in lines)
    assert any(line.startswith("ertrag 2.950 € 3.000 €") for line in lines)


def test_a_preview_of_the_account_knows_its_editions(lifts: RealWorkspace, tmp_path: Path) -> None:
    target = tmp_path / "preview.xlsx"
    answer = lifts.planpress("preview", "L-042", "--document", "bericht", "--output", str(target))
    assert (answer.code, target.is_file()) == (0, True)


# In the documents -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """Builds of a sample, one after the other, and what the ledger knew before each."""

    first: Build
    second: Build
    third: Build


@pytest.fixture(scope="module")
def engine() -> Engine:
    return compile_engine([load_definitions(ROOT, "account_plan", "planpress")], {})


@pytest.fixture(scope="module")
def saved(engine: Engine) -> Saved:
    """Return the builds of a sample whose first action was due earlier in the first edition; nothing changed after."""
    content = (ROOT / "inbox" / SAMPLE).read_bytes()
    arrival = Arrival(SAMPLE, content, hashlib.sha256(content).hexdigest(), datetime(2026, 11, 15, tzinfo=UTC))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipeline.run.extract", earlier(engine, arrival))
        first = run(arrival, engine, AUGUST, {})
    assert first.plan is not None
    history = with_edition(History(), first.plan)
    second = run(arrival, engine, NOVEMBER, known(first, history))
    assert second.plan is not None
    third = run(arrival, engine, NOVEMBER, known(second, with_edition(history, second.plan)))
    return Saved(first, second, third)


def earlier(engine: Engine, arrival: Arrival) -> object:
    """Return a reader that reads the first action as it was in August."""

    def read(_: Arrival, templates: Mapping[str, object]) -> Workbook:
        book = extract(arrival, engine.templates)
        return replace(book, tables={**book.tables, "actions": with_first_due(book.tables["actions"])})

    return read


def with_first_due(actions: Table) -> Table:
    first, *others = actions.rows
    due: Row = replace(first, values={**first.values, "due": WAS_DUE})
    return replace(actions, rows=(due, *others))


def known(build: Build, history: History) -> dict[str, History]:
    assert build.account is not None
    keys = {document.id: document.key for document in build.documents}
    return {build.account.id: replace(history, document_keys=keys)}


def texts(build: Build, identity: str) -> str:
    (content,) = [document.content for document in build.documents if document.id == identity]
    assert content is not None
    return " ".join("\n".join(texts_in(content)).split())


@pytest.mark.parametrize("document", ["deck", "plan"])
def test_the_deck_and_the_plan_say_what_is_new(saved: Saved, document: str) -> None:
    found = texts(saved.second, document)
    assert "Since edition 1 of 15 Aug 2026" in found
    assert "5 Jan 2026" in found
    assert "Since edition" not in texts(saved.first, document)


def test_the_customer_hears_nothing_of_it(saved: Saved) -> None:
    found = texts(saved.second, "joint_plan")
    assert "Since edition" not in found
    assert "5 Jan 2026" not in found


def test_numbers_over_earlier_editions_have_values(saved: Saved) -> None:
    first, second = saved.first.plan, saved.second.plan
    assert first is not None
    assert second is not None
    for name in ("actions_slipped", "freshness"):
        assert first.measures[name].quantity.reason == "no_history"
        assert second.measures[name].quantity.value is not None
    assert second.measures["actions_slipped"].quantity.value == 1


def test_while_nothing_changes_what_was_told_stays(saved: Saved) -> None:
    assert saved.third.plan is not None
    assert saved.second.plan is not None
    assert saved.third.plan.changes == saved.second.plan.changes != ()
    assert [document.id for document in saved.third.documents if document.content is not None] == []
