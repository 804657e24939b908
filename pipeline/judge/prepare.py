"""Preparing definitions for judging: one locked DuckDB connection with empty typed tables, all SQL bound to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import duckdb

from pipeline.definitions.rule_set import HeadlineCase, Parameter, RuleSet, SharedView
from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.judge.announcements import BoundAlert, BoundCheck, BoundHeadline
from pipeline.judge.audience import (
    ComputedNumber,
    Seen,
    customer_headline_faults,
    customer_measure_faults,
    customers_own,
    never_seen,
)
from pipeline.judge.binding import Binder, Spot
from pipeline.judge.commentary import commentary_faults
from pipeline.judge.completeness import DRAFT_LIMITS
from pipeline.judge.conditions import Condition, bind_condition
from pipeline.judge.context import (
    CALENDAR_NAMES,
    SETTINGS_FILE,
    SOMEDAY,
    VIEW_NAMES,
    calendar_macros,
    is_like,
    override_faults,
    parameter_macro,
)
from pipeline.judge.earlier import PREFIX, earlier_tables
from pipeline.judge.formulas import Formula, MeasureShape, bind_formula, ordered_by_need
from pipeline.judge.measures import VALUE, RowsMeasure, bind_rows_measure
from pipeline.judge.messages import Known, Message, bind_message
from pipeline.judge.row_rules import bind_row_rule
from pipeline.judge.rows import field_named
from pipeline.judge.schema import ROW, columns_of, create_table, quoted
from pipeline.judge.sql import RefusedSql, explanation, parse, reserved_words
from pipeline.judge.variance_months import BoundVariance, bind_variance
from pipeline.judge.variances import scalar_ids
from pipeline.model import Calendar

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "async_threads": "0",  # no other thread at all: worker processes are copies of the one that prepares
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
    views: tuple[SharedView, ...] = ()
    """The shared views, each after those it reads."""
    measures: tuple[RowsMeasure, ...] = ()
    formulas: tuple[Formula, ...] = ()
    variances: tuple[BoundVariance, ...] = ()
    checks: tuple[BoundCheck, ...] = ()
    alerts: tuple[BoundAlert, ...] = ()
    headlines: tuple[BoundHeadline, ...] = ()
    earlier: tuple[str, ...] = ()
    """The tables of earlier editions that any rule reads."""
    customer_rows: Mapping[str, str] = field(default_factory=dict)
    """The query for the rows that the customer may see, by table."""
    calendar: Calendar = SOMEDAY

    @property
    def customer_measures(self) -> frozenset[str]:
        """Return the ids of the measures that the customer may see."""
        return frozenset(item.id for item in self.rules.measures if item.customer == "yes")

    def dimension_fields(self, identity: str) -> dict[str, FieldDefinition | None]:
        """Return the field that each dimension of a measure or variance is taken from."""
        return self._dimension_fields.get(identity, {})

    @cached_property
    def _dimension_fields(self) -> dict[str, dict[str, FieldDefinition | None]]:
        bound: tuple[RowsMeasure | BoundVariance, ...] = (*self.measures, *self.variances)
        tables = {item.definition.id: item.tables for item in bound}
        names = {item.definition.id: item.definition.by for item in bound}
        for formula in self.formulas:
            inputs = (tables.get(name, frozenset()) for name in formula.inputs)
            tables[formula.definition.id] = frozenset[str]().union(*inputs)
            names[formula.definition.id] = formula.definition.by
        return {key: {name: field_named(self.template, name, tables[key]) for name in by} for key, by in names.items()}

    def set_calendar(self, calendar: Calendar) -> None:
        """Make as_of() and the other days of the context those of `calendar`."""
        if calendar != self.calendar:
            for command in calendar_macros(calendar):
                self.connection.execute(command)
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
    views = _make_views(binder, rules)
    prepared = Prepared(template, rules, values, connection, tuple(views))
    shapes = _bind_measures(binder, prepared)
    _bind_rows_seen(binder, prepared)
    _bind_announcements(binder, prepared, shapes)
    prepared.earlier = tuple(name for name in earlier_tables(template) if name in binder.named)
    connection.execute("SET lock_configuration = true")
    if not binder.faults:
        binder.faults.extend(_customer_faults(prepared, views))
    if binder.faults:
        connection.close()
        raise DefinitionError(binder.faults)
    return prepared


def _make_tables(binder: Binder, template: WorkbookTemplate) -> None:
    words = reserved_words()
    for table in template.tables.values():
        columns = columns_of(table)
        binder.faults.extend(_name_faults(table, words))
        try:
            binder.connection.execute(create_table(table.name, columns))
        except duckdb.Error as error:
            binder.faults.append(Spot(table.place, f"table {table.name}").fault(explanation(error)))
            binder.broken.add(table.name)
            continue
        binder.tables[table.name] = columns
        binder.reads[table.name] = frozenset({table.name})
    _make_earlier_tables(binder, template)


def _make_earlier_tables(binder: Binder, template: WorkbookTemplate) -> None:
    """Make the tables of earlier editions; what reads an earlier form or table counts as reading it."""
    for name, columns in earlier_tables(template).items():
        section = name.removeprefix(PREFIX)
        if section in binder.broken or name in binder.tables:
            continue
        binder.connection.execute(create_table(name, columns))
        binder.tables[name] = columns
        binder.reads[name] = frozenset({section}) & template.tables.keys()


def _name_faults(table: TableDefinition, words: frozenset[str]) -> Iterator[DefinitionFault]:
    """Yield a fault for each name that SQL or the templates of documents need for themselves."""
    if table.name in words or table.name in VIEW_NAMES or table.name.startswith(PREFIX):
        yield Spot(table.place, f"table {table.name}").fault("this name is taken; choose another", "name")
    for item in table.fields:
        if item.name in words:
            yield Spot(item.place, f"field {table.name}.{item.name}").fault(
                "this is a word of SQL; choose another", "name"
            )


def _make_context(binder: Binder, rules: RuleSet, given: Mapping[str, object]) -> dict[str, object]:
    """Define calendar and parameters; return the parameters' values by name."""
    for command in calendar_macros(SOMEDAY):
        binder.connection.execute(command)
    known = {parameter.id: parameter for parameter in rules.parameters}
    binder.faults.extend(override_faults(known, given))
    binder.faults.extend(_limit_faults(rules, given))
    usable = {name for name, parameter in known.items() if name in given and is_like(given[name], parameter.value)}
    values = {name: given[name] if name in usable else parameter.value for name, parameter in known.items()}
    for parameter in rules.parameters:
        _make_parameter(binder, parameter, values[parameter.id])
    return values


