"""Texts that stand in no shape of the slide: chart titles, drawings in charts, SmartArt, notes."""

from __future__ import annotations

from lxml import etree

from pipeline.render.office.package import Part
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.filling import Filling, Names
from pipeline.render.pptx.shape_names import MARK
from pipeline.render.pptx.text_body import fill_body

TEXT_KINDS = ("chart", "chartUserShapes", "diagramData", "diagramDrawing", "notesSlide")


def text_parts(part: Part) -> list[Part]:
    """Return the parts with texts of their own that a part leads to."""
    found: list[Part] = []
    for relationship in part.relationships.values():
        if isinstance(relationship.target, Part) and relationship.kind.rpartition("/")[2] in TEXT_KINDS:
            found += [relationship.target, *text_parts(relationship.target)]
    return found


def fill_part(filling: Filling, part: Part, names: Names) -> None:
    """Fill the tags of one part and of the drawings it owns."""
    for own in (part, *text_parts(part)):
        for body in [node for node in own.root.iter(etree.Element) if node.get(MARK) is not None]:
            place, template = filling.template.bodies[int(body.attrib.pop(MARK))]
            try:
                fill_body(body, template, filling.context(names))
            except TagError as error:
                filling.fault(place, error)
