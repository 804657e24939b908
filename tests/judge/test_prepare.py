from datetime import date
from decimal import Decimal

import duckdb
import pytest

from pipeline.errors import DefinitionError
from pipeline.judge import prepare
from pipeline.model import Quantity
from tests.judge.compact import CALENDAR, TEMPLATE, faults_of, judge_again, prepared, rules, template, value, workbook


def measure(rows: str, computed: str = "count(*)", more: str = "") -> str:
    return f"""
measures:
  - id: m
    label: M
    unit: number
    rows: "{rows}"
    value: "{computed}"
    {more}
"""


@pytest.mark.parametrize(
    "rows",
    [
        "select _row from moves where random() > 0.5",
        "select _row from moves where period < current_date",
        "select _row from moves where period < today()",
        "select _row from moves where period < now()",
        "select _row from moves where age(period) > interval 1 month",
        "select _row, current_timestamp as t from moves",
        "select _row from moves where current_setting('threads') = 1",
        "select _row from moves where getvariable('x') = 1",
        "select _row from moves, read_csv('/etc/passwd')",
        "select _row from moves, '/etc/passwd.csv'",
        "select 1 as _row from duckdb_tables()",
        "select 1 as _row from duckdb_settings()",
        "select 1 as _row from information_schema.tables",
        "select 1 as _row from query('select 1')",
        "select _row from moves where pier = (select version())",
        "insert into moves select * from moves",
        "drop table moves",
        "select _row from moves; select _row from moves",
        "describe select _row from moves",
        "pragma database_list",
        "from",
        "",
    ],
)
def test_anything_but_one_select_over_the_workbook_is_refused_with_its_line(rows: str) -> None:
    faults = faults_of(measure(rows))
    assert faults
    assert all(fault.startswith("rules.yaml:") for fault in faults)


def test_what_sql_may_use_is_not_refused() -> None:
    text = measure(
        "with recent as (select * from moves where period <= last_closed()) "
        "select _row, unnest([1, 2]) as part, list_filter([1, 2], lambda x: x > 1) as l from recent, range(2) "
        "where exists (select 1 from lines where name = recent.line)"
    )
    assert faults_of(text) == []


@pytest.mark.parametrize(
    ("computed", "message"),
    [
        ("sum(actual) from moves", "syntax error"),
        ("(select count(*) from moves)", "no sub-query"),
        ("sum(actual), 1", "one number, text or date"),
        ("sum(nothing)", "nothing"),
        ("actual", "GROUP BY"),
        ("sum(actual)) , (1", "expression"),
        ("'text' + actual", ""),
    ],
)
def test_a_value_is_one_expression_over_its_rows(computed: str, message: str) -> None:
    (fault, *_) = faults_of(measure("select _row, actual from moves", computed))
    assert fault.startswith("rules.yaml:7: measure m: ")
    assert message in fault


def test_all_mistakes_are_reported_at_once_with_file_and_line() -> None:
    text = """
views:
  - {id: v, sql: "select nothing from moves"}
  - {id: ships, sql: "select * from moves"}
measures:
  - {id: a, label: A, unit: number, by: [dock], rows: "select _row from moves", value: "1"}
  - {id: b, label: B, unit: number, rows: "select 1 as one", value: "1"}
  - {id: c, label: C, unit: number, formula: "d + 1"}
  - {id: d, label: D, unit: number, formula: "c + 1"}
  - {id: e, label: E, unit: number, formula: "nowhere + 1"}
checks:
  - {id: f, table: moves, where: "nothing", message: "m"}
  - {id: g, table: boats, where: "true", message: "m"}
  - {id: h, table: moves, where: "true", cell: dock, message: "{{ row.dock }} {{ measures.x }} {{ other }}"}
  - {id: i, sql: "select 1 as one", message: "{{ row.one | nofilter }}"}
alerts:
  - {id: j, when: "nowhere > 1", level: red, say: "{% if %}"}
headlines:
  - {id: k, cases: [{when: "a > 1", say: "s"}, {when: "true", say: "{{ port.dock }}"}]}
"""
    faults = faults_of(text, {"unknown_one": 1})
    found = {int(fault.split(":")[1]) for fault in faults if fault.startswith("rules.yaml")}
    assert found == {3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15, 17, 19}
    assert any(fault.startswith("planpress.toml: `parameters.unknown_one` is no parameter") for fault in faults)
    for part in ("circle: c, d", "`row.dock` is not known", "`measures.x`", "`other`", "nofilter", "`port.dock`"):
        assert any(part in fault for fault in faults), (part, faults)


