"""What a report template may say (`output_templates/<set>/<report>.yaml`), and compiling it.

A report is a list of sheets: a summary (titles, measures, charts, what needs a comment), comparisons (one variance over
one span, against one or more references) and a method sheet (texts and the parameters of the rules).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import Definition, LocalText
from pipeline.definitions.source import read_yaml, validate
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.model import Text
from pipeline.wording import names_in

ColumnKind = Literal[
    "dimension", "actual", "reference", "absolute", "percent", "material", "commentary", "entry", "sources"
]  # fmt: skip


class Column(Definition):
    """One column of a comparison.

    `dimension` shows the rule's dimension `name`; `reference`, `absolute` and `percent` repeat for each reference of
    the sheet (`{reference}` in the title is its code); `entry` is an empty cell for the reviewer to fill in.
    """

    kind: ColumnKind
    title: LocalText
    name: str | None = None
    width: float = Field(default=14, gt=0, le=80)
    note: LocalText | None = None

    @model_validator(mode="after")
    def _names_its_dimension(self) -> Column:
        if (self.kind == "dimension") != (self.name is not None):
            raise ValueError("a dimension, and only a dimension, needs `name`")
        return self


class SummaryLine(Definition):
    """One line of the summary: measures by name for the actual and each reference, `label` before them."""

    label: LocalText
    actual: str
    references: dict[str, str] = Field(default_factory=dict)


class Words(Definition):
    """The words a report prints besides titles.

    Without `threshold` (`{sheet}` in it is the comparison's name) the method sheet is silent on materiality; `edition`
    (`{number}`) and `draft` stand on each printed page.
    """

    total: LocalText
    comment_needed: LocalText
    material: LocalText
    not_available: LocalText
    measure: LocalText
    value: LocalText
    parameter: LocalText
    threshold: LocalText | None = None
    both: LocalText = Text({"en": "and"})
    either: LocalText = Text({"en": "or"})
    edition: LocalText = Text({"en": "#{number}"})
    draft: LocalText | None = None


class ReportSheet(Definition):
    """One sheet of a report; `who`, `what`, `when` are the three parts of its title."""

    sheet: LocalText
    kind: Literal["summary", "comparison", "method"]
    headline: LocalText | None = None
    who: LocalText
    what: LocalText
    when: LocalText
    variance: str | None = None
    span: str | None = None
    references: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    lines: tuple[SummaryLine, ...] = ()
    figures: tuple[str, ...] = ()
    notes: tuple[LocalText, ...] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> ReportSheet:
        if self.kind == "comparison" and not (self.variance and self.span and self.references and self.columns):
            raise ValueError("a comparison needs `variance`, `span`, `references` and `columns`")
        return self

    def texts(self) -> Iterator[Text]:
        """Yield every text of the sheet that may hold tags."""
        yield from (self.who, self.what, self.when, *self.notes)
        if self.headline is not None:
            yield self.headline


class Report(Definition):
    """A report template."""

    title: LocalText
    words: Words
    sheets: tuple[ReportSheet, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class ReportTemplate:
    """A compiled report template with the names it asks of its view."""

    report: Report
    names: frozenset[str]


def compile_report(name: str, content: bytes) -> ReportTemplate:
    """Return a report template ready to be filled; raise DefinitionError with every mistake and its line."""
    faults: list[DefinitionFault] = []
    value = read_yaml(name, content.decode("utf-8", errors="replace"), faults)
    report = validate(Report, name, value, faults) if value is not None else None
    if report is None or faults:
        raise DefinitionError(faults or [DefinitionFault(name, 1, "This file is empty.")])
    return ReportTemplate(report, _names(report))


def _names(report: Report) -> frozenset[str]:
    asked = {"as_of", "edition", "document", "brand", "parameters", "materiality"}
    for sheet in report.sheets:
        asked |= {f"figures.{name}" for name in sheet.figures}
        for line in sheet.lines:
            asked |= {f"measures.{name}" for name in (line.actual, *line.references.values())}
        if sheet.variance:
            asked.add(f"variances.{sheet.variance}")
        for text in sheet.texts():
            for source in text.by_language.values():
                asked |= names_in(source)
    return frozenset(asked)
