"""Figures drawn by their kind in the frame of a shape that is no chart."""

from __future__ import annotations

from lxml import etree

from pipeline.model import Figure
from pipeline.render.office.chart_drawing import CHART_TYPE, DRAWN_KINDS, draw_chart
from pipeline.render.office.chart_fill import fill_chart
from pipeline.render.office.names import NAMESPACES, Element
from pipeline.render.office.package import Part
from pipeline.render.pptx.copies import drop_shape
from pipeline.render.pptx.filling import Filling, SlideDraft
from pipeline.render.pptx.geometry import Box, box_of
from pipeline.render.pptx.shape_names import properties_of
from pipeline.render.pptx.small_drawings import DRAWINGS, Sketch
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.render.pptx.text_styles import StyleSheet


def draw_in_frame(
    filling: Filling, draft: SlideDraft, shape: Element, template: ShapeTemplate, figure: Figure
) -> Element | None:
    """Replace a shape by the figure in its frame; return what was drawn, None when that cannot be."""
    box = box_of(shape, draft.part, StyleSheet(filling.package.main(), filling.brand))
    if box is None:
        filling.problem(template.place, "the shape has no frame; move it a little, so that PowerPoint writes one.")
        return None
    drawing = DRAWINGS.get(figure.kind)
    if drawing is not None:
        sketch = Sketch(filling.brand, filling.ruler, draft.next_id, filling.view.language)
        drawing(sketch, figure, box)
        drawn = sketch.group(properties_of(shape).get("name", figure.id), box)
    elif figure.kind in DRAWN_KINDS:
        drawn = _native_chart(filling, draft, shape, figure, box)
    else:
        message = (
            f"a figure of kind {figure.kind} cannot be drawn in a shape; bind it to a group with `map:` or `grid:`."
        )
        filling.problem(template.place, message)
        return None
    shape.addnext(drawn)
    drop_shape(shape, draft)
    return drawn


def _native_chart(filling: Filling, draft: SlideDraft, shape: Element, figure: Figure, box: Box) -> Element:
    part = Part(filling.package.new_name("/ppt/charts/chart1.xml"), CHART_TYPE, draw_chart(figure, filling.brand))
    fill_chart(filling.package, part, figure, filling.view.language)
    key = draft.part.relate("chart", part)
    namespaces = " ".join(f'xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in ("p", "a", "r", "c"))
    content = (
        f'<p:graphicFrame {namespaces}><p:nvGraphicFramePr><p:cNvPr id="{draft.next_id()}" name="Chart"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'<p:xfrm><a:off x="{box.left}" y="{box.top}"/><a:ext cx="{box.width}" cy="{box.height}"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="{NAMESPACES["c"]}"><c:chart r:id="{key}"/></a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )
    frame = etree.fromstring(content)
    properties_of(frame).set("name", properties_of(shape).get("name", figure.id))
    return frame
