"""The whole reading of one workbook, from its bytes to a `Workbook`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.extract.conventions import Conventions
from pipeline.extract.faults import of_place, of_sheet, unreadable
from pipeline.extract.forms import missing_labels, read_form
from pipeline.extract.grid import Sheet, read_sheets
from pipeline.extract.labels import label_key
from pipeline.extract.layouts import FormLayout, Layout, TableLayout
from pipeline.extract.mark import Mark, find_mark
from pipeline.extract.package import open_package
from pipeline.extract.section import Section, sections_of
from pipeline.extract.sheets import Match, locate, match_sheets
from pipeline.extract.tables import missing_headings, read_table
from pipeline.extract.values import reader_for
from pipeline.extract.words import shown
from pipeline.formats import EN_DASH
from pipeline.model import Arrival, Finding, Row, Scalar, Severity, Table, Workbook


def extract(arrival: Arrival, templates: Mapping[str, WorkbookTemplate]) -> Workbook:
    """Return a saved file as a workbook of typed values, everything wrong with it among its findings.

    Raise UnreadableWorkbook, with the finding that says why, for a file that must not or cannot be opened, is a copy
    made by planpress, is still blank, or belongs to none of `templates` (by name).
    """
    package = open_package(arrival.content)
    sheets = read_sheets(package)
    mark = find_mark(sheets, templates)
    reading = _Reading(mark, sheets)
    tables = reading.tables()
    findings = (*package.findings(), *mark.findings(), *reading.findings)
    return Workbook(
        file=arrival.file, sha256=arrival.sha256, template=mark.template.template, version=mark.version,
        language=reading.language, tables=tables, findings=findings,
        saved_by=package.saved_by, saved_at=package.saved_at,
    )  # fmt: skip


class _Reading:
    """The state of reading one workbook: what was found where, in which language, under which conventions."""

    def __init__(self, mark: Mark, sheets: list[Sheet]) -> None:
        self._mark, self._template = mark, mark.template
        self.findings: list[Finding] = [
            of_place("sheet-far-out", Severity.WARNING, sheet.cut_at) for sheet in sheets if sheet.cut_at is not None
        ]
        titles = _language_of_titles(self._template, sheets, mark.language)
        self._sections = sections_of(self._template, titles)
        self._matches = match_sheets(self._template, sheets, self._sections, titles)
        self._layouts = dict(self._located())
        self.language = _language_of_labels(self._layouts.values(), self._template, titles)
        self._tier = self._role_value(self._template.roles.tier)
        self._conventions = self._account_conventions()

    def _located(self) -> Iterator[tuple[str, Layout]]:
        for match in self._matches.values():
            sections = [self._sections[table.name] for table in match.definition.sections]
            for layout in locate(match.definition, sections, match.sheet):
                yield layout.section.name, layout

    def _role_value(self, path: str | None) -> str | None:
        """Return the value of a role that stands in a form, read before the account's conventions are known."""
        table, _, name = (path or "").partition(".")
        layout = self._layouts.get(table)
        if not isinstance(layout, FormLayout) or name not in layout.values:
            return None
        raw = layout.sheet.value(*layout.values[name])
        value = None if raw == "" else reader_for(layout.section.fields[name], Conventions())(raw)
        return value if isinstance(value, str) else None

    def _account_conventions(self) -> Conventions:
        roles = self._template.roles
        languages = (self.language, self._role_value(roles.language))
        currency = self._role_value(roles.currency)
        return Conventions(tuple(dict.fromkeys(filter(None, languages))), currency.upper() if currency else None)

    # Reading the sections

    def tables(self) -> dict[str, Table]:
        """Return every form and table of the template; raise UnreadableWorkbook when the workbook is still blank."""
        tables = {name: self._table(self._sections[name]) for name in self._template.tables}
        self._judge_account(tables)
        return tables

    def _table(self, section: Section) -> Table:
        match = self._matches.get(section.sheet.sections[0].name)
        if match is None:
            self.findings.extend(self._missing_sheet(section))
            return _absent(section)
        if section.table is section.sheet.sections[0]:
            self.findings.extend(match.findings())
        table = self._read(self._layouts[section.name])
        return table if self._counts(match, section, table) else _absent(section)

    def _read(self, layout: Layout) -> Table:
        section = layout.section
        readers = section.readers(self._conventions)
        asked = {field.name: field.required for field in section.table.fields if self._asks(section, field)}
        if isinstance(layout, FormLayout):
            self.findings.extend(missing_labels(layout, asked))
            return read_form(layout, readers, self.findings)
        if not isinstance(layout, TableLayout):
            raise TypeError(layout)
        self.findings.extend(missing_headings(layout, asked))
        return read_table(layout, readers, self.findings)

    def _asks(self, section: Section, field: FieldDefinition) -> bool:
        """Return whether a workbook of this version and tier should have the field."""
        if field.since > self._mark.version:
            return False
        return self._is_asked(section.sheet.from_tier) and self._is_asked(field.from_tier)

    def _is_asked(self, from_tier: str | None) -> bool:
        """Return whether the account's tier asks for what begins at `from_tier`; without a tier, the lowest does."""
        tiers = self._template.tiers
        return self._template.asks(from_tier, self._tier if self._tier in tiers else tiers[0] if tiers else None)

    def _counts(self, match: Match, section: Section, table: Table) -> bool:
        """Return whether a sheet is in use: a hidden one that is empty and not asked for is switched off."""
        return not match.sheet.hidden or bool(table.rows) or self._is_asked(section.sheet.from_tier)

    def _missing_sheet(self, section: Section) -> Iterator[Finding]:
        if section.table is section.sheet.sections[0] and self._is_asked(section.sheet.from_tier):
            title = section.sheet.sheet
            yield of_sheet("sheet-missing", Severity.ERROR, title.to(self.language), section.name, title=title)

    # Whose workbook it is

    def _judge_account(self, tables: Mapping[str, Table]) -> None:
        """Report what hides whose workbook it is; raise UnreadableWorkbook when nothing is filled in at all."""
        roles = self._template.roles
        if self._is_open(tables, roles.id) and self._is_blank(tables):
            raise unreadable("template-blank", field=self._template.field(roles.id).label)
        for code, path in (("account-id", roles.id), ("account-name", roles.name)):
            self.findings.extend(self._without_account(code, path, tables))

    def _is_open(self, tables: Mapping[str, Table], path: str) -> bool:
        """Return whether the field of a role has its cell, and nothing in it."""
        table, _, name = path.partition(".")
        row = tables[table].rows[0]
        return row.values[name] is None and name in row.cells and self._flaw_at(table, name) is None

    def _without_account(self, code: str, path: str, tables: Mapping[str, Table]) -> Iterator[Finding]:
        """Yield the error of a role without value, unless its label or sheet is missing, which was told."""
        table, _, name = path.partition(".")
        row, label = tables[table].rows[0], self._template.field(path).label
        cell = row.cells.get(name)
        if cell is None or row.values[name] is not None:
            return
        flaw = self._flaw_at(table, name)
        if flaw is None:
            yield of_place(f"{code}-missing", Severity.ERROR, cell, table, field=label)
            return
        self.findings.remove(flaw)
        sheet = self._layouts[table].sheet
        found = shown(sheet.value(cell.row, cell.column)) or sheet.faults.get((cell.row, cell.column)) or EN_DASH
        yield of_place(f"{code}-unusable", Severity.ERROR, cell, table, field=label, found=found)

    def _flaw_at(self, table: str, name: str) -> Finding | None:
        return next((item for item in self.findings if item.section == table and item.field == name), None)

    def _is_blank(self, tables: Mapping[str, Table]) -> bool:
        """Return whether nobody has filled in anything: forms hold defaults only, tables what the template prefills."""
        return all(self._is_as_made(self._template.tables[name], table) for name, table in tables.items())

    def _is_as_made(self, definition: TableDefinition, table: Table) -> bool:
        if self._template.is_form(definition.name):
            defaults = {field.name: field.default for field in definition.fields}
            return all(_is_default(row, defaults) for row in table.rows)
        return len(table.rows) <= len(definition.prefill)


