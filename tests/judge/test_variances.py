from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.judge import judge
from pipeline.judge.spans import months_of
from pipeline.model import Calendar, Plan, Quantity, VarianceRow
from tests.judge.compact import CALENDAR, day, faults_of, plan, prepared, workbook

RULE = """
variances:
  - id: result
    label: Result
    rows: "select * from moves"
    value: actual
    outlook: forecast
    references: {PL: plan, PY: previous}
    spans: [month, quarter, ytd, l12m, outlook]
    by: [line, pier]
    nature: lines.nature
    material: {absolute: {EUR: 10}, percent: 5, mode: and, spans: {month: {absolute: {EUR: 1000}}}}
    commentary: {table: notes, match: [period, block, line, pier], text: [cause]}
"""
YEAR = [f"2026-{month:02}" for month in range(1, 13)]


def move(period: str, line: str, pier: str | None = None, **amounts: Any) -> dict[str, Any]:
    return {"period": period, "line": line, "pier": pier, **amounts}


def row(found: Plan, span: str, reference: str = "PL", **dimensions: str | None) -> VarianceRow:
    """Return the line of a span with exactly these dimensions."""
    rows = found.variances["result"].rows
    return next(
        item for item in rows
        if (item.span, item.reference, dict(item.dimensions)) == (span, reference, dimensions)
    )  # fmt: skip


def number(item: VarianceRow) -> Decimal:
    assert isinstance(item.absolute.value, Decimal)
    return item.absolute.value


def amounts(item: VarianceRow) -> tuple[object, object, object]:
    return item.actual.value, item.against.value, item.absolute.value


SMALL = [
    move("2026-01", "Fees", "A", actual=100, plan=80),
    move("2026-02", "Fees", "A", actual=50, plan=90),
    move("2026-03", "Fees", "A", actual=70, plan=70),
    move("2026-03", "Fees", "B", actual=30, plan=10),
    move("2026-03", "Wages", "A", actual=25, plan=20),
    move("2026-04", "Fees", "A", actual=9999, plan=80, forecast=85),
    *(move(period, "Fees", "A", forecast=10) for period in YEAR[4:]),
]


def test_amounts_are_signed_so_that_a_positive_difference_is_favourable_on_every_line() -> None:
    found = plan(RULE, moves=SMALL)
    fees, wages = row(found, "ytd", line="Fees"), row(found, "ytd", line="Wages")
    assert amounts(fees) == (Decimal(250), Decimal(250), Decimal(0))
    assert amounts(wages) == (Decimal(-25), Decimal(-20), Decimal(-5))
    assert (fees.impact, wages.impact) == ("neutral", "adverse")
    assert wages.percent == Quantity(Decimal("-0.25"))
    assert wages.nature == "cost"


def test_the_open_month_is_in_no_span_of_actuals_but_its_forecast_is_in_the_outlook() -> None:
    found = plan(RULE, moves=SMALL)
    assert amounts(row(found, "ytd")) == (Decimal(225), Decimal(230), Decimal(-5))
    assert amounts(row(found, "outlook")) == (Decimal(390), Decimal(310), Decimal(80))
    assert amounts(row(found, "month")) == (Decimal(75), Decimal(60), Decimal(15))
    assert amounts(row(found, "quarter")) == amounts(row(found, "ytd"))


def test_totals_come_first_then_each_line_before_its_parts() -> None:
    rows = [
        item
        for item in plan(RULE, moves=SMALL).variances["result"].rows
        if (item.span, item.reference) == ("ytd", "PL")
    ]
    assert [dict(item.dimensions) for item in rows] == [
        {},
        {"line": "Fees"},
        {"line": "Fees", "pier": "A"},
        {"line": "Fees", "pier": "B"},
        {"line": "Wages"},
        {"line": "Wages", "pier": "A"},
    ]


def test_sources_are_the_cells_of_both_sides() -> None:
    found = row(plan(RULE, moves=SMALL), "month", line="Fees", pier="B")
    assert [str(cell) for cell in found.sources] == ["Moves!E5", "Moves!F5"]


def test_a_neutral_line_stands_for_itself_and_is_in_no_sum() -> None:
    found = plan(RULE, moves=[*SMALL, move("2026-03", "Tonnage", actual=500, plan=400)])
    tonnage = row(found, "ytd", line="Tonnage")
    assert amounts(tonnage) == (Decimal(500), Decimal(400), Decimal(100))
    assert tonnage.impact == "neutral"
    assert amounts(row(found, "ytd")) == (Decimal(225), Decimal(230), Decimal(-5))


