"""Judging one workbook: from typed values to findings, measures, variances, alerts and headlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.formats import Formatter, as_decimal
from pipeline.judge.account import account_of
from pipeline.judge.announcements import Speaker, alerts_of, check_findings, headline_of
from pipeline.judge.cells import CellIndex
from pipeline.judge.changes import changes_since, measures_before
from pipeline.judge.commentary import CommentaryTexts
from pipeline.judge.completeness import DRAFT_ANSWERED, DRAFT_COMPLETENESS, completeness_of
from pipeline.judge.context import CALENDAR_NAMES
from pipeline.judge.earlier import Past, fill_earlier
from pipeline.judge.formulas import evaluate_formula
from pipeline.judge.gaps import gap_findings
from pipeline.judge.load import fill_views, load
from pipeline.judge.measures import evaluate_rows_measure, measure_of
from pipeline.judge.prepare import Prepared
from pipeline.judge.printed import LazyNames, printed_measure
from pipeline.judge.references import with_references
from pipeline.judge.rows import Rows, Sight
from pipeline.judge.tiers import is_left_out, left_out
from pipeline.judge.variance_months import BoundVariance
from pipeline.judge.variances import Comparison, compare, scalar_measures, variance_of
from pipeline.model import (
    Account,
    Audience,
    Calendar,
    Completeness,
    Finding,
    History,
    Measure,
    Plan,
    RowState,
    Variance,
    Workbook,
)
from pipeline.row_states import content_of, measure_states, row_states
from pipeline.wording import Value, ViewRow


def judge(workbook: Workbook, prepared: Prepared, calendar: Calendar, history: History | None = None) -> Plan:
    """Return the plan of a workbook as of a day; `history` holds the account's earlier editions.

    The workbook is loaded inside a transaction that is rolled back, so that nothing of it meets the next one.

    Raises:
        ValueError: the workbook names no account (`account_of` tells beforehand).
        DefinitionError: a rule failed on values that its binding could not foresee, such as a cast of free text.
    """
    account = account_of(workbook, prepared.template)
    if account is None:
        raise ValueError("a workbook without account id and name cannot be judged")
    prepared.set_calendar(calendar)
    prepared.connection.execute("BEGIN TRANSACTION")
    try:
        known = with_references(prepared.template, workbook)
        states = tuple(row_states(prepared.template, known))
        past = Past(history or History(), content_of(states), calendar.as_of)
        load(prepared.connection, prepared.template, known)
        fill_earlier(prepared.connection, prepared.template, past, prepared.earlier)
        fill_views(prepared.connection, prepared.views)
        return _with_changes(_judged(known, prepared, account), states, past, prepared.template)
    finally:
        prepared.connection.execute("ROLLBACK")


def _with_changes(plan: Plan, states: tuple[RowState, ...], past: Past, template: WorkbookTemplate) -> Plan:
    """Return a plan with what the ledger is to remember of it, and what is new since earlier editions."""
    measures = plan.measures.values()
    return replace(
        plan,
        states=(*states, *measure_states(measures)),
        since=past.compared,
        changes=changes_since(past, template),
        before=measures_before(past, measures),
    )


def _judged(workbook: Workbook, prepared: Prepared, account: Account) -> Plan:
    cells = CellIndex.of(prepared.template, workbook)
    comparisons = [_comparison(workbook, prepared, account, cells, bound) for bound in prepared.variances]
    variances = {comparison.definition.id: variance_of(comparison) for comparison in comparisons}
    measures = _measures(workbook, prepared, account, cells, variances)
    customer_rows = _customer_rows(workbook, prepared)
    speakers = {
        audience: _speaker(
            workbook, prepared, account, cells, measures, Sight(prepared.template, audience, customer_rows)
        )
        for audience in Audience
    }
    return Plan(
        account=account,
        workbook=workbook,
        calendar=prepared.calendar,
        completeness=_completeness(workbook, prepared, account),
        findings=_findings(workbook, prepared, account, speakers[Audience.INTERNAL]),
        measures=measures,
        variances=variances,
        alerts=tuple(alert for bound in prepared.alerts for alert in alerts_of(speakers[Audience.INTERNAL], bound)),
        headlines={bound.definition.id: headline_of(speakers[bound.audience], bound) for bound in prepared.headlines},
        customer_rows=customer_rows,
    )


def _comparison(
    workbook: Workbook, prepared: Prepared, account: Account, cells: CellIndex, bound: BoundVariance
) -> Comparison:
    commentary = CommentaryTexts(bound.definition, prepared.template, workbook)
    return compare(prepared.connection, bound, prepared.calendar, cells, account.currency, commentary)


def _completeness(workbook: Workbook, prepared: Prepared, account: Account) -> Completeness:
    names = (DRAFT_ANSWERED, DRAFT_COMPLETENESS)
    limits: dict[str, Decimal] = {
        name: as_decimal(prepared.parameters[name]) for name in names if name in prepared.parameters
    }
    return completeness_of(prepared.template, workbook, account.tier, limits)


def _measures(
    workbook: Workbook, prepared: Prepared, account: Account, cells: CellIndex, variances: Mapping[str, Variance]
) -> dict[str, Measure]:
    """Return the measures in the rules' order, those of the variances' totals after them."""
    connection, known = prepared.connection, dict[str, Measure]()
    for item in prepared.measures:
        rows = evaluate_rows_measure(connection, item, cells)
        if is_left_out(item, prepared.template, workbook, account.tier):
            rows = left_out(rows)
        known[item.definition.id] = measure_of(item.definition, rows)
    for bound in prepared.variances:
        totals = scalar_measures(variances[bound.definition.id], bound.definition)
        known |= {measure.id: measure for measure in totals}
    for formula in prepared.formulas:
        rows = evaluate_formula(connection, formula, known)
        known[formula.definition.id] = measure_of(formula.definition, rows, formula.inputs)
    return {item.id: known[item.id] for item in prepared.rules.measures} | known


def _speaker(
    workbook: Workbook, prepared: Prepared, account: Account, cells: CellIndex,
    measures: Mapping[str, Measure], sight: Sight,
) -> Speaker:  # fmt: skip
    """Return what fills messages: a customer's headline is filled from what the customer may see, and nothing else."""
    template, calendar = prepared.template, prepared.calendar
    definitions = {definition.id: definition for definition in prepared.rules.measures}

    @cache
    def formatter(language: str) -> Formatter:
        return Formatter(language, account.currency)

    @cache
    def rows_in(language: str) -> Rows:
        return Rows(workbook, sight, formatter(language))

    @cache
    def names_in(language: str) -> Mapping[str, object]:
        rows, prints = rows_in(language), formatter(language)
        printed = {
            key: partial(printed_measure, item, definitions.get(key), rows, prints, prepared.dimension_fields(key))
            for key, item in measures.items()
            if item.customer or sight.audience is Audience.INTERNAL
        }
        forms = {name: rows.form(name) for name in template.tables if template.is_form(name)}
        days = {name: Value(getattr(calendar, name), "date", prints) for name in CALENDAR_NAMES}
        return {**forms, **days, "measures": ViewRow(LazyNames(printed))}

    return Speaker(prepared.connection, cells, measures, rows_in, names_in, formatter)


def _findings(workbook: Workbook, prepared: Prepared, account: Account, speaker: Speaker) -> tuple[Finding, ...]:
    """Return the findings of reading, of the engine and of the rules' checks, each once."""
    found = [
        *workbook.findings,
        *gap_findings(prepared.template, workbook, account),
        *(finding for bound in prepared.checks for finding in check_findings(speaker, bound)),
    ]
    once = {(finding.id, finding.place, tuple(finding.message.by_language.items())): finding for finding in found}
    return tuple(once.values())


def _customer_rows(workbook: Workbook, prepared: Prepared) -> frozenset[int]:
    """Return the rows that the customer may see: forms, and those that their table's condition admits."""
    connection, template = prepared.connection, prepared.template
    forms = (table for name, table in workbook.tables.items() if template.is_form(name))
    admitted = (record[0] for sql in prepared.customer_rows.values() for record in connection.execute(sql).fetchall())
    return frozenset([*(row.number for table in forms for row in table.rows), *admitted])
