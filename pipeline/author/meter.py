"""The completeness meter: Excel formulas that count as planpress counts (docs/measures.md, completeness).

Every required field has one line on a hidden sheet: the rank of the tier it is asked from, the cells that should be
filled, those that are, and those that are filled or hold the word for a known gap. The guidance sheet adds them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import Layout, Section
from pipeline.author.words import NO, UNKNOWN_WORDS, YES
from pipeline.definitions.workbook_template import FieldDefinition

SHEET = "_calculations"
TIER_NAME = "planpress_tier"
"""Defined name of the cell that holds the rank of the account's tier."""

TIER_ROW, FIRST_ROW = 0, 3
SECTION_COLUMN, FIELD_COLUMN, RANK_COLUMN, ROWS_COLUMN, FILLED_COLUMN, ANSWERED_COLUMN = range(6)
USED_COLUMNS = (7, 8, 9)
"""Table name, rows with content, and number of the last row in use."""

NAME, REQUIRED, FILLED, ANSWERED, FILLED_SHARE, ANSWERED_SHARE = range(11, 17)
"""Columns of the sections' sums; shares are empty where nothing is required."""

Cells = Mapping[tuple[str, str], object]
"""What a blank workbook holds in its forms, by form and field."""


@dataclass(frozen=True)
class Count:
    """Cells of one section: required of the account's tier, filled, and filled or `unknown`."""

    required: int
    filled: int
    answered: int


def blank_count(layout: Layout, section: Section, cells: Cells) -> Count:
    """Return the count of a section as it is written: forms hold `cells`, tables the rows of their `prefill`."""
    asked = [field for field in layout.required(section) if layout.is_asked(section, field)]
    if section.is_form:
        filled = sum((section.table.name, field.name) in cells for field in asked)
        return Count(len(asked), filled, filled)
    rows = section.table.prefill
    filled = sum(field.name in row or section.is_numbered(field) for row in rows for field in asked)
    return Count(len(asked) * max(len(rows), section.table.min_rows), filled, filled)


def mean_share(sections: list[tuple[int, int]]) -> Decimal:
    """Return the mean share of sections given as (required, done) cells, 1 when none requires any."""
    shares = [Decimal(done) / required for required, done in sections if required]
    return sum(shares, Decimal(0)) / len(shares) if shares else Decimal(1)


def tier_label(layout: Layout, tier: str) -> str:
    """Return the label of a tier as the tier's field offers it, else the tier itself."""
    role = layout.role(layout.template.roles.tier)
    label = role[1].choices.get(tier) if role else None
    return tier if label is None else label.to(layout.language)


class Calculations:
    """Writes the hidden sheet and knows where its results stand."""

    def __init__(self, worksheet: Worksheet, layout: Layout, cells: Cells) -> None:
        self._sheet, self._layout, self._cells = worksheet, layout, cells
        self._lines: dict[str, tuple[int, int]] = {}
        self._used_rows: dict[str, int] = {}

    def write(self) -> None:
        """Write tier, used rows of tables, and one line per required field."""
        self._write_tier()
        tables = [section for section in self._layout.sections.values() if not section.is_form]
        for row, section in enumerate(tables, FIRST_ROW):
            self._write_used_rows(row, section)
        row = FIRST_ROW
        for position, section in enumerate(self._layout.metered):
            row = self._write_section(row, section)
            self._write_sums(FIRST_ROW + position, section)

    def last_used(self, table: str) -> str:
        """Return the cell with the number of a table's last used row, counted from its first."""
        return _absolute(self._used_rows[table], USED_COLUMNS[2])

    def of_section(self, position: int, column: int) -> str:
        """Return the cell of a sum of the section at `position` in the layout's order of metered sections."""
        return _absolute(FIRST_ROW + position, column)

    def mean(self, column: int) -> str:
        """Return the formula of the mean share of all sections that have required cells, 1 when there are none."""
        first, last = self.of_section(0, column), FIRST_ROW + max(len(self._layout.metered), 1) - 1
        return f"IFERROR(AVERAGE({first}:{xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)}),1)"

    def _range(self, section: Section, column: int) -> str:
        first, last = self._lines[section.table.name]
        return f"{_absolute(first, column)}:{xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)}"

    def _write_tier(self) -> None:
        layout, highest = self._layout, self._layout.template.rank(None)
        self._sheet.write_string(TIER_ROW, 0, "tier")
        role = layout.role(layout.template.roles.tier)
        if role is None or not layout.template.tiers:
            self._sheet.write_number(TIER_ROW, 1, highest)
            return
        section, field = role
        cell = section.place(field.name)
        labels = [tier_label(layout, tier) for tier in layout.template.tiers]
        match, other = (f"MATCH(TRIM({cell}),{_constants(words)},0)-1" for words in (labels, layout.template.tiers))
        self._sheet.write_formula(TIER_ROW, 1, f"=IFERROR({match},IFERROR({other},{highest}))", None, layout.own_rank)

    def _write_used_rows(self, row: int, section: Section) -> None:
        name, written = section.table.name, len(section.table.prefill)
        content = _row_has_content(section)
        self._used_rows[name] = row
        self._sheet.write_string(row, USED_COLUMNS[0], name)
        self._write_array(row, USED_COLUMNS[1], f"SUM(--{content})", written)
        self._write_array(row, USED_COLUMNS[2], f"MAX({content}*{_numbers(section)})", written)

    def _write_section(self, row: int, section: Section) -> int:
        fields = self._layout.required(section)
        self._lines[section.table.name] = (row, row + len(fields) - 1)
        for field in fields:
            self._write_field(row, section, field)
            row += 1
        return row

    def _write_sums(self, row: int, section: Section) -> None:
        count = blank_count(self._layout, section, self._cells)
        rank, required = self._range(section, RANK_COLUMN), _absolute(row, REQUIRED)
        self._sheet.write_string(row, NAME, section.table.name)
        sums = (
            (REQUIRED, ROWS_COLUMN, count.required),
            (FILLED, FILLED_COLUMN, count.filled),
            (ANSWERED, ANSWERED_COLUMN, count.answered),
        )
        for column, source, value in sums:
            formula = f'=SUMIF({rank},"<="&{TIER_NAME},{self._range(section, source)})'
            self._sheet.write_formula(row, column, formula, None, value)
        for column, source, value in ((FILLED_SHARE, FILLED, count.filled), (ANSWERED_SHARE, ANSWERED, count.answered)):
            share = f'IF({required}=0,"",IFERROR({_absolute(row, source)}/{required},0))'
            known = value / count.required if count.required else ""
            self._sheet.write_formula(row, column, f"=IF(ISERROR({required}),0,{share})", None, known)

    def _write_field(self, row: int, section: Section, field: FieldDefinition) -> None:
        answered = f"SUM(--({self._is_answered(section, field)}))"
        gaps = f"SUM(--ISNUMBER({_match(_text(section.place(field.name)), _gap_words(field))}))"
        known = self._known(section, field)
        self._sheet.write_string(row, SECTION_COLUMN, section.table.name)
        self._sheet.write_string(row, FIELD_COLUMN, field.name)
        self._sheet.write_number(row, RANK_COLUMN, self._layout.asked_from(section, field))
        self._write_rows(row, section)
        self._write_array(row, FILLED_COLUMN, f"{answered}-{gaps}", known)
        self._write_array(row, ANSWERED_COLUMN, answered, known)

    def _known(self, section: Section, field: FieldDefinition) -> int:
        """Return how many cells of a field hold something as written."""
        if section.is_form:
            return int((section.table.name, field.name) in self._cells)
        return sum(field.name in row or section.is_numbered(field) for row in section.table.prefill)

    def _is_answered(self, section: Section, field: FieldDefinition) -> str:
        own = _has_content(section.place(field.name))
        return f"{own}*{_row_has_content(section)}" if section.is_numbered(field) else own

    def _write_rows(self, row: int, section: Section) -> None:
        """Write how many cells of a field should be filled: one of a form, else one for each row with content."""
        if section.is_form:
            self._sheet.write_number(row, ROWS_COLUMN, 1)
            return
        least, used = section.table.min_rows, _absolute(self._used_rows[section.table.name], USED_COLUMNS[1])
        known = max(least, len(section.table.prefill))
        self._sheet.write_formula(row, ROWS_COLUMN, f"=MAX({least},{used})", None, known)

    def _write_array(self, row: int, column: int, formula: str, value: int) -> None:
        self._sheet.write_array_formula(row, column, row, column, f"{{={formula}}}", None, value)