def test_a_circle_of_formulas_is_a_fault_at_each_of_them() -> None:
    text = """
measures:
  - {id: c, label: C, unit: number, formula: "d + 1"}
  - {id: d, label: D, unit: number, formula: "c + 1"}
  - {id: e, label: E, unit: number, formula: "e"}
"""
    assert [fault.split(":")[1] for fault in faults_of(text)] == ["3", "4", "5"]


def test_a_formula_over_a_list_needs_the_same_dimensions() -> None:
    text = """
measures:
  - {id: a, label: A, unit: number, by: [line], rows: "select _row, line from moves", value: "count(*)"}
  - {id: b, label: B, unit: number, formula: "a + 1"}
  - {id: c, label: C, unit: number, by: [pier], formula: "a + 1"}
  - {id: d, label: D, unit: number, by: [line], formula: "1"}
"""
    assert [fault.split(":")[1] for fault in faults_of(text)] == ["4", "5", "6"]


PARAMETERS = """
parameters:
  - {id: days, label: D, value: {high: 5, low: 20}}
  - {id: share, label: S, value: 0.25}
  - {id: since, label: S, value: "2026-02-01"}
  - {id: word, label: W, value: "it's"}
  - {id: nothing, label: N, value: null, type: DATE}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("days()['low']", 20),
        ("share() * 2", Decimal("0.5")),
        ("since()", date(2026, 2, 1)),
        ("word()", "it's"),
        ("coalesce(nothing(), as_of())", CALENDAR.as_of),
        ("days()['medium']", None),
    ],
)
def test_parameters_are_functions_without_arguments(expression: str, expected: object) -> None:
    text = PARAMETERS + measure("select _row from port", f"any_value({expression})").lstrip()
    assert value(text).value == expected


def test_the_workspace_may_set_parameters() -> None:
    text = PARAMETERS + measure("select _row from port", "any_value(days()['high'])").lstrip()
    found = judge_again(prepared(text, {"days": {"high": 3}}), workbook())
    assert found.measures["m"].quantity == Quantity(3)


def test_names_of_the_engine_are_taken() -> None:
    text = 'parameters: [{id: as_of, label: A, value: 1}, {id: now, label: N, value: 1}, {id: odd, label: O, value: 1, type: "INT; DROP"}]'  # noqa: E501 - rules read as in their file
    assert len(faults_of(text)) == 3


def test_a_field_that_sql_cannot_name_is_no_problem() -> None:
    assert faults_of(measure("select _row from ships where \\\"no\\\" = 'S1'")) == []


def test_tables_have_declared_types() -> None:
    described = prepared().connection.execute("describe moves").fetchall()
    types = {row[0]: row[1] for row in described}
    assert types["_row"] == "BIGINT"
    assert (types["period"], types["actual"], types["rate"]) == ("DATE", "DECIMAL(24,6)", "DECIMAL(14,8)")
    assert (types["line"], types["actual_unknown"]) == ("VARCHAR", "BOOLEAN")


def test_the_connection_is_locked() -> None:
    connection = prepared().connection
    for statement in (
        "SET threads = 4",
        "SET enable_external_access = true",
        "SELECT * FROM read_text('/etc/hostname')",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)


def test_python_objects_are_not_tables() -> None:
    moved = [1]
    assert faults_of(measure("select 1 as _row from moved"))
    assert moved == [1]


def test_shared_views_may_stand_in_any_order() -> None:
    text = """