def _limit_faults(rules: RuleSet, given: Mapping[str, object]) -> Iterator[DefinitionFault]:
    """Yield a fault for each limit of drafts that is no share between 0 and 1."""
    for parameter in rules.parameters:
        if parameter.id not in DRAFT_LIMITS:
            continue
        if not _is_share(parameter.value):
            yield Spot(parameter.place, f"parameter {parameter.id}").fault("a share from 0 to 1 is expected", "value")
        elif is_like(given.get(parameter.id, 0), 0) and not _is_share(given.get(parameter.id, 0)):
            message = f"`parameters.{parameter.id}`: expected a share from 0 to 1 (found {given[parameter.id]})."
            yield DefinitionFault(SETTINGS_FILE, 0, message)


def _is_share(value: object) -> bool:
    return isinstance(value, int | Decimal | float) and 0 <= value <= 1


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


def _make_views(binder: Binder, rules: RuleSet) -> list[SharedView]:
    """Make an empty table for each shared view, each after those it reads; return them in that order.

    A view is worked out once for each workbook, however many rules read it.
    """
    waiting, made = list(rules.views), list[SharedView]()
    while waiting:
        names = {view.id for view in waiting}
        ready = [view for view in waiting if not _reads(binder, view) & names]
        if not ready:
            binder.faults.extend(_circle_faults(waiting))
            binder.broken |= names
            break
        for view in ready:
            _make_view(binder, view)
        made += ready
        waiting = [view for view in waiting if view not in ready]
    return made


def _circle_faults(views: Sequence[SharedView]) -> Iterator[DefinitionFault]:
    circle = ", ".join(view.id for view in views)
    for view in views:
        yield Spot(view.place, f"view {view.id}").fault(f"views in a circle: {circle}", "sql")


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
        binder.broken.add(view.id)
        return
    parsed, columns = bound
    binder.connection.execute(create_table(view.id, columns))
    binder.reads[view.id] = binder.base_tables(parsed)
    binder.tables[view.id] = columns


def _bind_measures(binder: Binder, prepared: Prepared) -> dict[str, MeasureShape]:
    """Bind measures and variances; return the shapes of all measures, those of variances among them."""
    definitions = prepared.rules.measures
    bound = [bind_rows_measure(binder, item) for item in definitions if item.formula is None]
    prepared.measures = tuple(measure for measure in bound if measure is not None)
    shapes = {item.definition.id: MeasureShape(item.definition.by, item.series_types) for item in prepared.measures}
    binder.broken |= {item.id for item in definitions if item.formula is None and item.id not in shapes}
    prepared.variances = tuple(_bound_variances(binder, prepared))
    for variance in prepared.rules.variances:
        shapes |= {name: MeasureShape((), {VALUE: kind}) for name, kind in scalar_ids(variance).items()}
    formulas: list[Formula] = []
    over_measures = [item for item in definitions if item.formula is not None]
    ordered = ordered_by_need(binder, over_measures)
    binder.broken |= {item.id for item in over_measures if item not in ordered}
    for definition in ordered:
        formula = bind_formula(binder, definition, shapes)
        if formula is None:
            binder.broken.add(definition.id)
        else:
            formulas.append(formula)
            shapes[definition.id] = formula.shape
    prepared.formulas = tuple(formulas)
    return shapes


def _bound_variances(binder: Binder, prepared: Prepared) -> Iterator[BoundVariance]:
    for definition in prepared.rules.variances:
        binder.faults.extend(commentary_faults(definition, prepared.template))
        bound = bind_variance(binder, prepared.template, definition)
        if bound is not None:
            yield bound


