"""What one document may see of a plan.

The customer's view is built from the customer's fields, rows, measures and headlines alone; internal values are not
in it, not even behind a reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.formats import Formatter
from pipeline.judge.changes import printed_changes
from pipeline.judge.prepare import Prepared
from pipeline.judge.printed import printed_measure, printed_quantity, printed_thresholds, printed_variance
from pipeline.judge.rows import Rows, Sight
from pipeline.model import Audience, Completeness, Finding, Measure, Plan, PlanView, ranges
from pipeline.wording import Value, ViewRow

_FIRST_RANGES = 3


def view(
    plan: Plan, prepared: Prepared, audience: Audience, language: str, names: Mapping[str, object] | None = None
) -> PlanView:
    """Return the view of a plan.

    Args:
        plan: what was judged.
        prepared: the definitions it was judged by.
        audience: whose view it is.
        language: in which values print (ISO 639-1).
        names: what the caller adds, such as edition, document, brand and texts.

    Returns:
        The names a template may use: forms and tables by name, `measures`, `headlines`, `sections` and the calendar's
        `as_of`; for internal documents also `variances`, `alerts`, `completeness`, `changes` (since the edition
        `since`, whose numbers are `before`), `findings`, `sources` (the cells of each measure as short addresses),
        `formulas`, `traced` (a row of both for each number) and the other days of the calendar.
    """
    formatter = Formatter(language, plan.account.currency)
    sight = Sight(prepared.template, audience, plan.customer_rows)
    rows = Rows(plan.workbook, sight, formatter)
    found = _sections(prepared, sight, rows) | _shared(plan, prepared, audience, rows, formatter)
    if audience is Audience.INTERNAL:
        found |= _internal(plan, prepared, rows, formatter)
    return PlanView(audience, language, plan.account.currency, {**found, **(names or {})})


def _sections(prepared: Prepared, sight: Sight, rows: Rows) -> dict[str, object]:
    """Return forms and tables of which anything may be seen, and `sections`: whether each holds something."""
    template = prepared.template
    names = [name for name in template.tables if sight.fields(name)]
    found: dict[str, object] = {name: rows.form(name) if template.is_form(name) else rows.table(name) for name in names}
    return {**found, "sections": ViewRow({name: _holds_something(value) for name, value in found.items()})}


def _holds_something(section: object) -> bool:
    if isinstance(section, ViewRow):
        return any(isinstance(value, Value) and not value.is_empty for value in (section[name] for name in section))
    return bool(section)


def _shared(plan: Plan, prepared: Prepared, audience: Audience, rows: Rows, formatter: Formatter) -> dict[str, object]:
    internal = audience is Audience.INTERNAL
    measures = {key: measure for key, measure in plan.measures.items() if internal or measure.customer}
    headlines = {key: headline for key, headline in plan.headlines.items() if internal or headline.customer}
    return {
        "measures": ViewRow(_measures(measures, prepared, rows, formatter)),
        "headlines": ViewRow({key: item.message.to(formatter.language) for key, item in headlines.items()}),
        "as_of": Value(plan.calendar.as_of, "date", formatter),
    }


def _measures(
    measures: Mapping[str, Measure], prepared: Prepared, rows: Rows, formatter: Formatter
) -> dict[str, object]:
    definitions = {definition.id: definition for definition in prepared.rules.measures}
    return {
        key: printed_measure(measure, definitions.get(key), rows, formatter, prepared.dimension_fields(key))
        for key, measure in measures.items()
    }


def _internal(plan: Plan, prepared: Prepared, rows: Rows, formatter: Formatter) -> dict[str, object]:
    calendar, language = plan.calendar, formatter.language
    units = {definition.id: definition.unit for definition in prepared.rules.variances}
    addresses = {key: ranges(measure.sources) for key, measure in plan.measures.items()}
    return {
        "variances": ViewRow({
            key: printed_variance(item, units[key], rows, formatter, prepared.dimension_fields(key))
            for key, item in plan.variances.items()
        }),
        "materiality": ViewRow({
            definition.id: printed_thresholds(definition, plan.account.currency, formatter)
            for definition in prepared.rules.variances
        }),
        "alerts": tuple(
            _text_row(formatter, id=alert.id, level=alert.level, message=alert.message.to(language),
                      sources=", ".join(ranges(alert.sources)))
            for alert in plan.alerts
        ),
        "completeness": _completeness(plan.completeness, formatter),
        "changes": tuple(printed_changes(plan.changes, prepared.template, formatter)),
        "since": ViewRow({
            "edition": Value(plan.since.number if plan.since else None, "integer", formatter),
            "as_of": Value(plan.since.as_of if plan.since else None, "date", formatter),
        }),
        "before": ViewRow({
            key: printed_quantity(quantity, plan.measures[key].unit, formatter) for key, quantity in plan.before.items()
        }),
        "findings": tuple(_finding(finding, formatter) for finding in plan.findings),
        "sources": ViewRow({key: ", ".join(found) for key, found in addresses.items()}),
        "formulas": ViewRow({key: measure.formula for key, measure in plan.measures.items()}),
        "traced": tuple(_traced(plan, addresses, formatter)),
        "last_closed": Value(calendar.last_closed, "date", formatter),
        "year_start": Value(calendar.year_start, "date", formatter),
        "year_end": Value(calendar.year_end, "date", formatter),
    }  # fmt: skip


def _traced(plan: Plan, addresses: Mapping[str, tuple[str, ...]], formatter: Formatter) -> Iterator[ViewRow]:
    """Yield every single number with what it was computed from, for an appendix of sources."""
    for key, measure in plan.measures.items():
        if not measure.by and len(measure.rows[0].series) == 1 and measure.quantity.value is not None:
            yield ViewRow({
                "id": measure.id,
                "label": measure.label.to(formatter.language),
                "value": printed_quantity(measure.quantity, measure.unit, formatter),
                "formula": measure.formula.partition(" over ")[0],
                "cells": _first_cells(measure, addresses[key]),
            })  # fmt: skip


def _first_cells(measure: Measure, found: tuple[str, ...]) -> str:
    """Return the first ranges of a measure's cells, and how many cells there are where that is not all."""
    shown = ", ".join(found[:_FIRST_RANGES])
    return shown if len(found) <= _FIRST_RANGES else f"{shown} … ({len(measure.sources)})"


def _text_row(formatter: Formatter, **texts: str | None) -> ViewRow:
    return ViewRow({name: Value(text, "text", formatter) for name, text in texts.items()})


def _finding(finding: Finding, formatter: Formatter) -> ViewRow:
    message = finding.message.to(formatter.language)
    return _text_row(
        formatter, id=finding.id, severity=finding.severity.value, message=message, place=finding.place,
        sheet=finding.sheet, cell=finding.cell.a1 if finding.cell else None, section=finding.section,
    )  # fmt: skip


def _completeness(completeness: Completeness, formatter: Formatter) -> ViewRow:
    sections = tuple(
        ViewRow({
            "name": section.name,
            "title": section.title.to(formatter.language),
            "required": Value(section.required, "integer", formatter),
            "filled": Value(section.filled, "integer", formatter),
            "answered": Value(section.answered, "integer", formatter),
            "share": Value(section.share, "percent", formatter),
        })
        for section in completeness.sections
    )  # fmt: skip
    return ViewRow({
        "completeness": Value(completeness.completeness, "percent", formatter),
        "answered": Value(completeness.answered, "percent", formatter),
        "draft": Value(completeness.draft, "yes_no", formatter),
        "sections": sections,
    })  # fmt: skip
