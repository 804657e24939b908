"""The findings of a workbook as the few lines that somebody reads, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import CellRef, Finding, Severity, Text, ranges
from pipeline.sentences import sentence

MOST_LINES = 20
MOST_CELLS = 4
_URGENCY = {Severity.ERROR: 0, Severity.WARNING: 2, Severity.PROMPT: 3}


@dataclass(frozen=True, slots=True)
class TodoLine:
    """One line: what kind, where (the first cell to go to), what to do, what it stops; `severity` None: the rest."""

    severity: Severity | None
    place: str
    cell: CellRef | None
    sheet: str | None
    message: str
    stops: str


def urgency(finding: Finding) -> int:
    """Return the rank of a finding: what stops every document, what stops some, warnings, prompts."""
    return _URGENCY[finding.severity] + (1 if finding.severity is Severity.ERROR and finding.blocks else 0)


def todo_lines(findings: Sequence[Finding], language: str, documents: Mapping[str, Text]) -> tuple[TodoLine, ...]:
    """Return at most twenty lines and one for the rest; findings that say the same stand together, prompts by sheet.

    Args:
        findings: in any order.
        language: of the lines.
        documents: titles by document id.
    """
    ordered = sorted(findings, key=urgency)
    lines = [_line(group, language, documents) for group in _groups(ordered, language)]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    rest = sentence("todo-rest", count=len(lines) - MOST_LINES).to(language)
    return (*lines[:MOST_LINES], TodoLine(None, "", None, None, rest, ""))


def _groups(findings: Sequence[Finding], language: str) -> list[list[Finding]]:
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        sheet = finding.cell.sheet if finding.cell else finding.sheet
        if finding.severity is Severity.PROMPT and finding.cell:
            key: tuple[object, ...] = (Severity.PROMPT, sheet)
        else:
            key = (finding.severity, finding.id, sheet, finding.message.to(language), finding.blocks)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _line(group: list[Finding], language: str, documents: Mapping[str, Text]) -> TodoLine:
    first = group[0]
    message = first.message.to(language)
    if len({finding.message.to(language) for finding in group}) > 1:
        message = sentence("todo-open-cells", count=len(group)).to(language)
    sheet = first.cell.sheet if first.cell else first.sheet
    stops = _stops(first, language, documents)
    return TodoLine(first.severity, _place(group, sheet), first.cell, sheet, message, stops)


def _place(group: list[Finding], sheet: str | None) -> str:
    cells = sorted(dict.fromkeys(item.cell for item in group if item.cell), key=lambda cell: (cell.column, cell.row))
    addresses = [address.rpartition("!")[2] for address in ranges(cells)]
    rest = f" +{len(addresses) - MOST_CELLS}" if len(addresses) > MOST_CELLS else ""
    shown = ", ".join(addresses[:MOST_CELLS]) + rest
    return f"{sheet}: {shown}" if sheet and shown else sheet or ""


def _stops(finding: Finding, language: str, documents: Mapping[str, Text]) -> str:
    if finding.severity is not Severity.ERROR:
        return ""
    if not finding.blocks:
        return sentence("todo-all-documents").to(language)
    return ", ".join(documents[name].to(language) if name in documents else name for name in finding.blocks)
