"""Frozen types that cross the border between two stages.

A workbook's journey in types: `Arrival` (bytes) -> `Workbook` (typed values that remember their cell) -> `Plan`
(findings, measures, variances, alerts, headlines) -> `PlanView` (what one audience may see, printable) ->
`Document` (bytes) -> `Build` (all of it for one submission) -> `Edition` (published).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | Decimal | bool | date | datetime | tuple[str, ...] | None
"""A typed value: text as str, integer as int, number, money and percent (0.05 = 5 %) as Decimal, date and month
(its first day) as date, yes_no as bool, references as a tuple of keys, empty as None."""

FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in one or more languages (ISO 639-1 code -> text)."""

    by_language: Mapping[str, str]

    def __hash__(self) -> int:
        """Return a hash of what it says: findings that several documents report alike are told once."""
        return hash(frozenset(self.by_language.items()))

    def to(self, language: str) -> str:
        """Return the text in `language`, else in English, else in the first language there is."""
        texts = self.by_language
        if language in texts:
            return texts[language]
        return texts.get(FALLBACK_LANGUAGE) or next(iter(texts.values()), "")

    @classmethod
    def plain(cls, text: str) -> Text:
        """Return a text that reads the same in every language."""
        return cls({FALLBACK_LANGUAGE: text})


class Severity(StrEnum):
    """How much a finding matters: an error blocks documents, a prompt is missing but welcome."""

    ERROR = "error"
    WARNING = "warning"
    PROMPT = "prompt"


class Audience(StrEnum):
    """Who may see a document."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class Status(StrEnum):
    """State of a document or an account, best first."""

    FINAL = "final"
    FOR_APPROVAL = "for_approval"
    DRAFT = "draft"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell: sheet title as written in the workbook, row and column from 1."""

    sheet: str
    row: int
    column: int

    @property
    def a1(self) -> str:
        """Return the address without the sheet, such as `G5`."""
        letters, rest = "", self.column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return f"{letters}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.a1}"


def ranges(cells: Iterable[CellRef]) -> tuple[str, ...]:
    """Return cells as short addresses: `Financials!G5:G14` for cells below each other, in order of appearance."""
    runs: list[tuple[CellRef, CellRef]] = []
    for cell in cells:
        if runs and _is_below(cell, runs[-1][1]):
            runs[-1] = (runs[-1][0], cell)
        else:
            runs.append((cell, cell))
    return tuple(str(first) if first is last else f"{first}:{last.a1}" for first, last in runs)


def _is_below(cell: CellRef, upper: CellRef) -> bool:
    return cell.row == upper.row + 1 and cell.column == upper.column and cell.sheet == upper.sheet


@dataclass(frozen=True, slots=True)
class Arrival:
    """A saved file as it came in: path relative to the inbox (posix), bytes, SHA-256, day and instant received."""

    file: str
    content: bytes = field(repr=False)
    sha256: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell a person about a cell, row, sheet or file.

    `id` is the stable code (the check's id, or one of the engine's own); `blocks` names document ids, empty with
    severity error means all documents; `section` is the name of the form or table it belongs to, if any; `field`
    the field whose value it is about, if one.
    """

    id: str
    severity: Severity
    message: Text
    cell: CellRef | None = None
    sheet: str | None = None
    section: str | None = None
    field: str | None = None
    blocks: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return `Sheet!A1`, the sheet, or an empty text when it is about the whole file."""
        return str(self.cell) if self.cell else (self.sheet or "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, or a whole form.

    `number` is unique in the workbook (`_row` in SQL). `values` has every declared field (None: empty), `unknown`
    the fields marked as a known gap, `cells` the place of every field whose column or label was found.
    """

    number: int
    values: Mapping[str, Scalar]
    unknown: frozenset[str] = frozenset()
    cells: Mapping[str, CellRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table or form as read; a form has exactly one row; `present` is False when its sheet is missing."""

    name: str
    sheet: str
    rows: tuple[Row, ...]
    present: bool = True


@dataclass(frozen=True, slots=True)
class Workbook:
    """One filled file, typed. `tables` has every declared form and table by name; `language` is the one it is
    labelled in; `findings` are those of reading.
    """

    file: str
    sha256: str
    template: str
    version: int
    language: str
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...] = ()
    saved_by: str | None = None
    saved_at: datetime | None = None


