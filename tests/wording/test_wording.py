"""Templates see values that print themselves, compare by value, and never run what stands in a cell."""

import datetime as dt
from decimal import Decimal

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from pipeline.formats import Formatter
from pipeline.wording import Value, ViewList, ViewRow, context_of, environment, names_in, plain_tags

ENGLISH = Formatter("en", "EUR")


def money(amount: object, reason: str | None = None) -> Value:
    return Value(None if amount is None else Decimal(str(amount)), "money", ENGLISH, reason=reason)


def text(value: str | None) -> Value:
    return Value(value, "text", ENGLISH)


def printed(source: str, *, markup: bool = False, in_table: bool = False, **names: object) -> str:
    return environment(markup=markup).from_string(source).render(context_of(names, ENGLISH, in_table=in_table))


def test_a_value_prints_by_its_type() -> None:
    row = ViewRow({"amount": money("1234.5"), "due": Value(dt.date(2026, 11, 9), "date", ENGLISH)})
    assert printed("{{ row.amount }} by {{ row.due }}", row=row) == "€1,235 by 9 Nov 2026"


def test_filters_change_the_print_and_not_the_value() -> None:
    assert printed("{{ x | short }} {{ x | signed }} {{ x | money(2) }} {{ x.value }}", x=money("1234.5")) == (
        "€1.23k +€1,235 €1,234.50 1234.5"
    )


def test_an_empty_field_is_a_dash_in_a_table_and_nothing_elsewhere() -> None:
    assert printed("[{{ x }}]", x=text(None)) == "[]"
    assert printed("[{{ x }}]", x=text(None), in_table=True) == "[–]"
    assert printed("[{{ none }}]") == "[]"


def test_what_is_not_available_says_so_and_makes_every_comparison_false() -> None:
    missing = money(None, reason="no_data")
    assert printed("{{ x }} {{ x > 0 }} {{ x < 0 }} {{ x == 0 }} {{ x != 0 }} {{ x == none }}", x=missing) == (
        "n.a. False False False False False"
    )


def test_an_empty_field_equals_none_and_differs_from_a_text() -> None:
    assert printed("{{ x == none }} {{ x != none }} {{ x == 'a' }} {{ x != 'a' }}", x=text(None)) == (
        "True False False True"
    )


def test_values_of_different_kinds_are_different() -> None:
    assert printed("{{ x == 'a' }} {{ x != 'a' }} {{ x > 'a' }}", x=money(1)) == "False True False"


def test_differences_of_values_stay_values() -> None:
    assert printed("{{ (a - b) | signed }} {{ a - c }}", a=money(10), b=money(25), c=money(None, "no_rate")) == (
        "−€15 n.a."
    )


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        printed("{{ row.amuont }}", row=ViewRow({"amount": money(1)}))


def test_text_from_a_cell_is_never_a_template_nor_markup() -> None:
    attack = text("{{ 7*7 }} <img src=x> R&D")
    assert printed("{{ x }}", x=attack) == "{{ 7*7 }} <img src=x> R&D"
    assert printed("{{ x }}", markup=True, x=attack) == "{{ 7*7 }} &lt;img src=x&gt; R&amp;D"


def test_a_template_cannot_reach_python() -> None:
    with pytest.raises(SecurityError):
        printed("{{ x.__class__.__mro__ }}", x=text("a"))


def test_rows_sort_by_several_fields_with_empty_ones_last() -> None:
    rows = [ViewRow({"no": text(no), "amount": money(amount)}) for no, amount in (("A10", 1), ("A2", 1), ("A1", None))]
    assert (
        printed("{% for row in rows | sort('amount desc, no') %}{{ row.no }} {% endfor %}", rows=rows) == "A2 A10 A1 "
    )


def test_one_row_of_a_measure_is_found_by_its_key() -> None:
    rows = ViewList([ViewRow({"value": money(1)}), ViewRow({"value": money(2)})], ["a", "b"])
    assert printed("{{ m['b'].value }} {{ m | top(1) | length }} {{ 'c' in m }}", m=rows) == "€2 1 False"


def test_impact_marks_the_first_value_of_a_cell() -> None:
    marks: list[str] = []
    context = context_of({"x": money(-5), "y": money(5)}, ENGLISH, marks=marks)
    environment(markup=False).from_string("{{ x | impact }} {{ y | impact }}").render(context)
    assert marks == ["adverse"]


def test_impact_may_stand_before_or_after_the_filter_that_prints() -> None:
    for source in ("{{ x | impact | signed }}", "{{ x | signed | impact }}", "{{ x | short | impact }}"):
        marks: list[str] = []
        environment(markup=False).from_string(source).render(context_of({"x": money(5)}, ENGLISH, marks=marks))
        assert marks == ["favourable"], source


def test_word_processors_quotes_count_as_plain_ones_inside_tags_only() -> None:
    assert plain_tags("“Say” {{ rows | where(‘a’, „b“)\u00a0}} – {% if x == «c» %}") == (
        '“Say” {{ rows | where(\'a\', "b") }} – {% if x == "c" %}'
    )


def test_a_template_says_what_it_asks_for() -> None:
    source = "{{ measures.revenue_ytd.value }}{% for a in actions %}{{ a.due }}{{ rows['x'] }}{% endfor %}{{ as_of }}"
    assert names_in(source) == {"measures.revenue_ytd", "actions", "rows.x", "as_of"}
    assert names_in("a.b > 3 and c", expression=True) == {"a.b", "c"}


def test_a_loop_variable_hides_the_name_of_the_view_in_its_loop_alone() -> None:
    source = "{% for action in actions %}{{ action.due }}{% endfor %}{{ action }}{% set seen = team %}{{ seen.size }}"
    assert {"actions", "action", "team"} <= names_in(source)
    assert "seen.size" not in names_in(source)
