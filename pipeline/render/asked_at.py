"""Where a template asks for a name: slide and shape, paragraph, or line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.errors import DefinitionFault
from pipeline.render.documents import CompiledDocument
from pipeline.render.docx.template import WordTemplate
from pipeline.render.pdf.template import HtmlTemplate
from pipeline.render.pptx import DeckTemplate

_DRAWING = re.compile(r"<wp:docPr [^>]*name=[^>]*>")
_NAME = re.compile(r' name="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Asked:
    """A place in a template: its file, the line (0: unknown) or words such as `slide 4, shape 'KPI'`."""

    file: str
    line: int = 0
    words: str = ""

    def fault(self, message: str) -> DefinitionFault:
        """Return a fault at this place."""
        return DefinitionFault(self.file, self.line, f"{self.words}: {message}" if self.words else message)


def asked_at(document: CompiledDocument, name: str, files: Mapping[str, bytes]) -> Asked:
    """Return where a document first asks for `name` (`actions`, `measures.x`, `figures.x`), the file alone if unknown.

    A text or figure that the template names may be what asks for it.
    """
    template, file = document.template, document.definition.template
    if isinstance(template, DeckTemplate):
        return Asked(file, words=next(_in_deck(template, name), ""))
    if isinstance(template, WordTemplate):
        return Asked(file, words=next(_in_word(template, name), ""))
    searched = sorted(files) if isinstance(template, HtmlTemplate) else []
    return next(_in_lines([file, *searched], files, name), Asked(file))


def _in_deck(template: DeckTemplate, name: str) -> Iterator[str]:
    figure = _figure(name)
    for shape in template.shapes:
        if name in shape.names or (figure and shape.figure and shape.figure.name == figure):
            yield shape.place
    for place, body in template.bodies:
        if name in body.names:
            yield place
    for slide in template.slides:
        bound = [part.names for part in (slide.loop, slide.condition) if part is not None]
        if any(name in names for names in bound):
            yield f"{slide.place}, notes"


def _in_word(template: WordTemplate, name: str) -> Iterator[str]:
    wanted = _figure(name) or name
    for source in template.sources.values():
        for number, line in enumerate(source.text.split("\n"), start=1):
            drawing = next((found for found in _DRAWING.findall(line) if wanted in found), None)
            if drawing is not None:
                yield f"drawing “{_NAME.findall(drawing)[0]}”"
            elif wanted in line and source.paragraph(number):
                yield f"paragraph “{source.paragraph(number)}”"


def _in_lines(names: Iterable[str], files: Mapping[str, bytes], name: str) -> Iterator[Asked]:
    wanted = _figure(name) or name.rpartition(".")[2]
    for file in names:
        if file.endswith((".html", ".yaml")):
            for number, line in enumerate(files[file].decode("utf-8", errors="replace").splitlines(), start=1):
                if wanted in line:
                    yield Asked(file, number)


def _figure(name: str) -> str:
    first, _, rest = name.partition(".")
    return rest if first == "figures" else ""