views:
  - {id: second, sql: "select * from first_one where line = 'Fees'"}
  - {id: first_one, sql: "select * from moves"}
measures: [{id: m, label: M, unit: number, rows: "select _row from second", value: "count(*)"}]
"""
    assert value(text, moves=[{"period": "2026-01", "line": "Fees"}]).value == 1


def test_views_in_a_circle_are_faults() -> None:
    text = 'views: [{id: a, sql: "select * from b"}, {id: b, sql: "select * from a"}]'
    assert len(faults_of(text)) == 2


def test_a_condition_of_the_template_that_cannot_work_is_a_fault() -> None:
    text = TEMPLATE.replace('customer_rows: "shared"', 'customer_rows: "shered"')
    with pytest.raises(DefinitionError) as caught:
        prepare(template(text), rules("{}"), {})
    assert "shered" in str(caught.value)


def test_a_rule_that_fails_on_values_is_a_fault_of_the_rule() -> None:
    text = measure("select _row, cast(pier as integer) as n from moves", "sum(n)")
    with pytest.raises(DefinitionError) as caught:
        value(text, moves=[{"period": "2026-01", "line": "Fees", "pier": "North"}])
    assert str(caught.value).startswith("rules.yaml:3: measure m failed on the values of a workbook")


def test_after_a_rule_failed_the_next_workbook_is_judged_as_ever() -> None:
    ready = prepared(measure("select _row, cast(pier as integer) as n from moves", "sum(n)"))
    with pytest.raises(DefinitionError):
        judge_again(ready, workbook(moves=[{"period": "2026-01", "line": "Fees", "pier": "North"}]))
    found = judge_again(ready, workbook(moves=[{"period": "2026-01", "line": "Fees", "pier": "4"}]))
    assert found.measures["m"].quantity == Quantity(4)


CUSTOMER = 'customer: "yes"'


@pytest.mark.parametrize(
    ("rows", "computed", "release", "message"),
    [
        ("select _row, grade from ships", "sum(grade)", True, "must never see"),
        ("select _row, grade from ships", "sum(grade)", False, "must never see"),
        ("select * from graded", "max(grade)", True, "must never see"),
        ("select _row, plan from moves", "sum(plan)", True, "must never see"),
        ("select _row from ships where grade > 1", "count(*)", True, "must never see"),
        ("select _row, secret from port", "max(secret)", True, "must never see"),
        ("select _row, crew from ships", "sum(crew)", False, "internal fields or rows"),
        ("select _row, ship from ships", "count(*)", False, "internal fields or rows"),
        ("select _row, crew from ships", "sum(crew)", True, None),
        ("select _row, name from port", "max(name)", False, None),
        ("select _row, money from port", "max(money)", False, "internal fields or rows"),
    ],
)
def test_a_customer_measure_over_internal_values_needs_a_release_and_over_never_fields_is_refused(
    rows: str, computed: str, release: bool, message: str | None
) -> None:
    more = CUSTOMER + ("\n    release: agreed" if release else "")
    text = 'views: [{id: graded, sql: "select * from ships"}]\n' + measure(rows, computed, more).lstrip()
    faults = faults_of(text)
    assert len(faults) == (message is not None)
    assert message is None or message in faults[0]


def test_a_customer_formula_answers_for_its_inputs() -> None:
    text = """
