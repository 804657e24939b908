"""Named cell styles and a table style in a workbook's styles part: XlsxWriter writes plain formats only.

With them somebody restyles a whole workbook by changing a style (Home > Cell Styles) instead of cell by cell, and
tables are banded in the brand's colours (ECMA-376 part 1, 18.8.8 cellStyles, 18.8.83 tableStyle).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from lxml import etree

from pipeline.author.package import with_part
from pipeline.definitions.brand import Colours

PART = "xl/styles.xml"
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_named_styles(content: bytes, named: Mapping[str, Sequence[int]], colours: Colours, table_style: str) -> bytes:
    """Return a workbook whose formats are members of named styles, with a table style called `table_style`.

    `named` has the indexes of the formats (cellXfs) of each style; the first one is how the style looks, the others
    differ from it in number format or alignment.
    """

    def edited(part: bytes) -> bytes:
        root = etree.fromstring(part)
        for name, indexes in named.items():
            _add_cell_style(root, name, indexes)
        _add_table_style(root, table_style, colours)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))

    return with_part(content, PART, edited)


def _add_cell_style(root: etree._Element, name: str, indexes: Sequence[int]) -> None:
    looks, formats, styles = (_child(root, tag) for tag in ("cellStyleXfs", "cellXfs", "cellStyles"))
    look = copy.deepcopy(formats[indexes[0]])
    del look.attrib["xfId"]
    looks.append(look)
    number = len(looks) - 1
    for index in indexes:
        formats[index].set("xfId", str(number))
    etree.SubElement(styles, _tag("cellStyle"), {"name": name, "xfId": str(number)})
    for counted in (looks, styles):
        counted.set("count", str(len(counted)))


def _add_table_style(root: etree._Element, name: str, colours: Colours) -> None:
    differences, styles = _child(root, "dxfs"), _child(root, "tableStyles")
    elements = {
        "wholeTable": _borders(differences, colours.rule),
        "headerRow": _fill(differences, colours.accent),
        "firstRowStripe": _fill(differences, colours.surface),
    }
    style = etree.SubElement(styles, _tag("tableStyle"), {"name": name, "pivot": "0", "count": str(len(elements))})
    for kind, difference in elements.items():
        etree.SubElement(style, _tag("tableStyleElement"), {"type": kind, "dxfId": str(difference)})
    styles.set("count", str(len(styles)))


def _fill(differences: etree._Element, colour: str) -> int:
    """Add a difference that fills cells and return its index."""
    pattern = etree.SubElement(etree.SubElement(_difference(differences), _tag("fill")), _tag("patternFill"))
    pattern.set("patternType", "solid")
    for tag in ("fgColor", "bgColor"):
        etree.SubElement(pattern, _tag(tag), {"rgb": f"FF{colour.removeprefix('#')}"})
    return len(differences) - 1


def _borders(differences: etree._Element, colour: str) -> int:
    """Add a difference that draws thin lines between rows and return its index."""
    border = etree.SubElement(_difference(differences), _tag("border"))
    for tag in ("top", "bottom", "horizontal"):
        line = etree.SubElement(border, _tag(tag), {"style": "thin"})
        etree.SubElement(line, _tag("color"), {"rgb": f"FF{colour.removeprefix('#')}"})
    return len(differences) - 1


def _difference(differences: etree._Element) -> etree._Element:
    difference = etree.SubElement(differences, _tag("dxf"))
    differences.set("count", str(len(differences)))
    return difference


def _child(root: etree._Element, name: str) -> etree._Element:
    found = root.find(_tag(name))
    if found is None:  # XlsxWriter writes all of them
        raise ValueError(f"{PART} has no {name}")
    return found


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"
