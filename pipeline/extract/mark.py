"""Which template a workbook was made from: its hidden mark, or else the titles of its sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.extract.faults import of_file, unreadable
from pipeline.extract.grid import Sheet
from pipeline.extract.labels import label_key
from pipeline.extract.words import cleaned, plain, shown
from pipeline.model import Finding, Severity

MARK_SHEET = "_planpress"
_MARK_ROWS = 10
_LIKE_ENOUGH = 0.6


@dataclass(frozen=True)
class Mark:
    """The template of a workbook, the version it was made from, and the language it was made in, where known."""

    template: WorkbookTemplate
    version: int
    language: str | None
    is_certain: bool

    def findings(self) -> Iterator[Finding]:
        """Yield what there is to say of template and version."""
        installed = self.template.version
        if not self.is_certain:
            yield of_file("template-mark-missing", Severity.WARNING, template=self.template.title)
        if self.version < installed:
            yield of_file("template-older", Severity.WARNING, found=self.version, installed=installed)
        if self.version > installed:
            yield of_file("template-newer", Severity.ERROR, found=self.version, installed=installed)


def find_mark(sheets: list[Sheet], templates: Mapping[str, WorkbookTemplate]) -> Mark:
    """Return a workbook's mark; raise UnreadableWorkbook for a copy of ours, or when no template is known or fits."""
    for sheet in sheets:
        if sheet.title == MARK_SHEET:
            return _written_mark(sheet, templates)
    likeness = {name: _likeness(sheets, template) for name, template in templates.items()}
    best = max(likeness, key=lambda name: likeness[name], default=None)
    if best is None or likeness[best] < _LIKE_ENOUGH or list(likeness.values()).count(likeness[best]) > 1:
        raise unreadable("template-not-recognised", known=_known(templates))
    return Mark(templates[best], templates[best].version, None, is_certain=False)


def _written_mark(sheet: Sheet, templates: Mapping[str, WorkbookTemplate]) -> Mark:
    pairs = [(sheet.value(row, 1), sheet.value(row, 2)) for row in range(1, _MARK_ROWS + 1)]
    entries = {
        cleaned(str(key)): value if isinstance(value, str) else plain(value) for key, value in pairs if key != ""
    }
    if entries.get("kind") == "copy":
        raise unreadable("template-copy")
    name = entries.get("template", "")
    if name not in templates:
        raise unreadable("template-unknown", template=shown(name), known=_known(templates))
    version = entries.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 9 else templates[name].version
    return Mark(templates[name], number, entries.get("language") or None, is_certain=True)


def _likeness(sheets: list[Sheet], template: WorkbookTemplate) -> float:
    """Return which share of the sheets that every account needs stands in the workbook by title."""
    titles = {label_key(sheet.title) for sheet in sheets}
    needed = [
        sheet
        for sheet in template.sheets
        if sheet.kind != "guidance" and template.asks(sheet.from_tier, _lowest(template))
    ]
    found = sum(any(label_key(title) in titles for title in sheet.titles) for sheet in needed)
    return found / len(needed) if needed else 0.0


def _lowest(template: WorkbookTemplate) -> str | None:
    return template.tiers[0] if template.tiers else None


def _known(templates: Mapping[str, WorkbookTemplate]) -> str:
    return ", ".join(sorted(templates))