def _constants(words: Iterable[str]) -> str:
    """Return an array constant of texts."""
    quoted = ('"' + word.replace('"', '""') + '"' for word in words)
    return "{" + ",".join(quoted) + "}"


def _absolute(row: int, column: int) -> str:
    return f"{SHEET}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def _text(area: str) -> str:
    """Return an array of trimmed lower-case texts; an error reads as nothing."""
    return f'IFERROR(LOWER(TRIM({area})),"")'


def _match(texts: str, words: Iterable[str]) -> str:
    return f"MATCH({texts},{_constants(words)},0)"


def _gap_words(field: FieldDefinition) -> list[str]:
    """Return the words that mean a known gap in a field: those that are no choice of it."""
    choices = {text.lower() for label in field.choices.values() for text in label.by_language.values()}
    return [word for word in UNKNOWN_WORDS if word not in choices and word not in field.choices]


def _has_content(area: str) -> str:
    """Return an array of TRUE and FALSE: blanks and spaces are no content, an error is none either."""
    return f"IFERROR(LEN(TRIM({area}))>0,FALSE)"


def _row_has_content(section: Section) -> str:
    """Return an array of TRUE and FALSE: whether a row holds more than its number and defaults."""
    return f"(({'+'.join(_tells_of_row(section, field) for field in section.table.fields)})>0)"


def _tells_of_row(section: Section, field: FieldDefinition) -> str:
    """Return an array that says where a field holds something that somebody typed."""
    area = section.place(field.name)
    if section.is_numbered(field):
        prefix, text = section.table.prefix or "", f"TRIM({area})"
        is_number = f'EXACT(LEFT({text},{len(prefix)}),"{prefix}")*ISNUMBER(--MID({text},{len(prefix) + 1},9))'
        return f"IFERROR((LEN(TRIM({area}))>0)*(1-{is_number}),0)"
    if field.default is not None:
        return f"IFERROR((LEN(TRIM({area}))>0)*ISERROR({_match(_text(area), _default_words(field))}),0)"
    return _has_content(area)


def _default_words(field: FieldDefinition) -> list[str]:
    """Return how a field's default may stand in a cell, in any language."""
    if field.type == "yes_no":
        meant = YES if field.default in (True, "yes") else NO
        return [*meant.by_language.values()]
    label = field.choices.get(str(field.default))
    labels = label.by_language.values() if label else ()
    return [str(field.default).lower(), *(text.lower() for text in labels)]


def _numbers(section: Section) -> str:
    first = section.place(section.table.fields[0].name)
    return f"(ROW({first})-ROW(INDEX({first},1))+1)"
