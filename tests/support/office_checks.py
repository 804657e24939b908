"""Faults that make Office offer a repair although validators are content.

Each check takes a package and yields sentences that name part and element. Sources: ECMA-376 parts 1 and 2, and the
threads of users whose files were repaired (PptxGenJS#1449, #1532, #1380, #788; python-pptx#789, #1134, #132).
"""

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from tests.support.package import ROOT, Package, Relationship

CONTENT_TYPES = "[Content_Types].xml"
NAMESPACES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
W = f"{{{NAMESPACES['w']}}}"
C = f"{{{NAMESPACES['c']}}}"

# Relationships that mean something only where the XML names them: left over, they carry a part nobody sees.
NAMED_KINDS = ("chart", "chartEx", "image", "hyperlink", "package", "oleObject", "slide", "diagramData", "video")

_AROUND_A_POINT = {"t", "b", "l", "r", "ctr"}
_IN_A_SLICE = {"bestFit", "ctr", "inEnd", "outEnd"}
_IN_A_STACK = {"ctr", "inEnd", "inBase"}
LABEL_POSITIONS = {
    "barChart": _IN_A_STACK | {"outEnd"},
    "lineChart": _AROUND_A_POINT,
    "scatterChart": _AROUND_A_POINT,
    "bubbleChart": _AROUND_A_POINT,
    "stockChart": _AROUND_A_POINT,
    "pieChart": _IN_A_SLICE,
    "pie3DChart": _IN_A_SLICE,
    "ofPieChart": _IN_A_SLICE,
    "radarChart": {"outEnd"},
}

Check = Callable[[Package], Iterator[str]]


def office_faults(document: bytes) -> list[str]:
    """Return every fault of a .pptx, .docx or .xlsx as a sentence; an empty list is what one wants."""
    package = Package.read(document)
    return [fault for check in CHECKS for fault in check(package)]


def repeated_names(package: Package) -> Iterator[str]:
    """Part names are unique, upper and lower case alike (ECMA-376 part 2, 6.2.2.3)."""
    for name, number in Counter(name.lower() for name in package.names).items():
        if number > 1:
            yield f"{name}: stands {number} times in the zip"


def parts_without_type(package: Package) -> Iterator[str]:
    """Each part has a content type, and each declared part is there."""
    root = package.trees[CONTENT_TYPES]
    extensions = {str(element.get("Extension")).lower() for element in root if element.get("Extension")}
    declared = {str(element.get("PartName")).lstrip("/") for element in root if element.get("PartName")}
    for name in package.names:
        extension = name.rpartition(".")[2].lower()
        if name not in declared and extension not in extensions and name != CONTENT_TYPES:
            yield f"{name}: has no content type"
    for name in sorted(declared - set(package.names)):
        yield f"{name}: has a content type but is not in the file"


def dangling_relationships(package: Package) -> Iterator[str]:
    """Each relationship leads from a part that is there to one that is there."""
    for part in package.sources:
        if part != ROOT and part not in package.parts:
            yield f"{part}: has relationships but is not in the file"
        for relationship in package.relationships(part):
            if not relationship.is_external and relationship.target not in package.parts:
                yield f"{part or 'file'}: {relationship.id} leads to {relationship.target}, which is not in the file"


def unknown_references(package: Package) -> Iterator[str]:
    """Each r:id, r:embed, r:link … in a part is one of its relationships."""
    for part, root in package.matching(""):
        known = {relationship.id for relationship in package.relationships(part)}
        for reference in sorted(_references(root) - known):
            yield f"{part}: names {reference}, which is none of its relationships"


def unnamed_relationships(package: Package) -> Iterator[str]:
    """Relationships that only an r:id brings to life are named by one."""
    for part in package.sources:
        if part not in package.trees:
            continue
        named = _references(package.trees[part])
        for relationship in package.relationships(part):
            if relationship.id not in named and _needs_a_name(part, relationship):
                yield f"{part}: nothing names {relationship.id}, so {relationship.target} is carried along unseen"


def unreachable_parts(package: Package) -> Iterator[str]:
    """Each part can be reached from the file's own relationships."""
    reached: set[str] = set()
    waiting = [ROOT]
    while waiting:
        part = waiting.pop()
        targets = {item.target for item in package.relationships(part) if not item.is_external}
        waiting.extend(targets - reached)
        reached |= targets
    for name in package.names:
        if name not in reached and name != CONTENT_TYPES and not name.endswith(".rels"):
            yield f"{name}: no relationship leads to it"


def repeated_shape_ids(package: Package) -> Iterator[str]:
    """Shape ids are unique on a slide, drawing ids in a Word part; both branches of a choice may share one."""
    for part, root in package.matching("ppt/slides/", "ppt/notesSlides/", "ppt/slideLayouts/", "ppt/slideMasters/"):
        yield from _repeated(part, "shape id", root, "//p:cNvPr[not(ancestor::mc:Fallback)]/@id")
    for part, root in package.matching("word/"):
        yield from _repeated(part, "drawing id", root, "//wp:docPr[not(ancestor::mc:Fallback)]/@id")


