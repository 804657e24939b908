"""Which sheet of a workbook is which sheet of its template: by title, or else by the headings on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.definitions.workbook_template import SheetDefinition, WorkbookTemplate
from pipeline.extract.blocks import locate_tables
from pipeline.extract.faults import of_sheet
from pipeline.extract.forms import locate_form
from pipeline.extract.grid import Sheet
from pipeline.extract.labels import label_key
from pipeline.extract.layouts import Layout
from pipeline.extract.mark import MARK_SHEET
from pipeline.extract.section import Section
from pipeline.extract.tables import locate_table
from pipeline.model import Finding, Severity

_LIKE_ENOUGH = 0.6
_FEWEST_HEADINGS = 2


@dataclass(frozen=True)
class Match:
    """A sheet of the workbook found for one of the template, and how."""

    definition: SheetDefinition
    sheet: Sheet
    by_title: bool
    spare: tuple[Sheet, ...] = ()

    def findings(self) -> Iterator[Finding]:
        """Yield a warning for a sheet that was found by its headings, and for others with a title of its own."""
        title = self.definition.sheet
        if not self.by_title:
            yield of_sheet("sheet-renamed", Severity.WARNING, self.sheet.title, title=title)
        for sheet in self.spare:
            if not sheet.is_empty:
                yield of_sheet("sheet-twice", Severity.WARNING, sheet.title, title=title, used=self.sheet.title)


def locate(definition: SheetDefinition, sections: list[Section], sheet: Sheet) -> list[Layout]:
    """Return where the sections of a sheet stand."""
    if definition.kind == "form":
        return [locate_form(sections[0], sheet)]
    if definition.kind == "table":
        return [locate_table(sections[0], sheet)]
    return list(locate_tables(sections, sheet))


def match_sheets(
    template: WorkbookTemplate, sheets: list[Sheet], sections: dict[str, Section], language: str
) -> dict[str, Match]:
    """Return the match of each sheet definition that has one, by the name of its first section."""
    free = [sheet for sheet in sheets if sheet.title != MARK_SHEET]
    matches: dict[str, Match] = {}
    wanted = [definition for definition in template.sheets if definition.sections]
    for definition in wanted:
        if found := _by_title(definition, free, language):
            matches[definition.sections[0].name] = Match(definition, found[0], by_title=True, spare=tuple(found[1:]))
            free = [sheet for sheet in free if sheet not in found]
    for definition in wanted:
        name = definition.sections[0].name
        if name not in matches and (sheet := _by_headings(definition, free, sections)):
            matches[name] = Match(definition, sheet, by_title=False)
            free.remove(sheet)
    return matches


def _by_title(definition: SheetDefinition, sheets: list[Sheet], language: str) -> list[Sheet]:
    """Return the sheets with one of the definition's titles, the one in the workbook's language first."""
    titles = {label_key(title) for title in definition.titles}
    own = label_key(definition.sheet.to(language))
    return sorted(
        (sheet for sheet in sheets if label_key(sheet.title) in titles), key=lambda sheet: label_key(sheet.title) != own
    )


def _by_headings(definition: SheetDefinition, sheets: list[Sheet], sections: dict[str, Section]) -> Sheet | None:
    """Return the sheet that clearly has the definition's headings, if there is one."""
    fields = sum(len(table.fields) for table in definition.sections)
    best, most = None, max(_FEWEST_HEADINGS, _LIKE_ENOUGH * fields) - 1
    for sheet in sheets:
        found = sum(
            layout.found
            for layout in locate(definition, [sections[table.name] for table in definition.sections], sheet)
        )
        if found > most:
            best, most = sheet, found
    return best if best is not None and most >= max(_FEWEST_HEADINGS, _LIKE_ENOUGH * fields) else None
