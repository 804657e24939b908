"""What a plan says by itself: findings of checks, alerts and headlines, each in every language of its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from pipeline.definitions.rule_set import AlertDefinition, Check, HeadlineDefinition
from pipeline.errors import DefinitionError
from pipeline.formats import Formatter
from pipeline.judge.binding import Spot
from pipeline.judge.cells import CellIndex, once
from pipeline.judge.conditions import Condition, holds
from pipeline.judge.messages import Message, MessageFailed, fill
from pipeline.judge.row_rules import RowHit, RowRule, hits, row_names
from pipeline.judge.rows import Rows
from pipeline.model import Alert, Audience, CellRef, Finding, Headline, Measure, Text


@dataclass(frozen=True)
class BoundCheck:
    """A check with its bound rule."""

    definition: Check
    rule: RowRule


@dataclass(frozen=True)
class BoundAlert:
    """An alert with its bound rule about rows, or its condition over measures and message."""

    definition: AlertDefinition
    rule: RowRule | None = None
    condition: Condition | None = None
    message: Message | None = None


@dataclass(frozen=True)
class BoundHeadline:
    """A headline with the bound condition and message of each case."""

    definition: HeadlineDefinition
    cases: tuple[tuple[Condition, Message], ...]

    @property
    def audience(self) -> Audience:
        """Return whose headline it is."""
        return Audience.CUSTOMER if self.definition.customer == "yes" else Audience.INTERNAL


@dataclass(frozen=True)
class Speaker:
    """What messages are filled from: the measures of a plan, and its rows and names by language."""

    connection: duckdb.DuckDBPyConnection
    cells: CellIndex
    measures: Mapping[str, Measure]
    rows_in: Callable[[str], Rows]
    names_in: Callable[[str], Mapping[str, object]]
    formatter: Callable[[str], Formatter]

    def say(self, spot: Spot, message: Message, row: tuple[RowRule, RowHit] | None = None) -> Text:
        """Return a message in its languages; raise DefinitionError where it asks for what values cannot give."""

        def names(language: str) -> Mapping[str, object]:
            if row is None:
                return self.names_in(language)
            return {**self.names_in(language), "row": row_names(*row, self.rows_in(language))}

        try:
            return fill(message, names, self.formatter)
        except MessageFailed as failure:
            raise DefinitionError([spot.fault(str(failure))]) from failure


def check_findings(speaker: Speaker, check: BoundCheck) -> Iterator[Finding]:
    """Yield a finding for each row that a check is about."""
    definition = check.definition
    for hit in hits(speaker.connection, check.rule, speaker.cells):
        sheet = hit.cell.sheet if hit.cell else None
        yield Finding(
            id=definition.id,
            severity=definition.severity,
            message=speaker.say(check.rule.spot, check.rule.message, (check.rule, hit)),
            cell=hit.cell,
            sheet=sheet,
            section=hit.table,
            field=hit.field,
            blocks=definition.blocks,
        )


def alerts_of(speaker: Speaker, alert: BoundAlert) -> Iterator[Alert]:
    """Yield an alert for each row it is about, or one when its condition over the measures is met."""
    definition = alert.definition
    if alert.rule is not None:
        for hit in hits(speaker.connection, alert.rule, speaker.cells):
            text = speaker.say(alert.rule.spot, alert.rule.message, (alert.rule, hit))
            yield Alert(definition.id, definition.level, text, (hit.cell,) if hit.cell else ())
        return
    if alert.condition is None or alert.message is None:
        return
    if holds(speaker.connection, alert.condition, speaker.measures):
        text = speaker.say(alert.condition.spot, alert.message)
        yield Alert(definition.id, definition.level, text, _sources(speaker, alert.condition))


def _sources(speaker: Speaker, condition: Condition) -> tuple[CellRef, ...]:
    return once(cell for name in condition.measures for row in speaker.measures[name].rows for cell in row.sources)


def headline_of(speaker: Speaker, headline: BoundHeadline) -> Headline:
    """Return the sentence of the first case that holds; the last one always does."""
    definition = headline.definition
    case = next(
        index for index, (condition, _) in enumerate(headline.cases)
        if index == len(headline.cases) - 1 or holds(speaker.connection, condition, speaker.measures)
    )  # fmt: skip
    condition, message = headline.cases[case]
    text = speaker.say(condition.spot, message)
    return Headline(definition.id, text, case, definition.customer == "yes")
