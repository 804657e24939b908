"""Drop-down lists: a hidden sheet of choices, and ranges that grow with the tables they name."""

from __future__ import annotations

from collections.abc import Callable

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import Layout, Section
from pipeline.author.meter import Calculations
from pipeline.author.words import NO, YES
from pipeline.definitions.workbook_template import FieldDefinition

SHEET = "_lists"
COMBINED_ROWS = 200
"""How many keys a list over several tables offers; more may be typed."""


class Lists:
    """Writes lists where a field needs one and returns the defined name that validation uses."""

    def __init__(self, workbook: Workbook, worksheet: Worksheet, layout: Layout, calculations: Calculations) -> None:
        self._workbook, self._sheet, self._layout = workbook, worksheet, layout
        self._calculations = calculations
        self._names: dict[tuple[str, ...], str] = {}
        self._next_column = 0

    def of(self, field: FieldDefinition) -> str | None:
        """Return the name of the list a field is chosen from, None for a field without one."""
        language = self._layout.language
        if field.type == "choice":
            return self._fixed(tuple(label.to(language) for label in field.choices.values()))
        if field.type == "yes_no":
            return self._fixed((YES.to(language), NO.to(language)))
        if field.to:
            return self._keys(field.to)
        return None

    def _fixed(self, labels: tuple[str, ...]) -> str:
        return self._remembered(("", *labels), lambda name: self._write_fixed(name, labels))

    def _keys(self, tables: tuple[str, ...]) -> str | None:
        sections = [self._layout.sections[table] for table in tables]
        if any(section.is_form or section.key is None for section in sections):
            return None
        if len(sections) == 1:
            return self._remembered(tables, lambda name: self._define(name, self._used(sections[0])))
        return self._remembered(tables, lambda name: self._write_combined(name, sections))

    def _remembered(self, identity: tuple[str, ...], write: Callable[[str], None]) -> str:
        if identity not in self._names:
            name = f"planpress_list_{len(self._names) + 1}"
            write(name)
            self._names[identity] = name
        return self._names[identity]

    def _write_fixed(self, name: str, labels: tuple[str, ...]) -> None:
        column = self._column(name)
        for row, label in enumerate(labels, 1):
            self._sheet.write_string(row, column, label)
        self._define(name, f"{SHEET}!{xl_range_abs(1, column, len(labels), column)}")

    def _used(self, section: Section) -> str:
        """Return the keys of a table from its first row to the last one in use."""
        area, last = section.place(section.key or ""), self._calculations.last_used(section.table.name)
        return f"INDEX({area},1):INDEX({area},MAX(1,{last}))"

    def _write_combined(self, name: str, sections: list[Section]) -> None:
        """Write the used keys of several tables one below the other, since a drop-down list takes one range only."""
        column = self._column(name)
        for row in range(1, COMBINED_ROWS + 1):
            self._sheet.write_formula(row, column, f"={self._key_at('ROW()-1', sections)}", None, "")
        area = xl_range_abs(1, column, COMBINED_ROWS, column)
        lasts = "+".join(self._calculations.last_used(section.table.name) for section in sections)
        self._define(name, f"{SHEET}!{area.split(':')[0]}:INDEX({SHEET}!{area},MAX(1,MIN({COMBINED_ROWS},{lasts})))")

    def _key_at(self, position: str, sections: list[Section]) -> str:
        """Return a formula for the key at a position, counted through the tables in order."""
        first, *rest = sections
        last = self._calculations.last_used(first.table.name)
        here = f'INDEX({first.place(first.key or "")},{position})&""'
        beyond = self._key_at(f"{position}-{last}", rest) if rest else '""'
        return f"IF({position}<={last},{here},{beyond})"

    def _column(self, name: str) -> int:
        column, self._next_column = self._next_column, self._next_column + 1
        self._sheet.write_string(0, column, name)
        return column

    def _define(self, name: str, area: str) -> None:
        self._workbook.define_name(name, f"={area}")