@pytest.mark.parametrize(
    ("line", "actual", "reference", "expected"),
    [
        ("Fees", 110, 100, Quantity(Decimal("0.1"))),
        ("Fees", 110, 0, Quantity(None, "zero_base")),
        ("Fees", 110, -100, Quantity(None, "negative_base")),
        ("Fees", -10, 100, Quantity(None, "negative_base")),
        ("Wages", 110, 100, Quantity(Decimal("-0.1"))),
        ("Wages", 110, -100, Quantity(None, "negative_base")),
        ("Wages", 1, 3, Quantity(Decimal("0.6666666666666666666666666666666666666667"))),
    ],
)
def test_per_cent_needs_a_natural_reference_above_nothing_and_no_negative_actual(
    line: str, actual: int, reference: int, expected: Quantity
) -> None:
    found = plan(RULE, moves=[move("2026-03", line, actual=actual, plan=reference)])
    assert row(found, "month", line=line).percent == expected


def test_the_natural_amount_of_a_mixed_sum_is_its_income_view() -> None:
    moves = [move("2026-03", "Fees", actual=10, plan=10), move("2026-03", "Wages", actual=30, plan=20)]
    assert row(plan(RULE, moves=moves), "month").percent == Quantity(None, "negative_base")


def test_a_blank_actual_in_a_loaded_line_month_is_nothing() -> None:
    moves = [move("2026-03", "Fees", "A", actual=10, plan=10), move("2026-03", "Fees", "B", plan=5)]
    found = plan(RULE, moves=moves)
    assert amounts(row(found, "month", line="Fees", pier="B")) == (Decimal(0), Decimal(5), Decimal(-5))


def test_a_line_month_without_any_actual_makes_every_sum_that_contains_it_incomplete() -> None:
    moves = [
        move("2026-02", "Fees", plan=5),
        move("2026-03", "Fees", actual=7, plan=5),
        move("2026-03", "Wages", actual=1, plan=1),
    ]
    found = plan(RULE, moves=moves)
    for dimensions in ({}, {"line": "Fees"}, {"line": "Fees", "pier": None}):
        item = row(found, "ytd", **dimensions)
        assert item.actual == Quantity(None, "incomplete")
        assert item.absolute == Quantity(None, "incomplete")
        assert (item.impact, item.material) == ("neutral", False)
        assert item.note == "2026-02 Fees"
    assert row(found, "month", line="Fees").actual.value == Decimal(7)


def test_a_known_gap_is_always_missing() -> None:
    moves = [move("2026-03", "Fees", "A", actual=7, plan=5), move("2026-03", "Fees", "B", actual="unknown", plan=5)]
    assert row(plan(RULE, moves=moves), "month", line="Fees").actual.reason == "incomplete"


def test_a_line_without_any_plan_has_no_difference_nor_has_a_sum_that_contains_it() -> None:
    moves = [move("2026-03", "Fees", actual=7, plan=5), move("2026-03", "Cranes", actual=3)]
    found = plan(RULE, moves=moves)
    cranes, total = row(found, "month", line="Cranes"), row(found, "month")
    assert (cranes.against, cranes.absolute, cranes.note) == (
        Quantity(None, "no_data"),
        Quantity(None, "no_data"),
        None,
    )
    assert (total.actual, total.against) == (Quantity(Decimal(10)), Quantity(None, "incomplete"))
    assert (total.absolute, total.material, total.note) == (Quantity(None, "incomplete"), False, "PL – Cranes")
    assert amounts(row(found, "month", line="Fees")) == (Decimal(7), Decimal(5), Decimal(2))


def test_a_neutral_line_without_plan_takes_nothing_from_the_sums() -> None:
    moves = [move("2026-03", "Fees", actual=7, plan=5), move("2026-03", "Tonnage", actual=3)]
    found = plan(RULE, moves=moves)
    assert row(found, "month", line="Tonnage").against == Quantity(None, "no_data")
    assert amounts(row(found, "month")) == (Decimal(7), Decimal(5), Decimal(2))


def test_a_line_that_is_new_this_year_had_nothing_the_year_before() -> None:
    text = RULE.replace("select * from moves", "select *, previous is null and false as previous_missing from moves")
    moves = [move("2026-03", "Fees", actual=7, previous=5), move("2026-03", "Cranes", actual=3)]
    found = plan(text, moves=moves)
    assert row(found, "month", "PY", line="Cranes").absolute == Quantity(None, "no_data")
    assert amounts(row(found, "month", "PY")) == (Decimal(10), Decimal(5), Decimal(5))
    assert row(found, "month", "PY").note == "PY – Cranes"


def test_a_leaf_without_plan_in_a_planned_line_was_planned_at_nothing() -> None:
    moves = [move("2026-01", "Fees", "A", actual=7, plan=5), move("2026-03", "Fees", "B", actual=3)]
    item = row(plan(RULE, moves=moves), "ytd", line="Fees", pier="B")
    assert amounts(item) == (Decimal(3), Decimal(0), Decimal(3))
    assert item.percent.reason == "zero_base"