def illegal_label_positions(package: Package) -> Iterator[str]:
    """Data labels stand where their kind of chart allows it; validators do not know."""
    for part, root in _charts(package):
        for plot in _find(root, "//c:plotArea/*[c:ser]"):
            allowed = _allowed_positions(plot)
            for position in _find(plot, ".//c:dLblPos"):
                if position.get("val") not in allowed:
                    kind = etree.QName(plot).localname
                    yield f"{part}: {kind} does not allow the label position {position.get('val')}"


def impossible_axes(package: Package) -> Iterator[str]:
    """Axis ids are positive, unique, and each one named is there."""
    for part, root in _charts(package):
        axes = [str(value) for value in _values(root, "//c:plotArea/*[not(c:ser)]/c:axId/@val")]
        for axis, number in Counter(axes).items():
            if int(axis) < 0:
                yield f"{part}: axis id {axis} is negative"
            if number > 1:
                yield f"{part}: axis id {axis} is given {number} times"
        for named in sorted(set(_values(root, "//c:plotArea/*[c:ser]/c:axId/@val | //c:crossAx/@val")) - set(axes)):
            yield f"{part}: names the axis {named}, which is not there"


def cells_without_paragraph(package: Package) -> Iterator[str]:
    """Each table cell holds a paragraph; in Word it is the last thing in it."""
    for part, root in package.matching("ppt/"):
        for number, cell in enumerate(_find(root, "//a:tc"), start=1):
            if not _find(cell, "a:txBody/a:p"):
                yield f"{part}: table cell {number} has no paragraph"
    for part, root in package.matching("word/"):
        for number, cell in enumerate(_find(root, "//w:tc"), start=1):
            blocks = [block for block in cell if block.tag != f"{W}tcPr"]
            if not blocks or blocks[-1].tag != f"{W}p":
                yield f"{part}: table cell {number} does not end with a paragraph"


def uneven_tables(package: Package) -> Iterator[str]:
    """Each row has as many cells as the table's grid has columns."""
    for part, root in package.matching("ppt/"):
        for table in _find(root, "//a:tbl"):
            yield from _uneven_rows(part, len(_find(table, "a:tblGrid/a:gridCol")), _find(table, "a:tr"), _slide_width)
    for part, root in package.matching("word/"):
        for table in _find(root, "//w:tbl"):
            yield from _uneven_rows(part, len(_find(table, "w:tblGrid/w:gridCol")), _find(table, "w:tr"), _word_width)


CHECKS: tuple[Check, ...] = (
    repeated_names,
    parts_without_type,
    dangling_relationships,
    unknown_references,
    unnamed_relationships,
    unreachable_parts,
    repeated_shape_ids,
    illegal_label_positions,
    impossible_axes,
    cells_without_paragraph,
    uneven_tables,
)


def _find(element: etree._Element, path: str) -> list[etree._Element]:
    found = element.xpath(path, namespaces=NAMESPACES)
    return [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []


def _values(element: etree._Element, path: str) -> list[str]:
    found = element.xpath(path, namespaces=NAMESPACES)
    return [str(item) for item in found] if isinstance(found, list) else []


def _references(root: etree._Element) -> set[str]:
    """Return all relationship ids that a part's XML names."""
    return {value for value in _values(root, "//@r:*") if value}


def _needs_a_name(part: str, relationship: Relationship) -> bool:
    """Notes know their slide without naming it; nothing else does."""
    return relationship.kind.rpartition("/")[2] in NAMED_KINDS and not part.startswith("ppt/notesSlides/")


def _repeated(part: str, what: str, root: etree._Element, path: str) -> Iterator[str]:
    for value, number in Counter(_values(root, path)).items():
        if number > 1:
            yield f"{part}: {what} {value} is given {number} times"


def _charts(package: Package) -> Iterator[tuple[str, etree._Element]]:
    for part, root in package.matching(""):
        if root.tag == f"{C}chartSpace":
            yield part, root


def _allowed_positions(plot: etree._Element) -> set[str]:
    grouping = _values(plot, "c:grouping/@val")
    if etree.QName(plot).localname == "barChart" and grouping and grouping[0] in ("stacked", "percentStacked"):
        return _IN_A_STACK
    return LABEL_POSITIONS.get(etree.QName(plot).localname, set())


def _slide_width(row: etree._Element) -> int:
    return len(_find(row, "a:tc"))


def _word_width(row: etree._Element) -> int:
    """Return the number of grid columns a row covers; a cell in a content control counts as any other."""
    cells = _find(row, "w:tc | w:sdt/w:sdtContent/w:tc")
    spans = [_values(cell, "w:tcPr/w:gridSpan/@w:val") for cell in cells]
    beside = _values(row, "w:trPr/w:gridBefore/@w:val | w:trPr/w:gridAfter/@w:val")
    return sum(int(span[0]) if span else 1 for span in spans) + sum(int(value) for value in beside)


def _uneven_rows(
    part: str, columns: int, rows: list[etree._Element], width: Callable[[etree._Element], int]
) -> Iterator[str]:
    for number, row in enumerate(rows, start=1):
        if width(row) != columns:
            yield f"{part}: row {number} of a table has {width(row)} cells, its grid {columns} columns"
