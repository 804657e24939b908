"""Rule sets: parameters, shared views, checks, measures, variances, alerts and headlines (`rules/<name>/*.yaml`).

SQL is kept as text here; `pipeline.judge.prepare` binds it against empty typed tables.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import Definition, LocalText
from pipeline.model import Severity

Unit = Literal["money", "money_group", "number", "integer", "percent", "points", "days", "times", "score", "date",
               "month", "text", "yes_no"]  # fmt: skip
_ID = r"^[a-z][a-z0-9_-]*$"
_NAME = r"^[a-z][a-z0-9_]*$"


class Parameter(Definition):
    """A setting of the rules: a zero-argument SQL macro `id()`; a map becomes a MAP. planpress.toml may override it.

    `words` are what documents print for the keys of a map, or for a value that is one of a few codes.
    """

    id: str = Field(pattern=_NAME)
    label: LocalText
    value: Decimal | int | str | bool | dict[str, Decimal | int | str] | None
    type: str | None = None
    """DuckDB type where it does not follow from the value, such as DATE for an empty one."""
    words: dict[str, LocalText] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_word_for_each_code(self) -> Parameter:
        codes = self.value if isinstance(self.value, dict) else [self.value] if isinstance(self.value, str) else []
        missing = [code for code in codes if code not in self.words]
        if self.words and missing:
            raise ValueError(f"`words` has none for {', '.join(missing)}")
        return self


class SharedView(Definition):
    """A named SELECT that other rules may read from, such as financial rows with their signs."""

    id: str = Field(pattern=_NAME)
    label: LocalText | None = None
    sql: str


class Check(Definition):
    """A rule about rows: those for which `where` holds over `table`, or that `sql` returns (`_row` and columns)."""

    id: str = Field(pattern=_ID)
    table: str | None = None
    severity: Severity = Severity.WARNING
    where: str | None = None
    sql: str | None = None
    cell: str | None = None
    message: LocalText
    blocks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_one_source(self) -> Check:
        if bool(self.sql) == bool(self.table and self.where):
            raise ValueError("a check needs either `table` and `where`, or `sql`")
        return self


class NotAvailable(Definition):
    """A reason why a measure has no value: the reason code of the first `when` that holds."""

    when: str
    reason: str = Field(pattern=_NAME)


class MeasureDefinition(Definition):
    """A computed number: `rows` (one SELECT) and `value` (aggregates, by series), or a `formula` of measures.

    `sheets` names the tables it stands on where that is not all that `rows` reads: while a tier asks for none of them
    and they hold no rows, the measure is n.a. (`not_in_tier`).
    """

    id: str = Field(pattern=_NAME)
    label: LocalText
    unit: Unit
    by: tuple[str, ...] = ()
    rows: str | None = None
    value: str | dict[str, str] | None = None
    formula: str | dict[str, str] | None = None
    cells: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    na: tuple[NotAvailable, ...] = ()
    order: str | None = None
    better: Literal["higher", "lower", "neither"] = "higher"
    customer: Literal["yes", "no"] = "no"
    release: str | None = None
    note: LocalText | None = None
    short_label: LocalText | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> MeasureDefinition:
        if (self.formula is None) == (self.rows is None or self.value is None):
            raise ValueError("a measure needs either `rows` and `value`, or `formula`")
        return self


class Materiality(Definition):
    """When a difference matters: absolute by currency, per cent of the reference (5 = 5 %), both or either."""

    absolute: dict[str, Decimal] = Field(default_factory=dict)
    percent: Decimal | None = None
    mode: Literal["and", "or"] = "and"
    spans: dict[str, Materiality] = Field(default_factory=dict)


class CommentaryMatch(Definition):
    """Where commentary is found: `table`, matched on these fields (`block` holds the span's name)."""

    table: str
    match: tuple[str, ...]
    text: tuple[str, ...] = ()


class VarianceDefinition(Definition):
    """A comparison of a measure with its references, by dimensions, with subtotals, over spans."""

    id: str = Field(pattern=_NAME)
    label: LocalText
    rows: str
    value: str
    period: str = "period"
    outlook: str | None = None
    references: dict[str, str]
    spans: tuple[Literal["month", "quarter", "ytd", "l12m", "outlook"], ...]
    by: tuple[str, ...]
    nature: str
    material: Materiality
    commentary: CommentaryMatch | None = None
    unit: Unit = "money"
    better: Literal["higher", "lower"] = "higher"
    order: str | None = None
    cells: dict[str, str] = Field(default_factory=dict)


class AlertDefinition(Definition):
    """A line that is crossed: `when` over all scalar measures, or `where` for each row of `table` (or of `sql`)."""

    id: str = Field(pattern=_ID)
    level: Literal["red", "amber", "green"]
    when: str | None = None
    table: str | None = None
    where: str | None = None
    sql: str | None = None
    cell: str | None = None
    say: LocalText

    @model_validator(mode="after")
    def _has_one_condition(self) -> AlertDefinition:
        if [bool(self.when), bool(self.table and self.where), bool(self.sql)].count(True) != 1:
            raise ValueError("an alert needs one of `when`, `table` with `where`, or `sql`")
        return self


class HeadlineCase(Definition):
    """A condition over all scalar measures (SQL) and the sentence it gives."""

    when: str
    say: LocalText


class HeadlineDefinition(Definition):
    """A sentence for a page: the first case that holds; the last one's condition is `true`."""

    id: str = Field(pattern=_NAME)
    cases: tuple[HeadlineCase, ...] = Field(min_length=1)
    customer: Literal["yes", "no"] = "no"

    @model_validator(mode="after")
    def _always_says_something(self) -> HeadlineDefinition:
        if self.cases[-1].when.strip().lower() != "true":
            raise ValueError('the last case must be `when: "true"`, so that the page always has a title')
        return self


class RuleFile(Definition):
    """One file of a rule set."""

    parameters: tuple[Parameter, ...] = ()
    views: tuple[SharedView, ...] = ()
    checks: tuple[Check, ...] = ()
    measures: tuple[MeasureDefinition, ...] = ()
    variances: tuple[VarianceDefinition, ...] = ()
    alerts: tuple[AlertDefinition, ...] = ()
    headlines: tuple[HeadlineDefinition, ...] = ()


class RuleSet(RuleFile):
    """All files of `rules/<name>/` together, in order of file name."""
