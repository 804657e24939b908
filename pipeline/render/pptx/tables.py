"""Tables: rows repeated by a binding or by `{%tr … %}` rows, filled in one rendering each.

In a table with `for:` the rows that name the loop's variable repeat together; a row that names `group` opens a
group, one that names `total` closes it. Rows before them are the header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum

from jinja2 import TemplateSyntaxError, meta

from pipeline.render.office.names import Element, name
from pipeline.render.pptx.expressions import (
    CELL,
    END,
    ROW,
    TAG,
    TextTemplate,
    compile_text,
    engine,
    has_tag,
    own_line,
    pieces,
    without,
)
from pipeline.render.pptx.loops import Loop
from pipeline.render.pptx.text_body import Mark, body_source, set_text, text_of, write_body
from pipeline.wording import plain_expression

A_TR, A_TC, A_TXBODY, A_TBLPR = name("a:tr"), name("a:tc"), name("a:txBody"), name("a:tblPr")
_WHOLE_ROW = re.compile(r"^\s*\{%[-+]?tr\s(.*?)%\}\s*$", re.DOTALL)
_GROUPS = "_groups"


class Role(StrEnum):
    """What a row of a sample table is for."""

    HEADER = "header"
    GROUP = "group"
    EACH = "each"
    TOTAL = "total"
    FIXED = "fixed"


@dataclass(frozen=True)
class TableTemplate:
    """A compiled table: one text for all its rows; the role of each sample row (control rows are FIXED)."""

    text: TextTemplate
    roles: tuple[Role, ...]
    flat_cells: frozenset[tuple[int, int]]
    loop: Loop | None

    @property
    def names(self) -> frozenset[str]:
        """Return the names that rows and loop ask the context for."""
        if self.loop is None:
            return self.text.names
        return without(self.text.names, [self.loop.variable, "group", "total", _GROUPS]) | self.loop.names


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of a filled table and what it is for."""

    element: Element
    role: Role


@dataclass(frozen=True, slots=True)
class CellMark:
    """A mark of `impact` or `rag` in a cell."""

    cell: Element
    mark: Mark


@dataclass(frozen=True)
class FilledTable:
    """A filled table's rows and marks; `items` is how many the loop gave, None without loop."""

    rows: list[FilledRow]
    marks: list[CellMark]
    items: int | None
    samples: list[Element]


def compile_table(table: Element, loop: Loop | None) -> TableTemplate | None:
    """Return the template of a table (`a:tbl`), None when nothing in it is for the engine."""
    rows = [_RowSource.read(number, row) for number, row in enumerate(table.iterchildren(A_TR))]
    if loop is None and not any(has_tag(row.source) for row in rows):
        return None
    roles = _roles(rows, loop, has_header=table.find(A_TBLPR) is not None)
    source = _looped(rows, roles, loop) if loop else "".join(row.source for row in rows)
    flat = frozenset(cell for row in rows for cell in row.flat_cells)
    return TableTemplate(compile_text(source), roles, flat, loop)


@dataclass(frozen=True)
class _RowSource:
    source: str
    is_control: bool
    flat_cells: frozenset[tuple[int, int]]

    @classmethod
    def read(cls, number: int, row: Element) -> _RowSource:
        bodies = [(position, cell.find(A_TXBODY)) for position, cell in enumerate(row.iterchildren(A_TC))]
        whole = _WHOLE_ROW.match("".join(text_of(body) for _, body in bodies if body is not None))
        if whole:
            return cls("{%" + whole.group(1) + "%}", is_control=True, flat_cells=frozenset())
        source, flat = f"{ROW}{number}{END}", set()
        for position, body in bodies:
            text, is_flat = body_source(body) if body is not None else ("", True)
            if has_tag(text):
                source += f"{CELL}{position}{END}{text}"
                flat |= {(number, position)} if is_flat else set()
        return cls(source, is_control=False, flat_cells=frozenset(flat))

    def names(self) -> set[str]:
        plain = TAG.sub(lambda match: own_line(plain_expression(match.group())), self.source)
        try:
            return set(meta.find_undeclared_variables(engine().parse(plain)))
        except TemplateSyntaxError:
            compile_text(self.source)
            raise


