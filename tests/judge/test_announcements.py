from dataclasses import replace

import pytest

from pipeline.errors import DefinitionError
from pipeline.judge import judge, prepare
from pipeline.model import Finding, Plan, Severity
from tests.judge.compact import CALENDAR, TEMPLATE, plan, prepared, rules, template, workbook

SHIPS = [
    {"no": "S1", "ship": "Anna", "kind": "cargo", "crew": 12, "due": "2026-04-01", "sister": "s2"},
    {"no": "S2", "ship": "Berta", "kind": "ferry", "crew": 3, "due": "2026-05-01"},
]
CHECKS = """
checks:
  - {id: overdue, table: ships, severity: error, where: "due < as_of()", cell: due, blocks: [deck],
     message: {en: "{{ row.ship }} ({{ row.kind }}) was due on {{ row.due | date }}.", de: "{{ row.ship }} ({{ row.kind }}) war am {{ row.due | date }} fällig."}}
  - id: crowded
    sql: "select max(_row) as _row, kind, sum(crew) as crew, max(due) as latest from ships group by kind having sum(crew) > 10"
    cell: ships.crew
    message: "{{ row.kind }}: {{ row.crew }} people, {{ row.latest }}"
"""  # noqa: E501 - rules read as in their file


def findings(found: Plan, identity: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.id == identity]


def test_a_check_is_a_finding_at_its_cell_in_every_language_of_its_message() -> None:
    (finding,) = findings(plan(CHECKS, ships=SHIPS), "overdue")
    assert (str(finding.cell), finding.sheet, finding.section, finding.field) == ("Ships!G2", "Ships", "ships", "due")
    assert (finding.severity, finding.blocks) == (Severity.ERROR, ("deck",))
    assert finding.message.to("en") == "Anna (Cargo) was due on 1 Apr 2026."
    assert finding.message.to("de") == "Anna (Fracht) war am 01.04.2026 fällig."


def test_a_check_in_sql_prints_what_its_query_yields() -> None:
    (finding,) = findings(plan(CHECKS, ships=SHIPS), "crowded")
    assert finding.message.to("en") == "Cargo: 12 people, 1 Apr 2026"
    assert str(finding.cell) == "Ships!F2"


def test_text_of_a_cell_is_never_rendered_again() -> None:
    ships = [{**SHIPS[0], "ship": "{{ 7*7 }} <b>"}]
    (finding,) = findings(plan(CHECKS, ships=ships), "overdue")
    assert finding.message.to("en").startswith("{{ 7*7 }} <b> (Cargo)")


ALERTS = """
measures:
  - {id: crew, label: Crew, unit: integer, cells: [crew], rows: "select _row, crew from ships", value: "sum(crew)"}
  - {id: fees, label: Fees, unit: money, cells: [actual], rows: "select _row, actual from moves", value: "sum(actual)"}
  - {id: by_kind, label: By kind, unit: integer, by: [kind], rows: "select _row, kind, crew from ships", value: "sum(crew)"}
alerts:
  - {id: many, when: "crew > 10", level: red, say: {en: "{{ measures.crew }} people, {{ measures.fees }}", de: "{{ measures.crew }} Leute"}}
  - {id: fees-high, when: "fees > 10", level: amber, say: "never said without fees"}
  - {id: fees-open, when: "fees is null", level: amber, say: "{{ port.name }} has no fees on {{ as_of | date('long') }}."}
  - {id: late, table: ships, where: "due < as_of()", cell: due, level: amber, say: "{{ row.ship }} is late."}
  - {id: cargo, table: ships, sql: "select _row, crew * 2 as doubled from ships where kind = 'cargo'", level: green, say: "{{ row.ship }}: {{ row.doubled }}"}
headlines:
  - id: first
    cases:
      - {when: "fees > 0", say: "fees"}
      - {when: "crew > 1000", say: "crowd"}
      - {when: "true", say: {en: "{{ measures.by_kind['cargo'].value }} on cargo ships", de: "{{ measures.by_kind['cargo'].value }} auf Frachtern"}}
"""  # noqa: E501 - rules read as in their file


def test_alerts_sound_when_their_condition_is_met_and_missing_values_never_meet_one() -> None:
    found = plan(ALERTS, ships=SHIPS)
    assert [(alert.id, alert.level) for alert in found.alerts] == [
        ("many", "red"), ("fees-open", "amber"), ("late", "amber"), ("cargo", "green")
    ]  # fmt: skip
    many, fees, late, cargo = found.alerts
    assert many.message.to("en") == "15 people, n.a."
    assert many.message.to("de") == "15 Leute"
    assert [str(cell) for cell in many.sources] == ["Ships!F2", "Ships!F3"]
    assert fees.message.to("en") == "Ostport has no fees on 15 April 2026."
    assert [str(cell) for cell in late.sources] == ["Ships!G2"]
    assert cargo.message.to("en") == "Anna: 24"


def test_a_headline_is_the_first_case_that_holds() -> None:
    found = plan(ALERTS, ships=SHIPS).headlines["first"]
    assert (found.case, found.message.to("en"), found.message.to("de")) == (2, "12 on cargo ships", "12 auf Frachtern")
    moves = [{"period": "2026-01", "line": "Fees", "actual": 1}]
    assert plan(ALERTS, ships=SHIPS, moves=moves).headlines["first"].case == 0


def test_the_same_workbook_gives_the_same_plan() -> None:
    ready = prepared(ALERTS)
    book = workbook(ships=SHIPS)
    assert judge(book, ready, CALENDAR) == judge(book, prepared(ALERTS), CALENDAR)


def test_a_customer_headline_is_filled_from_what_the_customer_may_see() -> None:
    text = """
headlines:
  - {id: shown, customer: "yes", cases: [{when: "true", say: "{{ port.name }}"}]}
  - {id: reached, customer: "yes", cases: [{when: "true", say: "{{ port.flagship.target.crew }}"}]}
"""
    changed = TEMPLATE.replace(
        "{name: secret,", '{name: flagship, label: F, type: reference, to: [ships], customer: "yes"}, {name: secret,'
    )
    definitions = template(changed)
    book = workbook(ships=[{**SHIPS[0], "shared": True}])
    port = book.tables["port"]
    row = replace(port.rows[0], values={**port.rows[0].values, "flagship": "S1"})
    book = replace(book, tables={**book.tables, "port": replace(port, rows=(row,))})
    with pytest.raises(DefinitionError) as caught:
        judge(book, prepare(definitions, rules(text), {}), CALENDAR)
    assert "rules.yaml:4: headline reached: the message in en cannot be filled" in str(caught.value)
    only_shown = "\n".join(text.splitlines()[:3])
    found = judge(book, prepare(definitions, rules(only_shown), {}), CALENDAR)
    assert found.headlines["shown"].message.to("en") == "Ostport"
