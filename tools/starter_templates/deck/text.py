"""Paragraphs and runs as DrawingML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tools.starter_templates.deck.grid import BODY, emu, points
from tools.starter_templates.deck.ink import solid


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one look; None leaves it to the shape's style."""

    text: str
    size: float | None = None
    ink: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs in one paragraph; `before` is the space above in points."""

    runs: tuple[Run, ...]
    align: str = "l"
    before: float = 0
    bullet: bool = False


Written = str | Run | Paragraph | Sequence["str | Run | Paragraph"]


def paragraphs(written: Written, *, size: float = BODY, ink: str = "text", bold: bool = False, align: str = "l") -> str:
    """Return `a:p` elements; plain strings take the look given, one paragraph each."""
    items = [written] if isinstance(written, str | Run | Paragraph) else list(written)
    return "".join(_paragraph(_as_paragraph(item, align), Run("", size, ink, bold)) for item in items)


def _as_paragraph(item: str | Run | Paragraph, align: str) -> Paragraph:
    if isinstance(item, Paragraph):
        return item
    return Paragraph((item if isinstance(item, Run) else Run(item),), align)


def _paragraph(paragraph: Paragraph, base: Run) -> str:
    runs = "".join(_run(run, base) for run in paragraph.runs)
    space = f'<a:spcBef><a:spcPts val="{round(paragraph.before * 100)}"/></a:spcBef>' if paragraph.before else ""
    indent, mark = "", "<a:buNone/>"
    if paragraph.bullet:
        indent = f' marL="{emu(0.4)}" indent="{emu(-0.4)}"'
        mark = '<a:buFont typeface="Arial"/><a:buChar char="–"/>'
    end = f'<a:endParaRPr lang="en-GB" sz="{points(base.size or BODY)}" dirty="0"/>'
    return f'<a:p><a:pPr algn="{paragraph.align}"{indent}>{space}{mark}</a:pPr>{runs}{end}</a:p>'


def _run(run: Run, base: Run) -> str:
    own = replace(run, size=run.size or base.size, ink=run.ink or base.ink, bold=run.bold or base.bold)
    return (
        f'<a:r><a:rPr lang="en-GB" sz="{points(own.size or BODY)}" b="{int(own.bold)}" dirty="0">{solid(own.ink)}'
        f"</a:rPr><a:t>{escape(own.text)}</a:t></a:r>"
    )


def body(content: str, *, anchor: str = "t", wrap: bool = True, insets: tuple[float, float] = (0, 0)) -> str:
    """Return the inside of a `p:txBody` with insets (left and right, top and bottom) in centimetres."""
    across, along = emu(insets[0]), emu(insets[1])
    return (
        f'<a:bodyPr wrap="{"square" if wrap else "none"}" lIns="{across}" rIns="{across}" tIns="{along}" '
        f'bIns="{along}" anchor="{anchor}" rtlCol="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>{content}'
    )