# What judge computes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """A computed number: exact value (a money amount in currency units, a percent as a fraction), or None with the
    reason code of measures.md 1.1.
    """

    value: Scalar
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One row of a measure: the values of its `by` dimensions, its series (one named `value`, or scenario codes),
    and the cells it was computed from, each once.
    """

    keys: tuple[Scalar, ...]
    series: Mapping[str, Quantity]
    sources: tuple[CellRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A computed number, or a list of them along `by`.

    A scalar measure (`by` empty) has exactly one row. `formula` is what a person reads: the rule's value over its
    rows, or its formula over other measures (`inputs`).
    """

    id: str
    label: Text
    unit: str
    formula: str
    by: tuple[str, ...]
    rows: tuple[MeasureRow, ...]
    inputs: tuple[str, ...] = ()
    customer: bool = False
    note: Text | None = None

    @property
    def quantity(self) -> Quantity:
        """Return the value of a scalar measure; raise ValueError for a measure with dimensions or several series."""
        if self.by or len(self.rows) != 1 or len(self.rows[0].series) != 1:
            raise ValueError(f"measure {self.id} is a list, not one number")
        return next(iter(self.rows[0].series.values()))

    @property
    def sources(self) -> tuple[CellRef, ...]:
        """Return the cells of all rows, each once, in order."""
        if len(self.rows) == 1:
            return self.rows[0].sources
        return tuple(dict.fromkeys(cell for row in self.rows for cell in row.sources))


@dataclass(frozen=True, slots=True)
class VarianceRow:
    """One line of a comparison.

    `span` is month, quarter, ytd or outlook; `reference` the scenario code compared with (PL, PY); `dimensions` the
    values of the rule's `by` for a leaf, a leading part of them for a subtotal, none for the total. Amounts are
    signed (income +, cost -). `percent` is a fraction. `impact` is favourable, adverse or neutral. `sources` are
    the cells of the actual and of the reference.
    """

    id: str
    span: str
    reference: str
    dimensions: Mapping[str, Scalar]
    nature: str
    actual: Quantity
    against: Quantity
    absolute: Quantity
    percent: Quantity
    impact: str
    material: bool
    sources: tuple[CellRef, ...] = ()
    commentary: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Variance:
    """All lines of one variance rule, for every span and reference, totals first, then in order of `by`."""

    id: str
    label: Text
    by: tuple[str, ...]
    spans: tuple[str, ...]
    references: tuple[str, ...]
    rows: tuple[VarianceRow, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A measure or row that crossed a line; level is red, amber or green."""

    id: str
    level: str
    message: Text
    sources: tuple[CellRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A sentence computed from measures; `case` is the position of the case that held, from 0."""

    id: str
    message: Text
    case: int
    customer: bool = False


@dataclass(frozen=True, slots=True)
class SectionCompleteness:
    """Required cells of one section that the tier asks for, how many are filled, and how many filled or `unknown`."""

    name: str
    title: Text
    required: int
    filled: int
    answered: int

    @property
    def share(self) -> Decimal:
        """Return the filled share of the required cells, 0 to 1."""
        return Decimal(self.filled) / Decimal(self.required) if self.required else Decimal(1)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Completeness and answered share (0 to 1) with their sections, as defined in measures.md section 6."""

    sections: tuple[SectionCompleteness, ...]
    completeness: Decimal
    answered: Decimal
    draft: bool


ExactText: TypeAlias = str | bool | list[str]
"""A value as the ledger keeps it: numbers as exact plain texts, days as ISO 8601, references as a list of keys."""


@dataclass(frozen=True, slots=True)
class RowState:
    """What one row held: `section` is its form or table, `key` the exact texts of its key (none for a form), `values`
    exact texts by field, empty ones left out. Measures are rows of the section `measures`, with their id as key.
    """

    section: str
    key: tuple[str, ...]
    values: Mapping[str, ExactText]


@dataclass(frozen=True, slots=True)
class RowVersion:
    """A state of a row with the editions that carried it; `last_edition` is None while the last one does."""

    state: RowState
    first_edition: int
    last_edition: int | None


@dataclass(frozen=True, slots=True)
class PastEdition:
    """A published edition: its number, the day it was judged as of, and the last closed day then (None: unknown)."""

    number: int
    as_of: date
    last_closed: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change since the edition before: kind is added, removed or changed.

    `table` is the form or table, `key` the values of the row's key, none for a form; `name` is what people call the
    row. A changed row has one change for each `field`, with its values `old` and `new`.
    """

    table: str
    key: tuple[Scalar, ...]
    kind: str
    field: str | None = None
    old: Scalar = None
    new: Scalar = None
    name: Scalar = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days a plan is judged by: as-of, last closed day, first and last day of the fiscal year of `last_closed`."""

    as_of: date
    last_closed: date
    year_start: date
    year_end: date


@dataclass(frozen=True, slots=True)
class Account:
    """Who the plan is about, taken from the template's roles; texts may be empty, id and name never are."""

    id: str
    name: str
    tier: str | None
    currency: str | None
    language: str
    customer_language: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known of one account at one as-of date.

    `customer_rows` are the numbers of the rows that the customer may see, `states` what the ledger is to remember.
    `changes` are those since the edition `since` (None: there is none to compare with), `before` its single numbers.
    """

    account: Account
    workbook: Workbook
    calendar: Calendar
    completeness: Completeness
    findings: tuple[Finding, ...]
    measures: Mapping[str, Measure]
    variances: Mapping[str, Variance]
    alerts: tuple[Alert, ...]
    headlines: Mapping[str, Headline]
    changes: tuple[Change, ...] = ()
    customer_rows: frozenset[int] = frozenset()
    states: tuple[RowState, ...] = ()
    since: PastEdition | None = None
    before: Mapping[str, Quantity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanView:
    """What one document may see: `names` is the complete context of its template (see docs/designers.md).

    Values inside are `pipeline.wording.Value` (they print themselves in the view's language), rows are
    `pipeline.wording.ViewRow`, lists are tuples of rows. A customer's view holds nothing that is not the customer's.
    """

    audience: Audience
    language: str
    currency: str | None
    names: Mapping[str, object]


# Figures ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a figure: `code` names the scenario or role (AC, PL, favourable …), `name` is printed, one value
    (None: gap) and one finished label (already in the document's language; may be empty) for each category.
    """

    code: str
    name: str
    values: tuple[Decimal | None, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tree (people) or a cell of a grid or matrix.

    `row` and `column` are positions from 0 in a grid or matrix, unused in a tree. `parent` is the key of the parent
    in a tree. `state` and `ring` are codes that the brand maps to a fill and an outline, `flags` short marks, and
    `row_values` the view row, for the tags of a designer's sample node.
    """

    key: str
    label: str
    detail: str = ""
    parent: str | None = None
    row: int = 0
    column: int = 0
    state: str = ""
    ring: str = ""
    flags: tuple[str, ...] = ()
    row_values: object = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its data, ready to be drawn by any renderer.

    `title` and `description` (alternative text) are finished texts; `unit_label` says the unit of the numbers as
    printed, such as `EUR k`. Charts use `categories` and `series`; trees, grids and matrices use `nodes`, with
    `categories` as column titles and `row_titles`. Empty figures (`is_empty`) are not drawn.
    """

    id: str
    kind: str
    title: str
    description: str
    unit: str
    unit_label: str
    categories: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    row_titles: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return not self.nodes and not any(value is not None for series in self.series for value in series.values)


# What a build is made of --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One output. `content` is None when it is blocked or its key equals that of the edition before; `key` is the
    hash of all it was made from; `file` is a Windows-safe name without folder; `findings` were made while it was drawn.
    """

    id: str
    file: str
    audience: Audience
    status: Status
    key: str
    content: bytes | None = field(default=None, repr=False)
    title: Text | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows of an account before a build; plain data read by service.

    `next_edition` is the number that an edition would get; `document_keys` are those of the last edition by document
    id, `document_findings` what was found while its documents were drawn: they hold as long as a document stays.
    `editions` are those whose content is known, oldest first, `versions` the states of all their rows. `content` is the
    `content_key` of the workbook that was published last, None where it was judged by other definitions or days.
    """

    next_edition: int = 1
    document_keys: Mapping[str, str] = field(default_factory=dict)
    document_findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    editions: tuple[PastEdition, ...] = ()
    versions: tuple[RowVersion, ...] = field(default=(), repr=False)
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """All that came of one submission. `account` is None when it could not be known; `plan` is None when the file
    could not be read; `todo` holds `to-do.html` and `to-do.xlsx` by file name, empty without findings. `content` is the
    `content_key` of the workbook; `is_same` says that it was that of the one before, so that nothing was judged or made
    and all that was published holds. Who saved it, and when, is what the file says.
    """

    arrival_sha256: str
    account: Account | None
    status: Status
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    todo: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    plan: Plan | None = field(default=None, repr=False)
    content: str | None = None
    is_same: bool = False
    saved_by: str | None = None
    saved_at: datetime | None = None
