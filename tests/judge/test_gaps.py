from decimal import Decimal

import pytest

from pipeline.judge import account_of, judge
from pipeline.model import Finding, Plan, Severity
from tests.judge.compact import CALENDAR, PORT, plan, prepared, template, workbook

SHIP = {"no": "S1", "ship": "Anna"}
MOVE = {"period": "2026-01", "line": "Fees"}


def of(found: Plan, identity: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.id == identity]


def test_completeness_is_the_mean_over_the_sections_that_the_tier_asks_for() -> None:
    found = plan("{}", ships=[SHIP], moves=[MOVE, {**MOVE, "period": None, "line": "unknown"}]).completeness
    assert [(item.name, item.required, item.filled, item.answered) for item in found.sections] == [
        ("port", 2, 2, 2),
        ("moves", 4, 2, 3),
        ("ships", 4, 2, 2),
    ]
    assert found.completeness == (1 + Decimal("0.5") + Decimal("0.5")) / 3
    assert found.answered == (1 + Decimal("0.75") + Decimal("0.5")) / 3


def test_a_higher_tier_asks_for_more_sheets_and_fields() -> None:
    found = plan("{}", workbook({"tier": "Big"}, ships=[SHIP, SHIP], moves=[MOVE])).completeness
    assert [(item.name, item.required, item.filled) for item in found.sections] == [
        ("port", 3, 2), ("moves", 2, 2), ("ships", 4, 4), ("tides", 2, 0)
    ]  # fmt: skip


def test_a_missing_sheet_counts_nothing() -> None:
    found = plan("{}", workbook(missing=["moves"], ships=[SHIP, SHIP], moves=[MOVE])).completeness
    assert [item.share for item in found.sections] == [1, 0, 1]


@pytest.mark.parametrize(
    ("rules", "draft"),
    [
        ("{}", True),
        ("parameters: [{id: draft_answered, label: A, value: 0.5}]", False),
        (
            "parameters: [{id: draft_answered, label: A, value: 0.5}, {id: draft_completeness, label: C, value: 0.7}]",
            True,
        ),
    ],
)
def test_a_plan_below_either_limit_is_a_draft(rules: str, draft: bool) -> None:
    assert plan(rules, moves=[MOVE], ships=[]).completeness.draft is draft


def test_an_answered_and_complete_plan_is_no_draft() -> None:
    assert not plan("{}", moves=[MOVE], ships=[SHIP, {"no": "S2", "ship": "unknown"}]).completeness.draft


def test_empty_and_unknown_cells_are_prompts_at_their_cell() -> None:
    found = plan("{}", moves=[MOVE], ships=[{"no": "S1"}, {"no": "S2", "ship": "unknown"}])
    (missing,), (unknown,) = of(found, "value-missing"), of(found, "value-unknown")
    assert (str(missing.cell), str(unknown.cell)) == ("Ships!B2", "Ships!B3")
    assert missing.severity == unknown.severity == Severity.PROMPT
    assert (missing.section, missing.field) == ("ships", "ship")
    assert "“Ship” is empty" in missing.message.to("en")


def test_too_few_rows_are_one_prompt() -> None:
    (finding,) = of(plan("{}", moves=[MOVE], ships=[SHIP]), "rows-too-few")
    assert (finding.sheet, finding.cell, finding.section) == ("Ships", None, "ships")
    assert "1 of the 2 rows" in finding.message.to("en")


def test_what_reading_found_at_a_cell_is_not_said_again() -> None:
    book = workbook(moves=[MOVE], ships=[SHIP, {"no": "S2"}])
    cell = book.tables["ships"].rows[1].cells["ship"]
    told = Finding("cell-error", Severity.ERROR, template().title, cell)
    book = type(book)(book.file, book.sha256, book.template, 1, "en", book.tables, (told,))
    assert [finding.id for finding in judge(book, prepared(), CALENDAR).findings] == ["cell-error"]


def test_a_reference_without_target_is_an_error_at_its_cell() -> None:
    ships = [{**SHIP, "sister": "S9", "fleet": "S1; S8"}, {"no": "S2", "ship": "Berta", "sister": "s1"}]
    found = plan("{}", moves=[{**MOVE, "line": "Gold"}], ships=ships)
    wrong = of(found, "reference-unknown")
    assert [(str(finding.cell), finding.field) for finding in wrong] == [
        ("Moves!B2", "line"), ("Ships!D2", "sister"), ("Ships!E2", "fleet")
    ]  # fmt: skip
    assert all(finding.severity is Severity.ERROR for finding in wrong)
    assert "“Gold” in “Line” does not exist in: " in wrong[0].message.to("en")


def test_a_reference_is_found_whatever_its_capitals_and_read_as_the_key() -> None:
    found = plan("{}", moves=[MOVE], ships=[SHIP, {"no": "S2", "ship": "Berta", "sister": "s1", "fleet": "s1; S2"}])
    row = found.workbook.tables["ships"].rows[1]
    assert (row.values["sister"], row.values["fleet"]) == ("S1", ("S1", "S2"))
    assert not of(found, "reference-unknown")


def test_a_reference_into_a_missing_sheet_is_not_judged() -> None:
    assert not of(
        plan("{}", workbook(missing=["lists", "lines"], moves=[{**MOVE, "line": "Gold"}])), "reference-unknown"
    )


def test_a_row_in_another_currency_is_an_error_at_its_cell() -> None:
    found = plan("{}", moves=[MOVE, {**MOVE, "currency": "USD"}, {**MOVE, "currency": "EUR"}])
    (finding,) = of(found, "row-other-currency")
    assert (str(finding.cell), finding.severity, finding.field) == ("Moves!D3", Severity.ERROR, "currency")
    assert "USD" in finding.message.to("en")
    assert "EUR" in finding.message.to("ja")


def test_the_account_is_read_from_the_roles() -> None:
    account = account_of(workbook({"guest_language": "ja"}), template())
    assert account is not None
    assert (account.id, account.name, account.tier, account.currency) == ("P-1", "Ostport", "Small", "EUR")
    assert (account.language, account.customer_language) == ("en", "ja")


@pytest.mark.parametrize("field", ["port_id", "name"])
def test_a_workbook_without_id_or_name_has_no_account(field: str) -> None:
    book = workbook({**PORT, field: None})
    assert account_of(book, template()) is None
    with pytest.raises(ValueError, match="without account id"):
        judge(book, prepared(), CALENDAR)
