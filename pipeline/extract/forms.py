"""Forms: label and value pairs, the value in the next cell to the right of its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.extract.faults import Flaw, of_place, of_sheet, of_value
from pipeline.extract.grid import Sheet
from pipeline.extract.labels import label_key
from pipeline.extract.layouts import FormLayout
from pipeline.extract.section import Section
from pipeline.extract.tables import fault_of
from pipeline.extract.values import Gap, Reader
from pipeline.model import CellRef, Finding, Row, Scalar, Severity, Table

_COMPANION = 3
"""From this many cells on, a further column is a column of its own (help, status), not a value that was moved."""


@dataclass(frozen=True)
class _Label:
    field: str
    text: str
    row: int
    column: int
    beside: int
    """Column of the cell to the right, after the cells that are merged with the label."""
    until: int
    """Column of the next label in the row, or the first one beyond the sheet."""


def locate_form(section: Section, sheet: Sheet) -> FormLayout:
    """Return where the labels and values of a form stand on `sheet`."""
    labels = _without_title(section, list(_labels(section, sheet)))
    popular = Counter(label.column for label in labels)
    explained = _explained(section)
    columns = {
        column: _Column(sheet, [label for label in labels if label.column == column], explained) for column in popular
    }
    values: dict[str, tuple[int, int]] = {}
    repeated, moved = [], []
    for label in sorted(labels, key=lambda label: (-popular[label.column], label.row)):
        place, expected = columns[label.column].value_place(label)
        if label.field in values:
            repeated.append((label.field, *expected))
            continue
        values[label.field] = place
        if place != expected:
            moved.append((label.field, *expected))
    return FormLayout(section, sheet, tuple(label.text for label in labels), values, tuple(repeated), tuple(moved))


def _labels(section: Section, sheet: Sheet) -> Iterator[_Label]:
    """Yield each label; what stands beside one is its value, even where it reads like a label."""
    width = sheet.left + (len(sheet.rows[0]) if sheet.rows else 0)
    for row, cells in enumerate(sheet.rows, start=sheet.top):
        found: list[tuple[str, str, int, int]] = []
        free_from = 0
        for column, cell in enumerate(cells, start=sheet.left):
            if column < free_from or not isinstance(cell, str) or not cell:
                continue
            name = section.labels.find(cell)
            if name is not None:
                beside = sheet.merged_to.get((row, column), column) + 1
                found.append((name, cell, column, beside))
                free_from = beside + 1
        ends = [column for _, _, column, _ in found[1:]] + [width]
        for (name, text, column, beside), until in zip(found, ends, strict=False):
            yield _Label(name, text, row, column, beside, max(until, beside + 1))


def _without_title(section: Section, labels: list[_Label]) -> list[_Label]:
    """Return the labels without the sheet's own title, where a field that is called the same has a label below it."""
    titles = {label_key(title) for title in section.sheet.titles}
    times = Counter(label.field for label in labels)
    return [
        label
        for label in labels
        if times[label.field] == 1 or label_key(label.text) not in titles or label.row != labels[0].row
    ]


def _explained(section: Section) -> frozenset[str]:
    """Return the keys of texts that stand beside values in a blank form: help, units."""
    texts = (text for field in section.table.fields for text in (field.help, field.unit) if text is not None)
    return frozenset(label_key(text) for local in texts for text in local.by_language.values())


class _Column:
    """The labels of one column, and in which column their values stand."""

    def __init__(self, sheet: Sheet, labels: list[_Label], explained: frozenset[str]) -> None:
        self._sheet, self._explained = sheet, explained
        self._counts = Counter(column for label in labels for column in self._filled(label))
        beside = any(label.column + 1 in self._filled(label) for label in labels)
        inputs = [column for label in labels for column in self._filled(label) if not self._is_formula(label, column)]
        self._shared = None if beside or len(inputs) < _COMPANION else min(inputs)

    def value_place(self, label: _Label) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return where the value stands, and where it should."""
        filled = self._filled(label)
        apart = label.beside not in filled and self._shared in range(label.beside, label.until)
        column = self._shared if apart and self._shared is not None else label.beside
        expected = (label.row, column)
        if column in filled:
            return expected, expected
        stray = [other for other in filled if self._counts[other] < _COMPANION and not self._is_formula(label, other)]
        return ((label.row, stray[0]) if stray else expected), expected

    def _filled(self, label: _Label) -> list[int]:
        columns = range(label.beside, label.until)
        return [column for column in columns if self._is_filled(label.row, column)]

    def _is_filled(self, row: int, column: int) -> bool:
        raw = self._sheet.value(row, column)
        if raw == "":
            return (row, column) in self._sheet.faults
        return not isinstance(raw, str) or (bool(raw.strip()) and label_key(raw) not in self._explained)

    def _is_formula(self, label: _Label, column: int) -> bool:
        return (label.row, column) in self._sheet.formulas


def read_form(layout: FormLayout, readers: dict[str, Reader], findings: list[Finding]) -> Table:
    """Return a form as a table of one row, adding what is wrong with it to `findings`."""
    section, sheet = layout.section, layout.sheet
    values: dict[str, Scalar] = dict.fromkeys(section.fields)
    unknown, cells = set(), {}
    findings.extend(_structure_findings(layout))
    for name in section.fields:
        if name not in layout.values:
            continue
        row, column = layout.values[name]
        cells[name] = sheet.cell(row, column)
        fault = sheet.faults.get((row, column))
        value = fault_of(fault) if fault is not None else readers[name](sheet.value(row, column))
        if isinstance(value, Flaw):
            findings.append(of_value(value, cells[name], section.name, name, section.fields[name].label))
        elif isinstance(value, Gap):
            unknown.add(name)
        else:
            values[name] = value
    return Table(section.name, sheet.title, (Row(section.number(0), values, frozenset(unknown), cells),))


def _structure_findings(layout: FormLayout) -> Iterable[Finding]:
    section, sheet = layout.section, layout.sheet
    for name, row, column in layout.moved:
        expected, here = CellRef(sheet.title, row, column), sheet.cell(*layout.values[name])
        label = section.fields[name].label
        yield of_place("label-value-moved", Severity.WARNING, here, section.name, field=label, expected=expected.a1)
    for name, row, column in layout.repeated:
        if sheet.value(row, column) != "":
            used, label = sheet.cell(*layout.values[name]).a1, section.fields[name].label
            yield of_place(
                "label-twice", Severity.WARNING, sheet.cell(row, column), section.name, field=label, used=used
            )


def missing_labels(layout: FormLayout, asked: dict[str, bool]) -> Iterator[Finding]:
    """Yield a finding for each label in `asked` that is not there: an error where the value is True (required)."""
    for name, required in asked.items():
        if name not in layout.values:
            code, severity = ("label-missing", Severity.ERROR) if required else ("label-absent", Severity.WARNING)
            label = layout.section.fields[name].label
            yield of_sheet(code, severity, layout.sheet.title, layout.section.name, field=label)
