"""Preparing definitions for judging: one locked DuckDB connection with empty typed tables, all SQL bound to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from pipeline.definitions.rule_set import Parameter, RuleSet, SharedView
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionError
from pipeline.judge.binding import Binder, Spot
from pipeline.judge.context import CALENDAR_NAMES, SOMEDAY, calendar_macros, override_faults, parameter_macro
from pipeline.judge.formulas import Formula, MeasureShape, bind_formula, ordered_by_need
from pipeline.judge.measures import RowsMeasure, bind_rows_measure
from pipeline.judge.schema import columns_of, create_table, quoted
from pipeline.judge.sql import RefusedSql, explanation, parse
from pipeline.model import Calendar

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


@dataclass
class Prepared:
    """Definitions whose SQL is bound, with the connection it is bound to.

    It serves one workbook after the other in one thread; nothing of a workbook stays in it (`judge` rolls back).
    """

    template: WorkbookTemplate
    rules: RuleSet
    parameters: Mapping[str, object]
    connection: duckdb.DuckDBPyConnection = field(repr=False)
    measures: tuple[RowsMeasure, ...] = ()
    formulas: tuple[Formula, ...] = ()
    calendar: Calendar = SOMEDAY

    def set_calendar(self, calendar: Calendar) -> None:
        """Make as_of() and the other days of the context those of `calendar`."""
        if calendar != self.calendar:
            for statement in calendar_macros(calendar):
                self.connection.execute(statement)
            self.calendar = calendar


def prepare(template: WorkbookTemplate, rules: RuleSet, parameters: Mapping[str, object]) -> Prepared:
    """Return definitions ready for judging.

    Args:
        template: what workbooks hold.
        rules: what is computed of them.
        parameters: values that replace those of the rules, by name.

    Raises:
        DefinitionError: with every mistake of all rules, each with file and line.
    """
    connection = duckdb.connect(":memory:", config=_SETTINGS)
    binder = Binder(connection)
    _make_tables(binder, template)
    values = _make_context(binder, rules, parameters)
    _make_views(binder, rules)
    prepared = Prepared(template, rules, values, connection)
    _bind_measures(binder, prepared)
    connection.execute("SET lock_configuration = true")
    if binder.faults:
        connection.close()
        raise DefinitionError(binder.faults)
    return prepared


def _make_tables(binder: Binder, template: WorkbookTemplate) -> None:
    for table in template.tables.values():
        columns = columns_of(table)
        try:
            binder.connection.execute(create_table(table.name, columns))
        except duckdb.Error as error:
            binder.faults.append(Spot(table.place, f"table {table.name}").fault(explanation(error)))
            continue
        binder.tables[table.name] = columns
        binder.reads[table.name] = frozenset({table.name})


def _make_context(binder: Binder, rules: RuleSet, given: Mapping[str, object]) -> dict[str, object]:
    """Define calendar and parameters; return the parameters' values by name."""
    for statement in calendar_macros(SOMEDAY):
        binder.connection.execute(statement)
    known = {parameter.id: parameter for parameter in rules.parameters}
    binder.faults.extend(override_faults(known, given))
    values = {name: given.get(name, parameter.value) for name, parameter in known.items()}
    for parameter in rules.parameters:
        _make_parameter(binder, parameter, values[parameter.id])
    return values


def _make_parameter(binder: Binder, parameter: Parameter, value: object) -> None:
    spot = Spot(parameter.place, f"parameter {parameter.id}")
    if parameter.id in CALENDAR_NAMES or parameter.id in binder.volatile:
        binder.faults.append(spot.fault("this name belongs to the engine; choose another", "id"))
        return
    try:
        binder.connection.execute(parameter_macro(parameter, value))
        binder.connection.execute(f"SELECT {quoted(parameter.id)}()")
    except (duckdb.Error, ValueError) as error:
        message = explanation(error) if isinstance(error, duckdb.Error) else str(error)
        binder.faults.append(spot.fault(message, "value"))


def _make_views(binder: Binder, rules: RuleSet) -> None:
    """Define the shared views, each after those it reads."""
    waiting = list(rules.views)
    names = {view.id for view in waiting}
    while waiting:
        ready = [view for view in waiting if not _reads(binder, view) & (names - set(binder.tables))]
        for view in ready or waiting:
            _make_view(binder, view)
        names -= {view.id for view in ready}
        waiting = [view for view in waiting if view not in ready] if ready else []


def _reads(binder: Binder, view: SharedView) -> frozenset[str]:
    try:
        return parse(binder.connection, view.sql).tables
    except RefusedSql:
        return frozenset()


def _make_view(binder: Binder, view: SharedView) -> None:
    spot = Spot(view.place, f"view {view.id}")
    if view.id in binder.tables:
        binder.faults.append(spot.fault("this name is taken by a table, form or view", "id"))
        return
    bound = binder.select(view.sql, spot, "sql")
    if bound is None:
        return
    parsed, columns = bound
    binder.connection.execute(f"CREATE VIEW {quoted(view.id)} AS {view.sql}")
    binder.reads[view.id] = binder.base_tables(parsed)
    binder.tables[view.id] = columns


def _bind_measures(binder: Binder, prepared: Prepared) -> None:
    definitions = prepared.rules.measures
    bound = [bind_rows_measure(binder, item) for item in definitions if item.formula is None]
    prepared.measures = tuple(measure for measure in bound if measure is not None)
    shapes = {item.definition.id: MeasureShape(item.definition.by, item.series_types) for item in prepared.measures}
    formulas: list[Formula] = []
    for definition in ordered_by_need(binder, [item for item in definitions if item.formula is not None]):
        formula = bind_formula(binder, definition, shapes)
        if formula is not None:
            formulas.append(formula)
            shapes[definition.id] = formula.shape
    prepared.formulas = tuple(formulas)
