"""How reading says what is wrong: a flaw of a value, a finding at its place, an error that ends the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.errors import UnreadableWorkbook
from pipeline.model import CellRef, Finding, Severity, Text
from pipeline.sentences import sentence


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a cell has no usable value: the code of its sentence and what fills it, without the field's label."""

    code: str
    arguments: Mapping[str, object]


def unreadable(code: str, **arguments: object) -> UnreadableWorkbook:
    """Return the error that a file cannot or must not be read, with its finding."""
    return UnreadableWorkbook(Finding(code, Severity.ERROR, sentence(code, **arguments)))


def of_file(code: str, severity: Severity, **arguments: object) -> Finding:
    """Return a finding about the whole file."""
    return Finding(code, severity, sentence(code, **arguments))


def of_sheet(code: str, severity: Severity, sheet: str, section: str | None = None, **arguments: object) -> Finding:
    """Return a finding about a sheet."""
    return Finding(code, severity, sentence(code, **arguments), sheet=sheet, section=section)


def of_place(code: str, severity: Severity, cell: CellRef, section: str | None = None, **arguments: object) -> Finding:
    """Return a finding about a place that is no value of a field: a heading, a row, a key."""
    return Finding(code, severity, sentence(code, **arguments), cell=cell, sheet=cell.sheet, section=section)


def of_value(flaw: Flaw, cell: CellRef, section: str, field: str, label: Text) -> Finding:
    """Return the finding of a bad value: an error that blocks the documents which use the field."""
    message = sentence(flaw.code, **{"field": label, **flaw.arguments})
    return Finding(flaw.code, Severity.ERROR, message, cell=cell, sheet=cell.sheet, section=section, field=field)
