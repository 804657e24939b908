"""Compiling a deck template: from the bytes of a .pptx, .potx, .pptm or .potm to a `DeckTemplate`."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from urllib.parse import unquote

from lxml import etree

from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.render.office.bindings import read_leading_lines
from pipeline.render.office.chart_fill import renumber_axes
from pipeline.render.office.names import Element, name
from pipeline.render.office.package import Package, Part
from pipeline.render.pptx.compile_shapes import Compilation
from pipeline.render.pptx.expressions import TagError, TextTemplate, compile_expression, compile_text, has_tag
from pipeline.render.pptx.loops import compile_loop
from pipeline.render.pptx.loose_texts import text_parts
from pipeline.render.pptx.shape_names import P_TXBODY, placeholder_of, shape_tree, shapes_in
from pipeline.render.pptx.template import DeckTemplate, SlideTemplate
from pipeline.render.pptx.text_body import A_P, text_of

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_NOT_CARRIED = ("vbaProject", "thumbnail", "extensibility", "wordVbaData", "attachedToolbars", "keyMapCustomizations",
                "comments", "commentAuthors", "authors", "printerSettings")  # fmt: skip


def compile_deck(file: str, content: bytes) -> DeckTemplate:
    """Return the compiled template in the bytes of a PowerPoint file; `file` is what faults call it.

    Raises:
        DefinitionError: the bytes are no PowerPoint file, or tags and bindings are wrong, all faults together.
    """
    package = _read(file, content)
    compilation = Compilation(file)
    slides = tuple(_slides(package, compilation))
    _layouts(package, compilation)
    targets = _link_targets(package, compilation)
    properties = _properties(package, compilation)
    if compilation.faults:
        raise DefinitionError(compilation.faults)
    shapes, bodies = tuple(compilation.shapes), tuple(compilation.bodies)
    return DeckTemplate(file, package, slides, shapes, bodies, targets, properties)


def _read(file: str, content: bytes) -> Package:
    try:
        package = Package.read(content)
        main = package.main()
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        fault = DefinitionFault(file, 0, "This is no PowerPoint file; save it as .pptx or .potx in PowerPoint.")
        raise DefinitionError([fault]) from error
    if "presentationml" not in main.content_type and "powerpoint" not in main.content_type:
        fault = DefinitionFault(file, 0, "This is no presentation; save it as .pptx or .potx in PowerPoint.")
        raise DefinitionError([fault])
    main.content_type = MAIN_TYPE
    for part in (package.root, *package.parts()):
        for key, relationship in list(part.relationships.items()):
            if relationship.kind.rpartition("/")[2] in _NOT_CARRIED:
                del part.relationships[key]
    return package


def _slides(package: Package, compilation: Compilation) -> list[SlideTemplate]:
    main = package.main()
    listed = main.root.find(name("p:sldIdLst"))
    entries = [] if listed is None else list(listed)
    if not entries:
        compilation.fault("this file", "it has no slide; add the slides that the deck is made from.")
    parts = [main.relationships[str(entry.get(name("r:id")))].part for entry in entries]
    return [_slide(number, part, compilation) for number, part in enumerate(parts, start=1)]


def _slide(number: int, part: Part, compilation: Compilation) -> SlideTemplate:
    place = f"slide {number}"
    compilation.tree(part, shape_tree(part.root), place)
    for related in text_parts(part):
        if not related.content_type.endswith("notesSlide+xml"):
            compilation.texts(related.root, place)
            renumber_axes(related.root)
    notes = part.first("notesSlide")
    return _with_notes(number, part, notes, compilation) if notes is not None else SlideTemplate(number, part)


def _with_notes(number: int, part: Part, notes: Part, compilation: Compilation) -> SlideTemplate:
    """Return the slide with what its notes' leading lines bind; the lines leave the notes."""
    place = f"slide {number}, notes"
    body = _notes_body(notes)
    loop = condition = None
    if body is not None:
        binding, taken = read_leading_lines(text_of(body).split("\n"))
        _remove_lines(body, taken)
        for problem in binding.problems:
            compilation.fault(place, problem)
        try:
            loop = compile_loop(binding)
            source = binding.get("if")
            condition = compile_expression(source) if source else None
        except TagError as error:
            compilation.fault(place, str(error))
    compilation.texts(notes.root, place)
    return SlideTemplate(number, part, loop, condition)


def _notes_body(notes: Part) -> Element | None:
    for shape in shapes_in(shape_tree(notes.root)):
        placeholder = placeholder_of(shape)
        if placeholder is not None and placeholder.get("type") == "body":
            return shape.find(P_TXBODY)
    return None


def _remove_lines(body: Element, count: int) -> None:
    """Take the first lines out of a body, whether they are paragraphs or end with line breaks."""
    for paragraph in list(body.iterchildren(A_P)):
        lines = 1 + sum(1 for _ in paragraph.iterchildren(name("a:br")))
        if count <= 0:
            return
        if lines <= count:
            body.remove(paragraph)
        else:
            _remove_breaks(paragraph, count)
        count -= lines
    if body.find(A_P) is None:
        etree.SubElement(body, A_P)


def _remove_breaks(paragraph: Element, count: int) -> None:
    for child in list(paragraph):
        if count <= 0:
            return
        if child.tag == name("a:pPr"):
            continue
        paragraph.remove(child)
        count -= child.tag == name("a:br")


def _layouts(package: Package, compilation: Compilation) -> None:
    for master in package.main().related("slideMaster"):
        compilation.tree(master, shape_tree(master.root), "slide master")
        for layout in master.related("slideLayout"):
            title = layout.root.find(name("p:cSld"))
            place = f"layout '{'' if title is None else title.get('name', '')}'"
            compilation.tree(layout, shape_tree(layout.root), place)
    for notes_master in package.main().related("notesMaster"):
        compilation.texts(notes_master.root, "notes master")


def _link_targets(package: Package, compilation: Compilation) -> Mapping[str, TextTemplate]:
    """Return the addresses of links that hold tags, by the address as the file writes it."""
    found: dict[str, TextTemplate] = {}
    for part in package.parts():
        for relationship in part.relationships.values():
            if isinstance(relationship.target, str) and has_tag(unquote(relationship.target)):
                try:
                    found[relationship.target] = compile_text(unquote(relationship.target))
                except TagError as error:
                    compilation.tag_fault(f"{part.name}, a link", error)
    return found


def _properties(package: Package, compilation: Compilation) -> Mapping[str, TextTemplate]:
    """Return the document properties that hold tags, by their qualified name."""
    found: dict[str, TextTemplate] = {}
    core = next((p for p in package.root.relationships.values() if p.kind.endswith("/core-properties")), None)
    for node in core.part.root if core is not None else ():
        if has_tag(node.text or ""):
            try:
                found[str(node.tag)] = compile_text(node.text or "")
            except TagError as error:
                compilation.tag_fault("document properties", error)
    return found
