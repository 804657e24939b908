from decimal import Decimal
from typing import Any

import pytest

from pipeline.judge import judge, view
from pipeline.model import Audience, CellRef, PlanView, ranges
from pipeline.wording import Value, ViewList, ViewRow, context_of, environment
from tests.judge.compact import CALENDAR, prepared, workbook

RULES = """
measures:
  - {id: crew, label: {en: Crew, de: Besatzung}, unit: integer, cells: [crew], rows: "select _row, crew from ships", value: "sum(crew)"}
  - {id: shown, label: Shown, unit: integer, customer: "yes", release: agreed, rows: "select _row from ships where shared", value: "count(*)"}
  - {id: by_kind, label: K, unit: integer, by: [kind], cells: [crew], rows: "select _row, kind, crew from ships", value: "sum(crew)"}
  - {id: by_month, label: M, unit: money, by: [period], rows: "select * from moves", value: {AC: "sum(actual)", PL: "sum(plan)"}}
  - {id: by_sister, label: S, unit: integer, by: [sister], rows: "select * from ships where sister is not null", value: "count(*)"}
  - {id: fees, label: Fees, unit: money, rows: "select * from moves where line = 'Fees'", value: "sum(actual)", na: [{when: "count(*) = 0", reason: no_data}]}
variances:
  - {id: result, label: R, rows: "select * from moves", value: actual, references: {PL: plan}, spans: [month], by: [line], nature: lines.nature, material: {absolute: {EUR: 1}}}
alerts: [{id: many, when: "crew > 1", level: red, say: {en: "{{ measures.crew }} people", de: "{{ measures.crew }} Leute"}}]
headlines:
  - {id: inner, cases: [{when: "true", say: "secretly {{ measures.crew }}"}]}
  - {id: outer, customer: "yes", cases: [{when: "shown > 0", say: {en: "{{ measures.shown }} ship", de: "{{ measures.shown }} Schiff"}}, {when: "true", say: "none"}]}
"""  # noqa: E501 - rules read as in their file
SHIPS: list[dict[str, Any]] = [
    {
        "no": "S1",
        "ship": "Anna",
        "kind": "cargo",
        "crew": 1712,
        "grade": 9171,
        "sister": "S2",
        "fleet": "S2; S3",
        "shared": True,
    },
    {"no": "S2", "ship": "Hidden Berta", "kind": "ferry", "crew": 3, "sister": "S1", "shared": False},
    {"no": "S3", "ship": "Clara", "due": "2026-05-01", "sister": "S1", "shared": True},
    {"no": "S4", "ship": "Hidden Dora"},
]
MOVES = [{"period": "2026-03", "line": "Fees", "actual": "1234.5", "plan": 1000}]


def seen(audience: Audience, language: str = "en") -> PlanView:
    ready = prepared(RULES)
    book = workbook({"secret": "hidden reason"}, ships=SHIPS, moves=MOVES)
    return view(judge(book, ready, CALENDAR), ready, audience, language, {"edition": 4})


def render(template: str, audience: Audience = Audience.INTERNAL, language: str = "en") -> str:
    found = seen(audience, language)
    ready = environment(markup=False).from_string(template)
    return ready.render(context_of(found.names, _formatter(found)))


def _formatter(found: PlanView) -> Any:
    as_of = found.names["as_of"]
    assert isinstance(as_of, Value)
    return as_of.formatter


