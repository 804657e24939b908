"""Colours that say something: what `impact` and `rag` mark in cells and texts.

`favourable` and `adverse` colour the words, levels (red, amber, green and the brand's other states) fill the cell.
"""

from __future__ import annotations

from lxml import etree

from pipeline.definitions.brand import Brand
from pipeline.render.office.names import Element, name
from pipeline.render.pptx.tables import CellMark
from pipeline.render.pptx.text_body import A_RPR, Mark

A_TCPR, A_SOLID, A_RGB = name("a:tcPr"), name("a:solidFill"), name("a:srgbClr")
_FILLS = tuple(name(f"a:{kind}") for kind in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill"))
_BEFORE_FILL = frozenset(name(f"a:{key}") for key in ("lnL", "lnR", "lnT", "lnB", "lnTlToBr", "lnBlToTr", "cell3D"))
_WORDS = {"favourable", "adverse"}
_DARK = 0.179
"""Relative luminance at which black and white text have the same contrast (WCAG 2.2, 1.4.3)."""


def colour_of(code: str, brand: Brand) -> str | None:
    """Return the brand's six hex digits for a mark, None when it has none."""
    colours = brand.colours
    known = {"favourable": colours.favourable, "adverse": colours.adverse, "caution": colours.caution}
    levels = {"red": colours.adverse, "amber": colours.caution, "green": colours.favourable}
    found = known.get(code) or colours.states.get(code) or levels.get(code)
    return found.lstrip("#").upper() if found else None


def colour_text(mark: Mark, brand: Brand) -> None:
    """Give a marked run its colour."""
    colour = colour_of(mark.code, brand)
    if colour is not None:
        _set_run_colour(mark.run, colour)


def colour_cell(cell_mark: CellMark, brand: Brand) -> None:
    """Give a marked cell its fill with readable words, or its words their colour."""
    mark, cell = cell_mark.mark, cell_mark.cell
    colour = colour_of(mark.code, brand)
    if colour is None:
        return
    if mark.code in _WORDS:
        _set_run_colour(mark.run, colour)
        return
    properties = cell.find(A_TCPR)
    if properties is None:
        properties = etree.SubElement(cell, A_TCPR)
    set_fill(properties, colour)
    for run in cell.iter(name("a:r")):
        _set_run_colour(run, ink_on(colour, brand))


def set_fill(properties: Element, colour: str) -> None:
    """Give cell or shape properties a solid fill of six hex digits, in place of the fill they have."""
    for old in [child for child in properties if child.tag in _FILLS]:
        properties.remove(old)
    fill = etree.Element(A_SOLID)
    etree.SubElement(fill, A_RGB, {"val": colour})
    before = {name("a:xfrm"), name("a:prstGeom"), name("a:custGeom")} | _BEFORE_FILL
    position = sum(1 for child in properties if child.tag in before)
    properties.insert(position, fill)


def set_ink(body: Element, colour: str) -> None:
    """Give all words of a text body one colour."""
    for run in body.iter(name("a:r"), name("a:fld")):
        _set_run_colour(run, colour)


def ink_on(colour: str, brand: Brand) -> str:
    """Return the brand's text colour that reads on a fill."""
    chosen = brand.colours.on_accent if luminance(colour) < _DARK else brand.colours.text
    return chosen.lstrip("#").upper()


def luminance(colour: str) -> float:
    """Return the relative luminance of six hex digits (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _set_run_colour(run: Element, colour: str) -> None:
    properties = run.find(A_RPR)
    if properties is None:
        properties = etree.Element(A_RPR)
        run.insert(0, properties)
    for old in [child for child in properties if child.tag in _FILLS]:
        properties.remove(old)
    fill = etree.Element(A_SOLID)
    etree.SubElement(fill, A_RGB, {"val": colour})
    properties.insert(1 if len(properties) and properties[0].tag == name("a:ln") else 0, fill)
