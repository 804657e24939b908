"""The to-do list of one workbook: a page for its owner, worst first, short, in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.formats import Formatter
from pipeline.model import CellRef, Finding, Severity, Text, ranges
from pipeline.sentences import sentence
from pipeline.wording import context_of, environment

TODO_PAGE = "to-do.html"
MOST_LINES = 20
"""Lines that a list shows unfolded: as many as somebody reads."""
FEW_LINES = 6
"""Lines of what is missing that need no folding away."""
MOST_CELLS = 6
"""Places that one line names."""
_URGENCY = {Severity.ERROR: 0, Severity.WARNING: 2, Severity.PROMPT: 3}
_PHRASES = (
    "heading", "nothing-stops", "how", "where", "task", "stops", "all-documents", "error", "warning", "prompt",
    "to-correct", "to-add", "whole-file", "workbook", "as-of",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: findings that say the same about several cells of a sheet stand together.

    `blocks` are titles of documents; `stops_all` is for an error that blocks every document.
    """

    severity: Severity
    sheet: str
    places: str
    message: str
    blocks: str
    stops_all: bool


def todo_page(
    findings: Iterable[Finding],
    *,
    title: str,
    file: str,
    language: str,
    as_of: date | None = None,
    documents: Mapping[str, Text] | None = None,
    draft: bool = False,
) -> bytes:
    """Return `to-do.html` for the findings of one workbook.

    `title` is the account's name, or that of the file; `documents` are the titles of documents by id; `draft` says
    that they are marked as drafts. The page is self-contained and holds no script; texts from the workbook are data.
    """
    titles = documents or {}
    lines = _lines(sorted(findings, key=_urgency), language, titles)
    urgent = [line for line in lines if line.severity is not Severity.PROMPT]
    formatter = Formatter(language, None)
    names: dict[str, object] = {
        "language": language,
        "title": title,
        "file": file,
        "as_of": formatter.date(as_of) if as_of else "",
        "phrases": {name.replace("-", "_"): _phrase(f"todo-{name}", language) for name in _PHRASES},
        "verdict": _verdict(lines, language, draft=draft),
        "counts": _counts(lines, language),
        "lines": urgent[:MOST_LINES],
        "more": urgent[MOST_LINES:],
        "more_label": _phrase("todo-more", language, count=len(urgent) - MOST_LINES),
        "sections": _sections(lines),
        "unfolded": len(lines) - len(urgent) <= FEW_LINES,
        "stops": any(line.blocks or line.stops_all for line in lines),
    }
    return (_renderer()(context_of(names, formatter)).strip() + "\n").encode()


@cache
def _renderer() -> Callable[..., str]:
    source = Path(__file__).with_name("todo.html.jinja").read_text(encoding="utf-8")
    return environment(markup=True).from_string(source).render


def _phrase(code: str, language: str, **arguments: object) -> str:
    return sentence(code, **arguments).to(language)


def _urgency(finding: Finding) -> int:
    """Return the rank of a finding: what stops every document, what stops some, warnings, prompts."""
    return _URGENCY[finding.severity] + (1 if finding.severity is Severity.ERROR and finding.blocks else 0)


def _lines(findings: list[Finding], language: str, titles: Mapping[str, Text]) -> list[Line]:
    same: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        sheet = finding.cell.sheet if finding.cell else finding.sheet
        key = (finding.severity, finding.id, sheet, finding.message.to(language), finding.blocks)
        same.setdefault(key, []).append(finding)
    return [_line(group, language, titles) for group in same.values()]


def _line(group: list[Finding], language: str, titles: Mapping[str, Text]) -> Line:
    first = group[0]
    cells = [finding.cell for finding in group if finding.cell]
    stops_all = first.severity is Severity.ERROR and not first.blocks
    blocks = [titles[name].to(language) if name in titles else name for name in first.blocks]
    return Line(
        first.severity, (first.cell.sheet if first.cell else first.sheet) or "", _places(cells),
        first.message.to(language), ", ".join(blocks) if first.severity is Severity.ERROR else "", stops_all,
    )  # fmt: skip


def _places(cells: list[CellRef]) -> str:
    ordered = sorted(dict.fromkeys(cells), key=lambda cell: (cell.column, cell.row))
    addresses = [address.rpartition("!")[2] for address in ranges(ordered)]
    rest = f" +{len(addresses) - MOST_CELLS}" if len(addresses) > MOST_CELLS else ""
    return ", ".join(addresses[:MOST_CELLS]) + rest


def _verdict(lines: list[Line], language: str, *, draft: bool) -> str:
    if any(line.stops_all for line in lines):
        return _phrase("todo-all-stopped", language)
    stopped = dict.fromkeys(line.blocks for line in lines if line.blocks)
    if stopped:
        names = dict.fromkeys(name for blocks in stopped for name in blocks.split(", "))
        return _phrase("todo-stopped", language, documents=", ".join(names))
    return _phrase("todo-draft" if draft else "todo-nothing-stops", language)


def _counts(lines: list[Line], language: str) -> list[tuple[str, str]]:
    counted = {severity: sum(line.severity is severity for line in lines) for severity in Severity}
    return [
        (severity.value, _phrase(f"todo-{severity.value}s", language, count=count))
        for severity, count in counted.items()
        if count
    ]


def _sections(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """Return the prompts by sheet, in the order in which they come."""
    by_sheet: dict[str, list[Line]] = {}
    for line in lines:
        if line.severity is Severity.PROMPT:
            by_sheet.setdefault(line.sheet, []).append(line)
    return list(by_sheet.items())