def _bind_rows_seen(binder: Binder, prepared: Prepared) -> None:
    """Bind which rows the customer may see, and who receives the customer's document."""
    conditions: dict[str, str] = {}
    for table in prepared.template.tables.values():
        if table.customer_rows is not None:
            spot = Spot(table.place, f"table {table.name}")
            sql = _selection(binder, table.name, table.customer_rows, spot, "customer_rows")
            conditions |= {table.name: sql} if sql else {}
    prepared.customer_rows = conditions
    recipients = prepared.template.roles.recipients
    if recipients is not None:
        _selection(binder, recipients.table, recipients.when, Spot(recipients.place, "recipients"), "when")


def _selection(binder: Binder, table: str, condition: str, spot: Spot, key: str) -> str | None:
    if binder.expression(condition, spot, key) is None:
        return None
    sql = f"SELECT {ROW} FROM {quoted(table)} WHERE (\n{condition}\n)"
    return sql if binder.described(sql, spot, key) else None


def _bind_announcements(binder: Binder, prepared: Prepared, shapes: Mapping[str, MeasureShape]) -> None:
    known = _known_names(prepared, {*shapes, *binder.broken})
    prepared.checks = tuple(_bound_checks(binder, prepared, known))
    prepared.alerts = tuple(_bound_alerts(binder, prepared, known, shapes))
    prepared.headlines = tuple(_bound_headlines(binder, prepared, known, shapes))


def _known_names(prepared: Prepared, measures: Collection[str], *, customer: bool = False) -> Known:
    """Return what messages may name: the forms with their fields, the measures, the days of the calendar."""
    forms = {
        name: [field.name for field in table.fields if not customer or field.customer == "yes"]
        for name, table in prepared.template.tables.items()
        if prepared.template.is_form(name)
    }
    measures = prepared.customer_measures if customer else frozenset(measures)
    days = () if customer else CALENDAR_NAMES
    return {**forms, "measures": measures, "as_of": None, **dict.fromkeys(days)}


def _bound_checks(binder: Binder, prepared: Prepared, known: Known) -> Iterator[BoundCheck]:
    for definition in prepared.rules.checks:
        spot = Spot(definition.place, f"check {definition.id}")
        rule = bind_row_rule(binder, prepared.template, definition, spot, known)
        if rule is not None:
            yield BoundCheck(definition, rule)


def _bound_alerts(
    binder: Binder, prepared: Prepared, known: Known, shapes: Mapping[str, MeasureShape]
) -> Iterator[BoundAlert]:
    for definition in prepared.rules.alerts:
        spot = Spot(definition.place, f"alert {definition.id}")
        if definition.when is None:
            rule = bind_row_rule(binder, prepared.template, definition, spot, known)
            if rule is not None:
                yield BoundAlert(definition, rule)
            continue
        condition = bind_condition(binder, spot, definition.when, shapes)
        message = bind_message(binder, spot, "say", definition.say, known)
        if condition is not None and message is not None:
            yield BoundAlert(definition, None, condition, message)


def _bound_headlines(
    binder: Binder, prepared: Prepared, known: Known, shapes: Mapping[str, MeasureShape]
) -> Iterator[BoundHeadline]:
    customers = _known_names(prepared, (), customer=True)
    for definition in prepared.rules.headlines:
        names = customers if definition.customer == "yes" else known
        cases = [_bound_case(binder, definition.id, case, names, shapes) for case in definition.cases]
        complete = tuple(case for case in cases if case is not None)
        used = [name for condition, _ in complete for name in condition.measures]
        binder.faults.extend(customer_headline_faults(definition, used, prepared.customer_measures))
        if len(complete) == len(cases):
            yield BoundHeadline(definition, complete)


def _bound_case(
    binder: Binder, headline: str, case: HeadlineCase, known: Known, shapes: Mapping[str, MeasureShape]
) -> tuple[Condition, Message] | None:
    spot = Spot(case.place, f"headline {headline}")
    condition = bind_condition(binder, spot, case.when, shapes)
    message = bind_message(binder, spot, "say", case.say, known)
    return None if condition is None or message is None else (condition, message)


def _customer_faults(prepared: Prepared, views: Sequence[SharedView]) -> list[DefinitionFault]:
    """Return the faults of customer measures; asked only once everything else is right."""
    if not prepared.customer_measures:
        return []
    macros = [parameter_macro(item, prepared.parameters[item.id]) for item in prepared.rules.parameters]
    open_to = Seen(never_seen(prepared.template), macros, views)
    own = Seen(customers_own(prepared.template), macros, views)
    try:
        return customer_measure_faults(prepared.rules.measures, _computed_numbers(prepared), open_to, own)
    finally:
        open_to.close()
        own.close()


def _computed_numbers(prepared: Prepared) -> dict[str, ComputedNumber]:
    numbers = {item.definition.id: ComputedNumber(item.sql) for item in prepared.measures}
    numbers |= {name: ComputedNumber(item.sql) for item in prepared.variances for name in scalar_ids(item.definition)}
    return numbers | {item.definition.id: ComputedNumber(None, item.inputs) for item in prepared.formulas}
