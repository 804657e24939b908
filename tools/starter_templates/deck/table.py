"""Tables with thin rules: a header row and one sample row, numbers right-aligned."""

from __future__ import annotations

from dataclasses import dataclass

from tools.starter_templates.deck.grid import SMALL, emu
from tools.starter_templates.deck.ink import line, solid
from tools.starter_templates.deck.text import Written, paragraphs

_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its cells say, its share of the width."""

    head: str
    cell: Written
    share: float
    align: str = "l"
    bold: bool = False
    ink: str = "text"
    indent: float = 0
    """Centimetres left free before the text."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with the size of their texts in points and the height of a row in centimetres."""

    columns: tuple[Column, ...]
    size: float = SMALL
    row: float = 0.72
    has_header: bool = True
    total: tuple[Written, ...] = ()

    @property
    def height(self) -> float:
        """Return the height of the sample rows."""
        return self.row * (1 + self.has_header + bool(self.total))

    def xml(self, width: float) -> str:
        """Return the `a:tbl` for a width in centimetres."""
        whole = sum(column.share for column in self.columns)
        grid = "".join(f'<a:gridCol w="{emu(width * column.share / whole)}"/>' for column in self.columns)
        head = self._row([self._head(column, edge) for column, edge in self._edges()]) if self.has_header else ""
        sample = self._row([self._cell(column, column.cell, edge) for column, edge in self._edges()])
        total = self._row([
            self._cell(column, written, edge, is_total=True)
            for (column, edge), written in zip(self._edges(), self.total, strict=True)
        ]) if self.total else ""  # fmt: skip
        properties = (
            f'<a:tblPr firstRow="{int(self.has_header)}"><a:tableStyleId>{_NO_STYLE}</a:tableStyleId></a:tblPr>'
        )
        return f"<a:tbl>{properties}<a:tblGrid>{grid}</a:tblGrid>{head}{sample}{total}</a:tbl>"

    def _edges(self) -> list[tuple[Column, tuple[bool, bool]]]:
        last = len(self.columns) - 1
        return [(column, (number == 0, number == last)) for number, column in enumerate(self.columns)]

    def _row(self, cells: list[str]) -> str:
        return f'<a:tr h="{emu(self.row)}">{"".join(cells)}</a:tr>'

    def _head(self, column: Column, edge: tuple[bool, bool]) -> str:
        content = paragraphs(column.head, size=self.size, ink="muted", bold=True, align=column.align)
        return _cell(content, edge, anchor="b", below=("text", 1.0), indent=column.indent)

    def _cell(self, column: Column, written: Written, edge: tuple[bool, bool], *, is_total: bool = False) -> str:
        content = paragraphs(written, size=self.size, ink=column.ink, bold=column.bold or is_total, align=column.align)
        below = ("text", 1.0) if is_total else ("rule", 0.5)
        return _cell(content, edge, anchor="t", below=below, indent=column.indent)


def _cell(content: str, edge: tuple[bool, bool], *, anchor: str, below: tuple[str, float], indent: float) -> str:
    """Return a cell; the outermost ones have no margin outside, so that text stands on the page's grid."""
    left, right = indent + (0 if edge[0] else 0.16), (0 if edge[1] else 0.16)
    none = "".join(f"<a:{side}><a:noFill/></a:{side}>" for side in ("lnL", "lnR", "lnT"))
    rule = line(*below).replace("a:ln ", "a:lnB ", 1).replace("</a:ln>", "</a:lnB>")
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{content}</a:txBody>"
        f'<a:tcPr marL="{emu(left)}" marR="{emu(right)}" marT="{emu(0.1)}" marB="{emu(0.1)}" anchor="{anchor}">'
        f"{none}{rule}{solid(None)}</a:tcPr></a:tc>"
    )
