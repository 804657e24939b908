"""Judging one workbook: from typed values to findings, measures, variances, alerts and headlines."""

from __future__ import annotations

from decimal import Decimal

from pipeline.formats import as_decimal
from pipeline.judge.account import account_of
from pipeline.judge.cells import CellIndex
from pipeline.judge.completeness import DRAFT_ANSWERED, DRAFT_COMPLETENESS, completeness_of
from pipeline.judge.formulas import evaluate_formula
from pipeline.judge.load import load
from pipeline.judge.measures import evaluate_rows_measure, measure_of
from pipeline.judge.prepare import Prepared
from pipeline.model import Account, Calendar, Completeness, Measure, Plan, Workbook


def judge(workbook: Workbook, prepared: Prepared, calendar: Calendar) -> Plan:
    """Return the plan of a workbook as of a day.

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
        load(prepared.connection, prepared.template, workbook)
        return _judged(workbook, prepared, account)
    finally:
        prepared.connection.execute("ROLLBACK")


def _judged(workbook: Workbook, prepared: Prepared, account: Account) -> Plan:
    cells = CellIndex.of(prepared.template, workbook)
    measures = _measures(prepared, cells)
    return Plan(
        account=account,
        workbook=workbook,
        calendar=prepared.calendar,
        completeness=_completeness(workbook, prepared, account),
        findings=workbook.findings,
        measures=measures,
        variances={},
        alerts=(),
        headlines={},
    )


def _completeness(workbook: Workbook, prepared: Prepared, account: Account) -> Completeness:
    names = (DRAFT_ANSWERED, DRAFT_COMPLETENESS)
    limits: dict[str, Decimal] = {
        name: as_decimal(prepared.parameters[name]) for name in names if name in prepared.parameters
    }
    return completeness_of(prepared.template, workbook, account.tier, limits)


def _measures(prepared: Prepared, cells: CellIndex) -> dict[str, Measure]:
    connection, measures = prepared.connection, dict[str, Measure]()
    for item in prepared.measures:
        measures[item.definition.id] = measure_of(item.definition, evaluate_rows_measure(connection, item, cells))
    for formula in prepared.formulas:
        rows = evaluate_formula(connection, formula, measures)
        measures[formula.definition.id] = measure_of(formula.definition, rows, formula.inputs)
    return {item.id: measures[item.id] for item in prepared.rules.measures}