measures:
  - {id: grades, label: G, unit: number, rows: "select _row, grade from ships", value: "sum(grade)"}
  - {id: crew, label: C, unit: number, rows: "select _row, crew from ships", value: "sum(crew)"}
  - {id: open_crew, label: C, unit: number, customer: "yes", release: r, rows: "select _row, crew from ships", value: "sum(crew)"}
  - {id: a, label: A, unit: number, customer: "yes", release: r, formula: "grades + 1"}
  - {id: b, label: B, unit: number, customer: "yes", formula: "crew + 1"}
  - {id: c, label: C, unit: number, customer: "yes", formula: "open_crew + 1"}
"""  # noqa: E501 - rules read as in their file
    faults = faults_of(text)
    assert [(fault.split(":")[1], "never" in fault) for fault in faults] == [("6", True), ("7", False)]


def test_a_customer_headline_names_customer_measures_and_fields_only() -> None:
    text = """
measures:
  - {id: crew, label: C, unit: number, rows: "select _row, crew from ships", value: "sum(crew)"}
headlines:
  - {id: a, customer: "yes", cases: [{when: "crew > 1", say: "x"}, {when: "true", say: "y"}]}
  - id: b
    customer: "yes"
    cases: [{when: "true", say: "{{ measures.crew }} {{ port.secret }} {{ port.name }} {{ last_closed }}"}]
"""
    faults = faults_of(text)
    assert [fault.split(":")[1] for fault in faults] == ["5", "8", "8", "8"]


def template_faults(old: str, new: str) -> list[str]:
    text = TEMPLATE.replace(old, new)
    with pytest.raises(DefinitionError) as caught:
        prepare(template(text), rules("{}"), {})
    return [str(fault) for fault in caught.value.faults]


def test_a_name_that_sql_or_templates_need_is_a_fault_at_its_line() -> None:
    (fault,) = template_faults("{name: crew,", "{name: order,")
    assert fault.startswith("template.yaml:")
    assert "field ships.order: this is a word of SQL" in fault
    (fault,) = template_faults("kind: table, name: tides", "kind: table, name: measures")
    assert "table measures: this name is taken" in fault


def test_a_limit_of_drafts_is_a_share() -> None:
    text = "parameters: [{id: draft_answered, label: A, value: high}, {id: draft_completeness, label: C, value: 60}]"
    assert len(faults_of(text)) == 2
    right = text.replace("high", "0.9").replace("60", "0.6")
    assert faults_of(right, {"draft_answered": Decimal("0.5"), "draft_completeness": 1}) == []
    assert faults_of(right, {"draft_answered": 50}) == [
        "planpress.toml: `parameters.draft_answered`: expected a share from 0 to 1 (found 50)."
    ]


@pytest.mark.parametrize(
    ("own", "given", "sentence"),
    [
        ("{critical: 2, high: 5}", 3, "expected a value like { critical = 2, high = 5 } (found 3)."),
        (
            "{critical: 2}",
            {"critical": "soon"},
            'expected a value like { critical = 2 } (found { critical = "soon" }).',
        ),
        ("3", "three", 'expected a value like 3 (found "three").'),
        ("true", 1, "expected a value like True (found 1)."),
        ("gold", 1, 'expected a value like "gold" (found 1).'),
    ],
)
def test_a_parameter_of_another_kind_is_a_mistake_of_the_settings(own: str, given: object, sentence: str) -> None:
    text = (
        f"parameters: [{{id: p, label: P, value: {own}}}]\n" + measure("select _row from moves", "count(p())").lstrip()
    )
    assert faults_of(text, {"p": given}) == [f"planpress.toml: `parameters.p`: {sentence}"]


def test_what_reads_a_broken_rule_is_not_told_off_for_it() -> None:
    text = """
views:
  - {id: v, sql: "select nothing from moves"}
measures:
  - {id: a, label: A, unit: number, rows: "select _row from v", value: "count(*)"}
  - {id: b, label: B, unit: number, formula: "a + 1"}
alerts:
  - {id: c, when: "b > 1", level: red, say: "{{ measures.b }}"}
"""
    (fault,) = faults_of(text)
    assert fault.startswith("rules.yaml:3: view v: ")