def test_twelve_months_are_not_compared_with_the_plan_of_three() -> None:
    moves = [move("2025-11", "Fees", actual=7), move("2026-03", "Fees", actual=7, plan=5)]
    found = plan(RULE, moves=moves)
    assert row(found, "l12m").against == Quantity(None, "incomplete")
    assert row(found, "l12m").note == "PL – Fees"
    assert row(found, "l12m", line="Fees").against == Quantity(None, "incomplete")
    assert row(found, "ytd").against == Quantity(Decimal(5))


def test_an_open_month_that_is_planned_but_not_forecast_makes_the_outlook_incomplete() -> None:
    moves = [move("2026-03", "Fees", actual=7, plan=5), move("2026-04", "Fees", plan=5)]
    found = plan(RULE, moves=moves)
    assert row(found, "outlook").actual == Quantity(None, "incomplete")
    assert row(found, "ytd").actual.value == Decimal(7)


def test_a_year_that_nobody_forecast_to_its_end_has_no_outlook() -> None:
    moves = [move("2026-03", "Fees", actual=7, plan=5), move("2026-04", "Fees", forecast=5)]
    assert row(plan(RULE, moves=moves), "outlook").actual == Quantity(None, "incomplete")


def test_rows_may_say_themselves_what_is_missing_and_where_an_amount_comes_from() -> None:
    text = RULE.replace(
        '"select * from moves"',
        '"select moves.* replace (earlier.actual as previous), earlier._row as _row_previous,'
        " moves.period = date '2026-02-01' as previous_missing from moves left join moves as earlier"
        ' on earlier.line = moves.line and earlier.period = moves.period - interval 12 month"',
    )
    moves = [move("2025-03", "Fees", actual=4), move("2026-02", "Fees", actual=6), move("2026-03", "Fees", actual=7)]
    found = plan(text, moves=moves)
    month = row(found, "month", "PY", line="Fees")
    assert amounts(month) == (Decimal(7), Decimal(4), Decimal(3))
    assert [str(cell) for cell in month.sources] == ["Moves!E2", "Moves!E4"]
    assert row(found, "ytd", "PY").against == Quantity(None, "incomplete")


@pytest.mark.parametrize(
    ("mode", "actual", "expected"),
    [("and", 112, True), ("and", 109, False), ("or", 110, True), ("or", 104, False), ("and", 110, True)],
)
def test_a_difference_is_material_at_its_thresholds(mode: str, actual: int, expected: bool) -> None:
    text = RULE.replace("mode: and", f"mode: {mode}")
    found = plan(text, moves=[move("2026-03", "Fees", actual=actual, plan=100)])
    assert row(found, "ytd").material is expected


def test_a_span_may_have_thresholds_of_its_own() -> None:
    found = plan(RULE, moves=[move("2026-03", "Fees", actual=900, plan=100)])
    assert (row(found, "ytd").material, row(found, "month").material) == (True, False)


def test_without_per_cent_the_absolute_test_decides_alone() -> None:
    moves = [move("2026-01", "Fees", "B", plan=1, actual=0), move("2026-03", "Fees", "A", actual=11)]
    item = row(plan(RULE, moves=moves), "ytd", line="Fees", pier="A")
    assert (item.percent.reason, item.material) == ("zero_base", True)


def test_without_threshold_in_its_currency_the_per_cent_decides_and_the_line_says_so() -> None:
    book = workbook({"money": "USD"}, moves=[move("2026-03", "Fees", actual=106, plan=100)])
    item = row(plan(RULE, book), "ytd")
    assert (item.material, item.note) == (True, "no_rate")


def test_commentary_is_found_by_span_and_dimensions() -> None:
    notes = [
        {"period": "2026-03", "block": "ytd", "line": "Fees", "cause": "A storm."},
        {"period": "2026-03", "block": "ytd", "line": "Fees", "pier": "A", "cause": "Pier A closed."},
        {"period": "2026-02", "block": "ytd", "line": "Wages", "cause": "Last month's."},
    ]
    found = plan(RULE, moves=SMALL, notes=notes)
    assert row(found, "ytd", line="Fees").commentary == "A storm."
    assert row(found, "ytd", line="Fees", pier="A").commentary == "Pier A closed."
    assert row(found, "month", line="Fees").commentary is None
    assert row(found, "ytd", line="Wages").commentary is None
    assert row(found, "ytd", "PY", line="Fees").commentary is None


