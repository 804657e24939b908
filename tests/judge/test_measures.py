from decimal import Decimal

from pipeline.judge import judge
from pipeline.model import Quantity
from tests.judge.compact import CALENDAR, measure, plan, prepared, sources, value, workbook

FEES = """
views: [{id: closed_moves, sql: "select * from moves where period between year_start() and last_closed()"}]
measures:
  - {id: fees, label: Fees, unit: money, cells: [actual], rows: "select _row, actual from closed_moves where line = 'Fees'",
     value: "sum(actual)", na: [{when: "count(*) = 0", reason: no_rows}, {when: "sum(actual) < 0", reason: negative_base}]}
"""  # noqa: E501 - rules read as in their file
BY_MONTH = """
measures:
  - {id: by_month, label: By month, unit: money, by: [period], cells: [actual, plan],
     rows: "select _row, period, actual, plan from moves", value: {AC: "sum(actual)", PL: "sum(plan)"}}
"""
MOVES = [
    {"period": "2026-01", "line": "Fees", "actual": "100.10", "plan": 90},
    {"period": "2026-02", "line": "Fees", "actual": "0.20", "plan": 95},
    {"period": "2026-02", "line": "Wages", "actual": 50},
    {"period": "2026-04", "line": "Fees", "actual": 7777},
]


def test_a_measure_has_its_value_and_the_cells_it_came_from() -> None:
    found = measure(FEES, moves=MOVES)
    assert found.quantity == Quantity(Decimal("100.30"))
    assert sources(found) == ["Moves!E2", "Moves!E3"]


def test_the_first_reason_that_holds_says_why_there_is_no_value() -> None:
    assert value(FEES, moves=[]) == Quantity(None, "no_rows")
    assert value(FEES, moves=[{"period": "2026-01", "line": "Fees", "actual": -5}]) == Quantity(None, "negative_base")


def test_an_empty_result_without_reason_is_no_data() -> None:
    assert value(FEES, moves=[{"period": "2026-01", "line": "Fees"}]) == Quantity(None, "no_data")


def test_a_measure_by_month_is_a_list_with_its_series() -> None:
    january, february, april = measure(BY_MONTH, moves=MOVES).rows
    assert (january.keys[0], february.keys[0], april.keys[0]) == tuple(
        CALENDAR.year_start.replace(month=month) for month in (1, 2, 4)
    )
    assert january.series == {"AC": Quantity(Decimal("100.10")), "PL": Quantity(Decimal(90))}
    assert april.series["PL"] == Quantity(None, "no_data")
    assert [str(cell) for cell in february.sources] == ["Moves!E3", "Moves!E4", "Moves!F3", "Moves!F4"]


def test_a_formula_is_worked_out_after_what_it_names_and_unites_the_sources() -> None:
    text = """
    measures:
      - {id: twice_margin, label: T, unit: money, formula: "2 * margin"}
      - {id: margin, label: M, unit: money, formula: "fees - wages"}
      - {id: fees, label: F, unit: money, cells: [actual], rows: "select _row, actual from moves where line = 'Fees'", value: "sum(actual)"}
      - {id: wages, label: W, unit: money, cells: [actual], rows: "select _row, actual from moves where line = 'Wages'", value: "sum(actual)"}
    """  # noqa: E501 - rules read as in their file
    measures = plan(text, moves=MOVES[:3]).measures
    assert measures["twice_margin"].quantity == Quantity(Decimal("100.60"))
    assert sources(measures["margin"]) == ["Moves!E2", "Moves!E3", "Moves!E4"]
    assert measures["twice_margin"].inputs == ("margin",)
    assert list(measures) == ["twice_margin", "margin", "fees", "wages"]


RATIO = """
measures:
  - {{id: a, label: A, unit: money, rows: "select _row, actual from moves where line = 'Fees'", value: "sum(actual)", na: [{{when: "count(*) = 0", reason: too_few}}]}}
  - {{id: b, label: B, unit: money, rows: "select _row, actual from moves where line = 'Wages'", value: "sum(actual)"}}
  - {{id: c, label: C, unit: percent, formula: "{formula}"{na}}}
"""  # noqa: E501 - rules read as in their file


