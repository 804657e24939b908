"""Account plans in a few lines: rows as dicts, the shipped rules over them, results as plain values.

Dates are texts (`2026-10-31`, months `2026-10`), numbers anything that Decimal reads, the text `unknown` a known gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.definitions.rule_set import RuleFile, RuleSet
from pipeline.definitions.source import Model, read_yaml, validate
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionFault
from pipeline.judge import Prepared, judge, prepare
from pipeline.model import Calendar, CellRef, History, Plan, Quantity, Row, Scalar, Table, Workbook

REPOSITORY = Path(__file__).parents[2]
RULES = REPOSITORY / "rules" / "account_plan"
MEASURE_FILES = (
    "10_performance",
    "20_growth",
    "30_relationship",
    "40_outcomes",
    "50_effort_contract_review",
    "60_health",
)
OCTOBER = Calendar(date(2026, 11, 15), date(2026, 10, 31), date(2026, 1, 1), date(2026, 12, 31))
"""Judged on 15 November, October closed, the fiscal year being the calendar year."""

Settings: TypeAlias = Mapping[str, object]
NONE: Settings = {}
Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
ACCOUNT: Mapping[str, Any] = {
    "account_id": "T-1",
    "name": "Tarn Mills",
    "tier": "Strategic",
    "currency": "EUR",
    "language": "en",
    "plan_starts_on": "2026-01-01",
    "plan_ends_on": "2026-12-31",
    "review_cadence": "quarterly",
}
LINES: Sequence[Mapping[str, Any]] = (
    {"name": "Revenue", "nature": "income", "grp": "revenue"},
    {"name": "Service", "nature": "income", "grp": "revenue"},
    {"name": "Material", "nature": "cost", "grp": "cost_of_sales"},
    {"name": "Freight", "nature": "cost", "grp": "cost_to_serve"},
    {"name": "Orders", "nature": "neutral", "grp": "other"},
)


@dataclass(frozen=True)
class TypedRow:
    """One row with typed values, every field of its table present (None: empty), and its known gaps."""

    values: Mapping[str, Any]
    unknown: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@cache
def template() -> WorkbookTemplate:
    return _definition(WorkbookTemplate, REPOSITORY / "workbook_templates" / "account_plan" / "template.yaml")


@cache
def rule_set(*files: str) -> RuleSet:
    """Return the shipped rules: all of them, or those of some files with the parameters and views that all share."""
    every = {file.stem: _definition(RuleFile, file) for file in sorted(RULES.glob("*.yaml"))}
    parts = [every[name] for name in ("00_parameters", "05_views", *files)] if files else list(every.values())
    return RuleSet(
        **{name: tuple(item for part in parts for item in getattr(part, name)) for name in RuleFile.model_fields}
    )


def _definition(model: type[Model], file: Path) -> Model:
    faults: list[DefinitionFault] = []
    found = validate(model, file.name, read_yaml(file.name, file.read_text(encoding="utf-8"), faults) or {}, faults)
    assert found is not None, faults
    assert not faults
    return found


@cache
def prepared_rules(files: tuple[str, ...] = (), parameters: tuple[tuple[str, object], ...] = ()) -> Prepared:
    return prepare(template(), rule_set(*files), dict(parameters))


def typed_rows(rows: Rows) -> dict[str, list[TypedRow]]:
    """Return every table of the template with typed rows; the account and the lines have defaults."""
    given: dict[str, Sequence[Mapping[str, Any]]] = {"lists_lines": LINES, **rows}
    given["account"] = [{**ACCOUNT, **values} for values in rows.get("account", [{}])]
    assert set(given) <= set(template().tables), "a test names a table that the template does not have"
    return {name: [_typed_row(name, values) for values in given.get(name, ())] for name in template().tables}


def _typed_row(table: str, values: Mapping[str, Any]) -> TypedRow:
    fields = template().tables[table].by_name
    assert set(values) <= set(fields), f"a test names a field that {table} does not have: {set(values) - set(fields)}"
    gaps = frozenset(name for name, value in values.items() if value == "unknown" and fields[name].type != "choice")
    return TypedRow(
        {name: None if name in gaps else _typed(item.type, values.get(name)) for name, item in fields.items()}, gaps
    )


def _typed(kind: str, value: Any) -> Any:
    if value is None or isinstance(value, date | bool):
        return value
    if kind in ("money", "number", "percent"):
        return Decimal(str(value))
    if kind in ("date", "month"):
        return date.fromisoformat(value if len(value) > len("2026-10") else f"{value}-01")
    return tuple(value) if kind == "references" else value


def workbook(rows: Rows) -> Workbook:
    """Return a workbook whose tables have their header in row 1, forms their values in column B."""
    number = 0
    tables = {}
    for name, typed in typed_rows(rows).items():
        made = []
        for position, row in enumerate(typed):
            number += 1
            cells = {item: CellRef(name, position + 2, index + 1) for index, item in enumerate(row.values)}
            made.append(Row(number, dict(row.values), row.unknown, cells))
        tables[name] = Table(name, name, tuple(made))
    return Workbook("Tarn Mills.xlsx", "0" * 64, "account_plan", 1, "en", tables)


Result: TypeAlias = Scalar
"""A value, or a reason code as `n.a.: reason`."""


def result(quantity: Quantity) -> Result:
    """Return a value, or its reason."""
    return f"n.a.: {quantity.reason}" if quantity.value is None else quantity.value


@dataclass(frozen=True)
class ShippedRules:
    """Some files of the shipped rules; without files all of them."""

    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, *files: str) -> "ShippedRules":
        return cls(files)

    def judged(
        self, rows: Rows, calendar: Calendar = OCTOBER, parameters: Settings = NONE, history: History | None = None
    ) -> Plan:
        """Return the plan of rows."""
        return judge(workbook(rows), prepared_rules(self.files, tuple(parameters.items())), calendar, history)

    def results(self, rows: Rows, calendar: Calendar = OCTOBER, parameters: Settings = NONE) -> dict[str, Result]:
        """Return all measures that are one number."""
        measures = self.judged(rows, calendar, parameters).measures
        scalars = {name: item for name, item in measures.items() if not item.by}
        return {name: result(item.quantity) for name, item in scalars.items() if list(item.rows[0].series) == ["value"]}

    def listed(self, rows: Rows, name: str) -> dict[Any, dict[str, Result]]:
        """Return a measure with dimensions: its series by key (one dimension) or keys."""
        found = self.judged(rows).measures[name]
        return {
            row.keys[0] if len(row.keys) == 1 else row.keys: {code: result(item) for code, item in row.series.items()}
            for row in found.rows
        }
