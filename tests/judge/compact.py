"""Small templates, rules and workbooks, so that a test shows its whole input."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline.definitions.rule_set import RuleFile, RuleSet
from pipeline.definitions.source import read_yaml, validate
from pipeline.definitions.workbook_template import TableDefinition, WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.judge import Prepared, judge, prepare
from pipeline.model import Calendar, CellRef, Measure, Plan, Quantity, Row, Table, Workbook

TEMPLATE = """
template: harbour
version: 1
title: Harbour plan
roles: {id: port.port_id, name: port.name, tier: port.tier, currency: port.money, row_currency: moves.currency,
        language: port.language, customer_language: port.guest_language}
tiers: [Small, Big]
sheets:
  - {sheet: {en: Port, de: Hafen}, kind: form, name: port, fields: [
      {name: port_id, label: Port ID, type: text, required: true},
      {name: name, label: Name, type: text, required: true, customer: "yes"},
      {name: tier, label: Tier, type: choice, choices: {Small: Small, Big: Big}, customer: never},
      {name: money, label: Money, type: choice, choices: {EUR: EUR, JPY: JPY, USD: USD}},
      {name: language, label: Language, type: text},
      {name: guest_language, label: Guest language, type: text},
      {name: secret, label: Secret, type: text, customer: never},
      {name: opened, label: Opened, type: date, required: true, from_tier: Big}]}
  - {sheet: Lines, kind: tables, name: lists, lookup: true, tables: [
      {name: lines, key: [name], fields: [
        {name: name, label: Line, type: text, required: true},
        {name: nature, label: Nature, type: choice, choices: {income: Income, cost: Cost, neutral: Neutral}}]}]}
  - {sheet: Moves, kind: table, name: moves, key: [period, line, pier], min_rows: 1, fields: [
      {name: period, label: Month, type: month, required: true},
      {name: line, label: Line, type: reference, to: [lines], required: true},
      {name: pier, label: Pier, type: text},
      {name: currency, label: Currency, type: choice, choices: {EUR: EUR, JPY: JPY, USD: USD}},
      {name: actual, label: Actual, type: money},
      {name: plan, label: Plan, type: money, customer: never},
      {name: forecast, label: Forecast, type: money},
      {name: previous, label: Previous, type: money},
      {name: rate, label: Rate, type: percent}]}
  - {sheet: Notes, kind: table, name: notes, key: [period, block, line, pier], fields: [
      {name: period, label: Month, type: month, required: true},
      {name: block, label: Block, type: choice, required: true, choices: {month: Month, ytd: YTD, outlook: Outlook}},
      {name: line, label: Line, type: text}, {name: pier, label: Pier, type: text},
      {name: cause, label: Cause, type: long_text}]}
  - {sheet: Ships, kind: table, name: ships, key: ["no"], named_by: ship, prefix: S, min_rows: 2, customer_rows: "shared", fields: [
      {name: "no", label: "No.", type: text, required: true, customer: "yes"},
      {name: ship, label: Ship, type: text, required: true, customer: "yes"},
      {name: kind, label: Kind, type: choice, choices: {cargo: {en: Cargo, de: Fracht}, ferry: {en: Ferry, de: Fähre}}, customer: "yes"},
      {name: sister, label: Sister, type: reference, to: [ships], customer: "yes"},
      {name: fleet, label: Fleet, type: references, to: [ships], customer: "yes"},
      {name: crew, label: Crew, type: integer},
      {name: due, label: Due, type: date, customer: "yes"},
      {name: grade, label: Grade, type: integer, customer: never},
      {name: shared, label: Shared, type: yes_no}]}
  - {sheet: Tides, kind: table, name: tides, key: [day], from_tier: Big, min_rows: 1, fields: [
      {name: day, label: Day, type: date, required: true}, {name: height, label: Height, type: number, required: true}]}
