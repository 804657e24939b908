"""One slide being drawn: shapes are added from back to front, which is also the order in which they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.slide import Slide
from pptx.util import Emu

from pipeline.render.office.names import NAMESPACES
from tools.starter_templates.deck.charts import Chart
from tools.starter_templates.deck.grid import BODY, Box, emu
from tools.starter_templates.deck.ink import hatch, line, solid
from tools.starter_templates.deck.table import Table
from tools.starter_templates.deck.text import Written, body, paragraphs

_DECLARED = " ".join(f'xmlns:{key}="{NAMESPACES[key]}"' for key in ("a", "p", "r"))
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    f'xmlns:adec="{NAMESPACES["adec"]}" val="1"/></a:ext></a:extLst>'
)


class Page:
    """A slide of the template with its notes."""

    def __init__(self, slide: Slide) -> None:
        self._slide = slide
        self._tree: Any = slide.shapes._spTree
        self._next_id = 100

    # ------------------------------------------------------------------------------------------------ placeholders
    def placeholder(self, kind: str, index: int | None, name: str, written: str, binding: str = "") -> None:
        """Fill a placeholder of the layout with a text in the layout's look."""
        position = f' idx="{index}"' if index is not None else ""
        kind_attribute = f' type="{kind}"' if kind != "obj" else ""
        runs = "".join(
            f'<a:p><a:r><a:rPr lang="en-GB" dirty="0"/><a:t>{escape(part)}</a:t></a:r></a:p>'
            for part in written.split("\n")
        )
        self._add(
            f"<p:sp><p:nvSpPr>{self._named(name, binding)}<p:cNvSpPr><a:spLocks noGrp='1'/></p:cNvSpPr>"
            f"<p:nvPr><p:ph{kind_attribute}{position}/></p:nvPr></p:nvSpPr><p:spPr/>"
            f"<p:txBody><a:bodyPr/><a:lstStyle/>{runs}</p:txBody></p:sp>"
        )

    def footers(self, footer: str) -> None:
        """Add the layout's footer and page number."""
        self.placeholder("ftr", 11, "Footer", footer)
        self._add(
            f"<p:sp><p:nvSpPr>{self._named('Page number', '')}<p:cNvSpPr><a:spLocks noGrp='1'/></p:cNvSpPr>"
            '<p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>'
            '<a:lstStyle/><a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
            '<a:rPr lang="en-GB" dirty="0"/><a:t>‹#›</a:t></a:fld><a:r><a:rPr lang="en-GB" dirty="0"/>'
            "<a:t> / {{ pages }}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    # ------------------------------------------------------------------------------------------------ plain shapes
    def text(
        self,
        place: Box,
        written: Written,
        *,
        name: str,
        size: float = BODY,
        ink: str = "text",
        bold: bool = False,
        align: str = "l",
        anchor: str = "t",
        fill: str | None = None,
        edge: str | None = None,
        edge_width: float = 0.75,
        shape: str = "rect",
        corner: int = 0,
        insets: tuple[float, float] = (0, 0),
        binding: str = "",
    ) -> None:
        """Add a text box, or a shape with text when it has a fill or an edge."""
        content = body(paragraphs(written, size=size, ink=ink, bold=bold, align=align), anchor=anchor, insets=insets)
        is_box = ' txBox="1"' if fill is None and edge is None else ""
        self._add(
            f"<p:sp><p:nvSpPr>{self._named(name, binding)}<p:cNvSpPr{is_box}/><p:nvPr/></p:nvSpPr><p:spPr>"
            f'{_transform(place)}<a:prstGeom prst="{shape}">{_corner(corner)}</a:prstGeom>{solid(fill)}'
            f"{line(edge, edge_width)}</p:spPr><p:txBody>{content}</p:txBody></p:sp>"
        )

    def rule(self, left: float, top: float, width: float, *, ink: str = "rule", weight: float = 0.75) -> None:
        """Add a horizontal hairline, hidden from screen readers."""
        self.connector(Box(left, top, width, 0), name="Rule", ink=ink, weight=weight, decorative=True)

    def connector(
        self, place: Box, *, name: str, ink: str = "rule", weight: float = 0.75, decorative: bool = False,
        geometry: str = "line",
    ) -> None:  # fmt: skip
        """Add a straight or bent line."""
        named = self._named(name, "", inner=_DECORATIVE if decorative else "")
        self._add(
            f"<p:cxnSp><p:nvCxnSpPr>{named}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr>"
            f'{_transform(place)}<a:prstGeom prst="{geometry}"><a:avLst/></a:prstGeom>{line(ink, weight)}'
            "</p:spPr></p:cxnSp>"
        )

    def bar(self, place: Box, *, name: str, fill: str, decorative: bool = True) -> None:
        """Add a filled rectangle without text."""
        named = self._named(name, "", inner=_DECORATIVE if decorative else "")
        self._add(
            f"<p:sp><p:nvSpPr>{named}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{_transform(place)}"
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{solid(fill)}{line(None)}</p:spPr>'
            f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang='en-GB'/></a:p></p:txBody></p:sp>"
        )

    def swatch(self, place: Box, look: str) -> None:
        """Add a small square in the notation of a scenario."""
        if look == "plan":
            fill, edge = solid("background"), line("actual", 1.0)
        elif look == "forecast":
            fill, edge = hatch("actual"), line("actual", 0.75)
        else:
            fill, edge = solid(look.removesuffix(" mark")), line(None)
        shape = "triangle" if look.endswith(" mark") else "rect"
        self._add(
            f"<p:sp><p:nvSpPr>{self._named('Swatch', '', inner=_DECORATIVE)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>"
            f'{_transform(place)}<a:prstGeom prst="{shape}"><a:avLst/></a:prstGeom>{fill}{edge}</p:spPr>'
            "<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang='en-GB'/></a:p></p:txBody></p:sp>"
        )

    # -------------------------------------------------------------------------------------- tables, charts, groups
    def table(self, place: Box, table: Table, *, name: str, binding: str) -> None:
        """Add a table; its frame is as high as its sample rows."""
        moved = Box(place.left, place.top, place.width, table.height)
        self._add(
            f"<p:graphicFrame><p:nvGraphicFramePr>{self._named(name, binding)}<p:cNvGraphicFramePr>"
            f"<a:graphicFrameLocks noGrp='1'/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>"
            f"{_transform(moved, 'p')}<a:graphic><a:graphicData uri='{NAMESPACES['a'].replace('/main', '/table')}'>"
            f"{table.xml(place.width)}</a:graphicData></a:graphic></p:graphicFrame>"
        )

    def chart(self, place: Box, chart: Chart, *, name: str, binding: str) -> None:
        """Add a native chart with sample data and its workbook."""
        data = CategoryChartData()
        data.categories = list(chart.categories)
        for series in chart.series():
            data.add_series(series.name, series.values)
        shapes: Any = self._slide.shapes
        frame = shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Emu(emu(place.left)), Emu(emu(place.top)), Emu(emu(place.width)),
            Emu(emu(place.height)), data,
        )  # fmt: skip
        part = frame.chart.part
        link = part._element.find(f"{{{NAMESPACES['c']}}}externalData").get(f"{{{NAMESPACES['r']}}}id")
        part._element = parse_xml(chart.xml(link))
        part.chart_workbook.xlsx_part._blob = chart.workbook()
        element = frame._element
        named = element[0][0]
        named.set("id", str(self._taken_id()))
        named.set("name", name)
        named.set("descr", binding)
        self._tree.append(element)

    def picture(self, place: Box, content: bytes, *, name: str, binding: str) -> None:
        """Add a picture that the binding replaces by the brand's."""
        shape: Any = self._slide.shapes.add_picture(
            io.BytesIO(content),
            Emu(emu(place.left)),
            Emu(emu(place.top)),
            Emu(emu(place.width)),
            Emu(emu(place.height)),
        )
        named = shape._element[0][0]
        named.set("id", str(self._taken_id()))
        named.set("name", name)
        named.set("descr", binding)

    @contextmanager
    def group(self, place: Box, *, name: str, binding: str = "") -> Iterator[None]:
        """Draw what follows into a group with this frame; places stay those of the page."""
        frame = _transform(place, child=True)
        element: Any = parse_xml(
            f"<p:grpSp {_DECLARED}><p:nvGrpSpPr>{self._named(name, binding)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f"<p:grpSpPr>{frame}</p:grpSpPr></p:grpSp>"
        )
        outer, self._tree = self._tree, element
        outer.append(element)
        yield
        self._tree = outer

    # -------------------------------------------------------------------------------------------------------- notes
    def notes(self, written: str) -> None:
        """Write the notes: leading lines bind the slide, the rest is printed."""
        frame = self._slide.notes_slide.notes_text_frame
        if frame is None:
            raise ValueError("the notes master has no text placeholder")
        frame.text = written

    # ------------------------------------------------------------------------------------------------------ details
    def _add(self, xml: str) -> None:
        head, _, rest = xml.partition(" " if " " in xml.partition(">")[0] else ">")
        joint = " " if " " in xml.partition(">")[0] else ">"
        self._tree.append(parse_xml(f"{head} {_DECLARED}{joint}{rest}"))

    def _named(self, name: str, binding: str, inner: str = "") -> str:
        description = f" descr={quoteattr(binding, {chr(10): '&#xA;'})}" if binding else ""
        return f"<p:cNvPr id='{self._taken_id()}' name={quoteattr(name)}{description}>{inner}</p:cNvPr>"

    def _taken_id(self) -> int:
        self._next_id += 1
        return self._next_id


def _corner(share: int) -> str:
    """Return how round a rectangle's corners are, in hundred-thousandths of its shorter side."""
    return f'<a:avLst><a:gd name="adj" fmla="val {share}"/></a:avLst>' if share else "<a:avLst/>"


def _transform(place: Box, prefix: str = "a", *, child: bool = False) -> str:
    x, y, cx, cy = emu(place.left), emu(place.top), emu(place.width), emu(place.height)
    inner = f'<a:chOff x="{x}" y="{y}"/><a:chExt cx="{cx}" cy="{cy}"/>' if child else ""
    return f'<{prefix}:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{cx}" cy="{cy}"/>{inner}</{prefix}:xfrm>'