def test_a_formula_over_a_missing_input_takes_over_its_reason() -> None:
    text = RATIO.format(formula="greatest(b, a)", na="")
    assert value(text, moves=MOVES[2:3]) == Quantity(None, "too_few")


def test_a_formula_may_say_itself_what_a_missing_input_means() -> None:
    assert value(RATIO.format(formula="b + coalesce(a, 0)", na=""), moves=MOVES[2:3]) == Quantity(Decimal(50))
    assert value(RATIO.format(formula="list_avg([a, b])", na=""), moves=MOVES[2:3]) == Quantity(Decimal(50))


def test_a_reason_of_the_formula_itself_comes_first() -> None:
    na = ', na: [{when: "a is null", reason: covered}]'
    assert value(RATIO.format(formula="a / b", na=na), moves=MOVES[2:3]) == Quantity(None, "covered")


def test_a_quotient_has_fifteen_digits_and_no_float() -> None:
    moves = [{"period": "2026-01", "line": "Fees", "actual": 1}, {"period": "2026-01", "line": "Wages", "actual": 3}]
    found = value(RATIO.format(formula="a / nullif(b, 0)", na=""), moves=moves)
    assert found == Quantity(Decimal("0.333333333333333"))


def test_a_division_by_nothing_is_not_available() -> None:
    moves = [{"period": "2026-01", "line": "Fees", "actual": 1}, {"period": "2026-01", "line": "Wages", "actual": 0}]
    assert value(RATIO.format(formula="a / b", na=""), moves=moves) == Quantity(None, "no_data")


def test_a_formula_joins_lists_on_their_dimensions_series_by_series() -> None:
    text = """
    measures:
      - {id: fees, label: F, unit: money, by: [period], cells: [actual], rows: "select * from moves where line = 'Fees'", value: {AC: "sum(actual)", PL: "sum(plan)"}}
      - {id: wages, label: W, unit: money, by: [period], cells: [actual], rows: "select * from moves where line = 'Wages'", value: {AC: "sum(actual)", PL: "sum(plan)"}}
      - {id: ceiling, label: L, unit: money, rows: "select _row from moves", value: "1000"}
      - {id: margin, label: M, unit: money, by: [period], formula: {AC: "ceiling + fees - coalesce(wages, 0)", gap: "fees.AC - fees.PL"}}
    """  # noqa: E501 - rules read as in their file
    january, february = measure(text, moves=MOVES[:3]).rows
    assert january.series == {"AC": Quantity(Decimal("1100.10")), "gap": Quantity(Decimal("10.10"))}
    assert february.series == {"AC": Quantity(Decimal("950.20")), "gap": Quantity(Decimal("-94.80"))}
    shared = ["Moves!A2", "Moves!A3", "Moves!A4"]
    assert [str(cell) for cell in february.sources] == [*shared, "Moves!E3", "Moves!E4"]


def test_nothing_of_one_workbook_meets_the_next() -> None:
    ready = prepared(FEES)
    first = judge(workbook(moves=MOVES), ready, CALENDAR)
    empty = judge(workbook(moves=[]), ready, CALENDAR)
    again = judge(workbook(moves=MOVES), ready, CALENDAR)
    assert first.measures["fees"].quantity.value == Decimal("100.30")
    assert empty.measures["fees"].quantity.reason == "no_rows"
    assert again == first
    assert ready.connection.execute("select count(*) from moves").fetchone() == (0,)


def test_the_calendar_is_that_of_each_call() -> None:
    ready = prepared(FEES)
    before = judge(workbook(moves=MOVES), ready, CALENDAR)
    later = judge(
        workbook(moves=MOVES),
        ready,
        type(CALENDAR)(CALENDAR.as_of, CALENDAR.year_end, CALENDAR.year_start, CALENDAR.year_end),
    )
    assert before.measures["fees"].quantity.value == Decimal("100.30")
    assert later.measures["fees"].quantity.value == Decimal("7877.30")