def test_totals_are_measures_for_headlines_alerts_and_formulas() -> None:
    text = (
        RULE
        + """
measures:
  - {id: half, label: Half, unit: money, formula: "result_pl_ytd_abs / 2"}
"""
    )
    measures = plan(text, moves=SMALL).measures
    assert measures["result_pl_ytd_abs"].quantity == Quantity(Decimal(-5))
    assert str(measures["result_pl_ytd_pct"].quantity.value) == "-0.02173913043478260869565217391304347826087"
    assert measures["half"].quantity == Quantity(Decimal("-2.5"))
    assert measures["result_py_month_abs"].quantity == Quantity(None, "no_data")
    assert measures["half"].sources == measures["result_pl_ytd_abs"].sources


def test_better_lower_turns_the_difference_of_what_is_no_money() -> None:
    text = RULE.replace("material:", "unit: number\n    better: lower\n    material:").replace(
        "lines.nature", "neutral"
    )
    item = row(plan(text, moves=[move("2026-03", "Fees", actual=3, plan=5)]), "month", line="Fees")
    assert item.absolute == Quantity(Decimal(2))


def test_spans_follow_our_fiscal_year() -> None:
    calendar = Calendar(day("2026-07-09"), day("2026-06-30"), day("2026-04-01"), day("2027-03-31"))
    assert [f"{month:%y%m}" for month in months_of("quarter", calendar)] == ["2604", "2605", "2606"]
    assert [f"{month:%y%m}" for month in months_of("ytd", calendar)] == ["2604", "2605", "2606"]
    assert months_of("l12m", calendar)[0] == day("2025-07")
    assert (len(months_of("outlook", calendar)), months_of("outlook", calendar)[-1]) == (12, day("2027-03"))
    assert months_of("month", calendar) == (day("2026-06"),)


CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
MOVES = st.lists(
    st.fixed_dictionaries({
        "period": st.sampled_from(YEAR[:3]),
        "line": st.sampled_from(["Fees", "Cranes", "Wages"]),
        "pier": st.sampled_from(["A", "B", None]),
        "actual": CENTS,
        "plan": CENTS,
    }),
    min_size=1,
    max_size=25,
)  # fmt: skip
READY = prepared(RULE)


def _expected(moves: Sequence[Mapping[str, Any]], column: str, wanted: Mapping[str, Any]) -> Decimal:
    signs = {"Wages": -1}
    chosen = [item for item in moves if all(item[name] == value for name, value in wanted.items())]
    return sum((item[column] * signs.get(item["line"], 1) for item in chosen), Decimal(0))


@settings(max_examples=30, deadline=None)
@given(MOVES)
def test_every_sum_equals_the_sum_of_its_rows(moves: list[dict[str, Any]]) -> None:
    found = judge(workbook(moves=moves), READY, CALENDAR).variances["result"].rows
    for item in found:
        if item.span == "ytd" and item.reference == "PL":
            expected = [_expected(moves, column, item.dimensions) for column in ("actual", "plan")]
            assert [item.actual.value, item.against.value] == expected
            assert item.absolute.value == expected[0] - expected[1]


@settings(max_examples=30, deadline=None)
@given(MOVES)
def test_subtotals_equal_the_sums_of_their_leaves(moves: list[dict[str, Any]]) -> None:
    rows = [item for item in judge(workbook(moves=moves), READY, CALENDAR).variances["result"].rows
            if (item.span, item.reference) == ("ytd", "PL")]  # fmt: skip
    for parent in rows:
        depth = len(parent.dimensions)
        parts = [item for item in rows if len(item.dimensions) == depth + 1
                 and dict(list(item.dimensions.items())[:depth]) == dict(parent.dimensions)]  # fmt: skip
        if parts:
            assert parent.absolute.value == sum((number(part) for part in parts), Decimal(0))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("by: [line, pier]", "by: [line, dock]", "`by` names dock"),
        ("value: actual", "value: booked", "`booked` (AC) is no column"),
        ("nature: lines.nature", "nature: lines.kind", "neither a column of `rows` nor a field"),
        ("outlook: forecast\n", "\n", "span outlook needs `outlook`"),
        ("text: [cause]", "text: [reason]", "commentary names `notes.reason`"),
        ("match: [period, block, line, pier]", "match: [period, cause]", "cannot be matched on `cause`"),
        ("select * from moves", "select _row, period, line, pier, 1.5::double as actual, plan, previous, forecast from moves",  # noqa: E501 - rules read as in their file
         "must be exact decimals"),
        ("select * from moves", "select * exclude (_row) from moves", "must yield `_row`"),
    ],
)  # fmt: skip
def test_a_variance_that_cannot_work_is_a_fault_with_its_line(old: str, new: str, message: str) -> None:
    faults = faults_of(RULE.replace(old, new))
    assert any(message in fault and fault.startswith("rules.yaml:") for fault in faults), faults