def _roles(rows: list[_RowSource], loop: Loop | None, *, has_header: bool) -> tuple[Role, ...]:
    if loop is None:
        first = next((number for number, row in enumerate(rows) if row.is_control), 1 if has_header else 0)
        return tuple(Role.HEADER if number < first else Role.EACH for number in range(len(rows)))
    found = [_role(row.names(), loop) for row in rows]
    looped = [number for number, role in enumerate(found) if role is not Role.FIXED]
    first, last = (looped[0], looped[-1]) if looped else (len(rows), -1)
    return tuple(
        Role.HEADER if number < first else Role.EACH if role is Role.FIXED and number < last else role
        for number, role in enumerate(found)
    )


def _role(names: set[str], loop: Loop) -> Role:
    if loop.variable in names:
        return Role.EACH
    if "group" in names and loop.group:
        return Role.GROUP
    return Role.TOTAL if "total" in names else Role.FIXED


def _looped(rows: list[_RowSource], roles: tuple[Role, ...], loop: Loop) -> str:
    def of(role: Role) -> str:
        return "".join(row.source for row, own in zip(rows, roles, strict=True) if own is role)

    opening = f"{{% for group, _items, total in {_GROUPS} %}}"
    each = f"{{% for {loop.variable} in _items %}}{of(Role.EACH)}{{% endfor %}}"
    groups = f"{opening}{of(Role.GROUP)}{each}{of(Role.TOTAL)}{{% endfor %}}"
    return of(Role.HEADER) + groups + of(Role.FIXED)


def fill_table(table: Element, template: TableTemplate, context: Mapping[str, object]) -> FilledTable:
    """Replace the table's rows by filled ones; raise TagError naming the tag that failed."""
    loop, items = template.loop, None
    if loop is not None:
        items = loop.items(context)
        groups = [(group.value, group.items, group.total) for group in loop.groups(items)]
        context = {**context, _GROUPS: groups}
    samples = list(table.iterchildren(A_TR))
    rows, marks = _rows(samples, template, template.text.render(context))
    for sample in samples:
        table.remove(sample)
    table.extend(row.element for row in rows)
    return FilledTable(rows, marks, None if items is None else len(items), samples)


def _rows(samples: list[Element], template: TableTemplate, rendered: str) -> tuple[list[FilledRow], list[CellMark]]:
    rows: list[FilledRow] = []
    marks: list[CellMark] = []
    cells: list[tuple[int, list[tuple[str, str, str]]]] = []
    number = -1

    def finish() -> None:
        if number < 0:
            return
        row = deepcopy(samples[number])
        rows.append(FilledRow(row, template.roles[number]))
        targets = list(row.iterchildren(A_TC))
        for position, content in cells:
            is_flat = (number, position) in template.flat_cells
            marks.extend(_write_cell(targets[position], content, is_flat=is_flat))

    for piece in pieces(rendered):
        if piece[0] == ROW:
            finish()
            number, cells = int(piece[1]), []
        elif piece[0] == CELL:
            cells.append((int(piece[1]), []))
        elif cells:
            cells[-1][1].append(piece)
    finish()
    return rows, marks


def _write_cell(cell: Element, content: list[tuple[str, str, str]], *, is_flat: bool) -> list[CellMark]:
    body = cell.find(A_TXBODY)
    if body is None:
        return []
    return [CellMark(cell, mark) for mark in write_body(body, content, is_flat=is_flat)]


def write_empty_line(table: Element, template: TableTemplate, filled: FilledTable, text: str) -> None:
    """Give a table without items its `empty:` line: the first repeated row, its first cell as wide as the table."""
    number = next((position for position, role in enumerate(template.roles) if role is Role.EACH), None)
    if number is None:
        return
    row = deepcopy(filled.samples[number])
    cells = list(row.iterchildren(A_TC))
    for position, cell in enumerate(cells):
        _span_whole_row(cell, position, len(cells))
        body = cell.find(A_TXBODY)
        if body is not None:
            set_text(body, text if position == 0 else "")
    table.append(row)
    filled.rows.append(FilledRow(row, Role.EACH))


def _span_whole_row(cell: Element, position: int, count: int) -> None:
    for key in ("gridSpan", "hMerge", "rowSpan", "vMerge"):
        cell.attrib.pop(key, "")
    if count > 1 and position == 0:
        cell.set("gridSpan", str(count))
    elif count > 1:
        cell.set("hMerge", "1")