def _is_default(row: Row, defaults: Mapping[str, Scalar]) -> bool:
    return not row.unknown and all(value is None or value == defaults[name] for name, value in row.values.items())


def _absent(section: Section) -> Table:
    """Return a section whose sheet is missing: a table without rows, a form with one empty row."""
    nothing: dict[str, Scalar] = dict.fromkeys(section.fields)
    rows = (Row(section.number(0), nothing),) if section.is_form else ()
    return Table(section.name, "", rows, present=False)


def _language_of_titles(template: WorkbookTemplate, sheets: list[Sheet], marked: str | None) -> str:
    """Return the language in which most sheets are titled; among equals the marked one, then the template's first."""
    titles = {label_key(sheet.title) for sheet in sheets}
    counts: Counter[str] = Counter()
    for definition in template.sheets:
        counts.update(language for language, text in definition.sheet.by_language.items() if label_key(text) in titles)
    return _most(counts, template, marked)


def _language_of_labels(layouts: Iterable[Layout], template: WorkbookTemplate, titles: str) -> str:
    counts: Counter[str] = Counter()
    for layout in layouts:
        for text in layout.texts:
            counts.update(layout.section.labels.languages_of(text))
    return _most(counts, template, titles)


def _most(counts: Counter[str], template: WorkbookTemplate, preferred: str | None) -> str:
    order = [language for language in (preferred, *template.languages) if language is not None]
    return max(order, key=lambda language: counts[language]) if order else "en"