@pytest.mark.parametrize(
    ("template", "language", "text"),
    [
        ("{{ port.name }}", "en", "Ostport"),
        ("{{ ships[0].kind }}", "de", "Fracht"),
        ("{{ ships[0].sister }}", "en", "Hidden Berta"),
        ("{{ ships[0].sister | raw }}", "en", "S2"),
        ("{{ ships[0].sister.target.sister.target.no }}", "en", "S1"),
        ("{{ ships[0].fleet }}", "en", "Hidden Berta, Clara"),
        ("{{ ships[2].due }}", "de", "01.05.2026"),
        ("{{ measures.crew }}", "de", "1.715"),
        ("{{ measures.crew.label }}", "de", "Besatzung"),
        ("{{ measures.by_kind['cargo'].value }}", "en", "1,712"),
        (
            "{% for row in measures.by_kind %}{{ row.kind }}={{ row.value }};{% endfor %}",
            "de",
            "Fracht=1.712;Fähre=3;=n.a.;",
        ),
        (
            "{% for row in measures.by_month %}{{ row.period }}: {{ row.AC }} / {{ row.PL }}{% endfor %}",
            "en",
            "Mar 2026: €1,235 / €1,000",
        ),
        (
            "{% for row in measures.by_sister %}{{ row.sister }}={{ row.value }};{% endfor %}",
            "en",
            "Anna=2;Hidden Berta=1;",
        ),
        (
            "{{ variances.result[1].line }} {{ variances.result[1].absolute }} {{ variances.result[1].percent }}",
            "en",
            "Fees €235 23.5%",
        ),
        (
            "{{ alerts[0].level }}: {{ alerts[0].message }} {{ alerts[0].sources }}",
            "de",
            "red: 1.715 Leute Ships!F2:F5",
        ),
        ("{{ headlines.outer }}", "de", "2 Schiff"),
        ("{{ sources.by_kind }}", "en", "Ships!F2:F5"),
        ("{{ completeness.completeness }} {{ completeness.sections | length }}", "en", "100.0% 3"),
        ("{{ sections.ships }} {{ sections.notes }}", "en", "True False"),
        ("{{ edition }} {{ as_of }} {{ last_closed }}", "en", "4 15 Apr 2026 31 Mar 2026"),
    ],
)
def test_an_internal_template_may_say(template: str, language: str, text: str) -> None:
    assert render(template, language=language) == text


def test_the_customer_sees_shared_rows_and_customer_fields_alone() -> None:
    names = seen(Audience.CUSTOMER).names
    assert set(names) == {"port", "ships", "sections", "measures", "headlines", "as_of", "edition"}
    ships = names["ships"]
    assert isinstance(ships, tuple)
    assert [str(ship["ship"]) for ship in ships] == ["Anna", "Clara"]
    assert set(ships[0]) == {"no", "ship", "kind", "sister", "fleet", "due"}
    assert set(names["port"]) == {"name"}  # type: ignore[call-overload]
    assert set(names["measures"]) == {"shown"}  # type: ignore[call-overload]
    assert set(names["headlines"]) == {"outer"}  # type: ignore[call-overload]


def test_a_reference_to_a_row_the_customer_may_not_see_shows_nothing() -> None:
    template = (
        "[{{ ships[0].sister }}] [{{ ships[0].fleet }}] [{{ ships[1].sister }}] [{{ ships[1].sister.target.ship }}]"
    )
    assert render(template, Audience.CUSTOMER) == "[] [Clara] [Anna] [Anna]"


def test_no_internal_value_is_anywhere_in_the_customers_view() -> None:
    found = _everything(seen(Audience.CUSTOMER).names, set())
    internal = _everything(seen(Audience.INTERNAL).names, set())
    hidden = ("Hidden Berta", "Hidden Dora", "hidden reason", "1712", "1715", "9171", "1234.5", "secretly", "S2")
    for text in hidden:
        assert any(text in item for item in internal), text
        assert not any(text in item for item in found), text
    assert any("Clara" in item for item in found)


def _everything(value: object, known: set[int]) -> list[str]:
    """Return the text of all objects that can be reached from a value, slots and private attributes included."""
    if id(value) in known or type(value).__name__ in ("Formatter", "Locale", "module", "function"):
        return []
    known.add(id(value))
    parts: list[object] = []
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    elif isinstance(value, Value | ViewRow | ViewList):
        names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        parts = [getattr(value, name) for name in names] + list(getattr(value, "__dict__", {}).values())
    elif isinstance(value, str | int | Decimal):
        return [str(value)]
    else:
        assert type(value).__name__ in ("NoneType", "date", "Audience", "CellRef"), type(value)
    return [text for part in parts for text in _everything(part, known)]


def test_addresses_of_cells_below_each_other_are_one_range() -> None:
    cells = [CellRef("A b", row, 7) for row in (5, 6, 7, 9)] + [CellRef("A b", 10, 8)]
    assert ranges(cells) == ("A b!G5:G7", "A b!G9", "A b!H10")