"""  # noqa: E501 - rules read as in their file

CALENDAR = Calendar(date(2026, 4, 15), date(2026, 3, 31), date(2026, 1, 1), date(2026, 12, 31))
PORT = {"port_id": "P-1", "name": "Ostport", "tier": "Small", "money": "EUR", "language": "en"}
LINES = [
    {"name": "Fees", "nature": "income"},
    {"name": "Cranes", "nature": "income"},
    {"name": "Wages", "nature": "cost"},
    {"name": "Tonnage", "nature": "neutral"},
]


@cache
def template(text: str = TEMPLATE) -> WorkbookTemplate:
    faults: list[DefinitionFault] = []
    model = validate(WorkbookTemplate, "template.yaml", read_yaml("template.yaml", text, faults), faults)
    if model is None or faults:
        raise DefinitionError(faults)
    return model


def rules(text: str) -> RuleSet:
    faults: list[DefinitionFault] = []
    part = validate(RuleFile, "rules.yaml", read_yaml("rules.yaml", text, faults) or {}, faults)
    if part is None or faults:
        raise DefinitionError(faults)
    return RuleSet(**{name: getattr(part, name) for name in RuleFile.model_fields})


def prepared(text: str = "{}", parameters: Mapping[str, object] | None = None) -> Prepared:
    return prepare(template(), rules(text), parameters or {})


def faults_of(text: str, parameters: Mapping[str, object] | None = None) -> list[str]:
    try:
        prepared(text, parameters)
    except DefinitionError as error:
        return [str(fault) for fault in error.faults]
    return []


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01")


def workbook(
    port: Mapping[str, Any] | None = None, missing: Sequence[str] = (), **tables: Sequence[Mapping[str, Any]]
) -> Workbook:
    """Return a workbook: `port` changes the form, keywords give tables as rows; the text "unknown" is a known gap.

    Forms have their values in column B from row 1, tables their header in row 1; row numbers count through.
    """
    definition = template()
    rows_of: dict[str, Sequence[Mapping[str, Any]]] = {"port": [PORT | dict(port or {})], "lines": LINES} | tables
    found: dict[str, Table] = {}
    number = 0
    for name, table in definition.tables.items():
        sheet = definition.sheet_of[name].sheet.to("en")
        rows = []
        for position, values in enumerate(rows_of.get(name, ())):
            number += 1
            rows.append(_row(number, position, sheet, table, values, form=definition.is_form(name)))
        found[name] = Table(name, sheet, () if name in missing else tuple(rows), name not in missing)
    return Workbook("Ostport.xlsx", "0" * 64, definition.template, 1, "en", found)


def _row(
    number: int, position: int, sheet: str, table: TableDefinition, values: Mapping[str, Any], *, form: bool
) -> Row:
    unknown = frozenset(name for name, value in values.items() if value == "unknown")
    assert set(values) <= set(table.by_name), "a test names a field that the template does not have"
    typed = {
        field.name: None if field.name in unknown else _typed(field.type, values.get(field.name))
        for field in table.fields
    }
    cells = {
        field.name: CellRef(sheet, index + 1, 2) if form else CellRef(sheet, position + 2, index + 1)
        for index, field in enumerate(table.fields)
    }
    return Row(number, typed, unknown, cells)


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind in ("money", "number", "percent"):
        return Decimal(str(value))
    if kind in ("date", "month"):
        return day(value)
    return tuple(value.split("; ")) if kind == "references" else value


def judge_again(ready: Prepared, book: Workbook) -> Plan:
    return judge(book, ready, CALENDAR)


def plan(text: str, book: Workbook | None = None, **tables: Sequence[Mapping[str, Any]]) -> Plan:
    return judge(book or workbook(**tables), prepared(text), CALENDAR)  # type: ignore[arg-type]


def measure(text: str, book: Workbook | None = None, **tables: Sequence[Mapping[str, Any]]) -> Measure:
    """Return the last measure of rules that hold nothing but measures."""
    return list(plan(text, book, **tables).measures.values())[-1]


def value(text: str, book: Workbook | None = None, **tables: Sequence[Mapping[str, Any]]) -> Quantity:
    return measure(text, book, **tables).quantity


def sources(measure: Measure) -> list[str]:
    return [str(cell) for cell in measure.sources]
