"""A figure's data come from the view alone: rows kept, numbers exact, labels printed, nothing invented."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from pipeline.definitions.output_set import FigureDefinition
from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, PlanView, Text
from pipeline.render.figures.data import figure_of
from pipeline.wording import Value, ViewList, ViewRow

ENGLISH = Formatter("en", "EUR")


def text(value: str | None) -> Value:
    return Value(value, "text", ENGLISH)


def money(amount: str | None) -> Value:
    return Value(None if amount is None else Decimal(amount), "money", ENGLISH, reason=None if amount else "no_data")


def month(number: int, actual: str | None, plan: str) -> ViewRow:
    return ViewRow({
        "period": Value(dt.date(2026, number, 1), "month", ENGLISH), "AC": money(actual), "PL": money(plan)
    })  # fmt: skip


def risk(no: str, likelihood: str | None, impact: str | None, owner: str | None = "Ana") -> ViewRow:
    names = {"no": no, "likelihood": likelihood, "impact": impact, "owner": owner}
    return ViewRow({name: text(value) for name, value in names.items()})


def drawn(arguments: dict[str, object] | None = None, /, **keys: Any) -> Figure:
    names = {
        "measures": ViewRow({"course": ViewList([month(1, "1000.5", "900"), month(2, None, "1100")])}),
        "risks": (risk("R1", "3", "5"), risk("R2", "1", None), risk("R3", None, "2", owner=None)),
        "limit": Value(Decimal(950), "money", ENGLISH),
    }
    definition = FigureDefinition(**{"id": "it", "title": Text.plain("Course to {{ limit }}"), **keys})
    return figure_of(definition, PlanView(Audience.INTERNAL, "en", "EUR", names), arguments)


def course(arguments: dict[str, object] | None = None, /, **keys: Any) -> Figure:
    series = {"PL": Text.plain("Plan"), "AC": Text.plain("Actual")}
    return drawn(arguments, **{"kind": "line", "measure": "course", "category": "period", "series": series, **keys})


def matrix(**keys: Any) -> Figure:
    return drawn(**{"kind": "matrix", "table": "risks", "key": "no", "label": "no", "row": "likelihood",
                    "column": "impact", **keys})  # fmt: skip


def test_a_chart_has_exact_numbers_in_the_definitions_order_and_gaps_where_there_are_none() -> None:
    plan, actual = course().series
    assert (plan.code, plan.name, plan.values) == ("PL", "Plan", (Decimal(900), Decimal(1100)))
    assert (actual.code, actual.values) == ("AC", (Decimal("1000.5"), None))
    assert actual.labels[1] == ""


def test_its_title_is_filled_and_its_description_lists_what_it_shows() -> None:
    figure = course()
    assert figure.title == "Course to €950"
    assert figure.description.startswith("Course to €950. Plan: ")
    assert figure.unit == "money"


def test_conditions_see_the_row_and_the_view_and_an_unavailable_number_meets_none() -> None:
    assert course(where="row.AC > limit").categories == course(limit=1).categories
    assert course(where="row.AC < limit").is_empty


def test_arguments_keep_the_rows_that_equal_them() -> None:
    assert [node.key for node in drawn({"no": text("R2")}, kind="tree", table="risks", key="no").nodes] == ["R2"]


def test_rows_are_ordered_before_they_are_cut() -> None:
    figure = drawn(kind="tree", table="risks", key="no", order="no desc", limit=2)
    assert [node.key for node in figure.nodes] == ["R3", "R2"]


def test_a_split_makes_a_series_of_each_value_with_gaps() -> None:
    options = {"split": "PL"}
    figure = course(series={"AC": Text.plain("Actual")}, options=options)
    assert [(one.code, one.values) for one in figure.series] == [
        ("900", (Decimal("1000.5"), None)), ("1100", (None, None)),
    ]  # fmt: skip


def test_a_matrix_leaves_out_what_has_no_place_in_it() -> None:
    figure = matrix(options={"row_order": "5,4,3,2,1", "column_order": "1,2,3,4,5"})
    assert [(node.key, node.row, node.column) for node in figure.nodes] == [("R1", 2, 4)]
    assert (figure.row_titles, figure.categories) == (("5", "4", "3", "2", "1"), ("1", "2", "3", "4", "5"))


def test_a_grid_without_an_order_has_the_titles_that_occur() -> None:
    figure = matrix(column=None)
    assert (figure.row_titles, figure.categories) == (("1", "3"), ())
    assert [(node.key, node.row, node.column) for node in figure.nodes] == [("R1", 1, 0), ("R2", 0, 0)]


def test_flags_stand_where_their_condition_holds() -> None:
    figure = drawn(kind="tree", table="risks", key="no", flags={"!": "row.owner.is_empty"})
    assert [node.flags for node in figure.nodes] == [(), (), ("!",)]


def test_what_the_view_lacks_is_not_made_up() -> None:
    with pytest.raises(KeyError, match="secret"):
        course(measure="secret")
    with pytest.raises(KeyError, match="salary"):
        drawn(kind="tree", table="risks", key="salary")
