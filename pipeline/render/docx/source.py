"""From a Word part's XML to a Jinja template of the same XML.

docxtpl joins tags that Word split over runs and lifts `{%p … %}`, `{%tr … %}` out of their paragraph or row; here tags
lose what word processors make of quotes and dashes, and every printed value passes through `_say`, or `_cell` inside a
table, so that an empty one prints as its place wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import cast

from docxtpl import DocxTemplate
from jinja2 import Template, TemplateSyntaxError
from lxml import etree

from pipeline.render.office.names import Element
from pipeline.wording import environment, names_in, plain_expression

SAY, CELL, CHART, PICTURE = "_say", "_cell", "_chart", "_picture"
OWN_NAMES = frozenset({SAY, CELL, CHART, PICTURE})
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PLACE = re.compile(r"<w:tc[ >]|</w:tc>|<[^>]*\{\{[^>]*>|\{\{(.*?)\}\}", re.DOTALL)
_WITH_SINK = re.compile(rf"\{{\{{ (?:{SAY}|{CELL})\((.*?)\) \}}\}}")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_MARKUP = re.compile(r"<[^>]+>")
_SHELL = DocxTemplate(None)


class TagFault(Exception):
    """A tag that cannot work: the text of its paragraph and a sentence."""

    def __init__(self, paragraph: str, message: str) -> None:
        super().__init__(f"paragraph “{paragraph}”: {message}")


@dataclass(frozen=True)
class PartSource:
    """One part as a Jinja template; each paragraph stands on a line of its own, so that a line names its paragraph."""

    text: str
    template: Template
    names: frozenset[str]

    def paragraph(self, line: int) -> str:
        """Return the beginning of the paragraph on a line of the template, without markup, tags as written."""
        return _line_text(_WITH_SINK.sub(r"{{ \1 }}", self.text), line)


def compile_part(root: Element) -> PartSource:
    """Return the part as a template; raise TagFault naming the paragraph of a tag that cannot be parsed."""
    xml = etree.tostring(root, encoding="unicode")
    plain = _TAG.sub(_plain_tag, cast("str", _SHELL.patch_xml(_TAG.sub(_plain_tag, xml))))
    as_written = _PARAGRAPH.sub("\n<w:p", plain)
    text = _with_sinks(as_written)
    try:
        names = names_in(as_written) - OWN_NAMES
        template = environment(markup=True).from_string(text)
    except TemplateSyntaxError as error:
        message = f"{(error.message or 'this tag cannot be read').rstrip('.')}."
        raise TagFault(_line_text(as_written, error.lineno), message) from error
    return PartSource(text, template, names)


def joined(xml: str) -> str:
    """Return rendered XML without the line breaks that `compile_part` put before paragraphs."""
    return xml.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")


def with_breaks(xml: str) -> str:
    """Return rendered XML in which line feeds and tabs inside texts are Word's breaks and tabs."""
    return cast("str", _SHELL.resolve_listing(xml))


def shortened(text: str, length: int = 60) -> str:
    """Return a text of at most `length` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _plain_tag(match: re.Match[str]) -> str:
    tag = match.group()
    return tag if "<" in tag else plain_expression(unescape(tag))


def _with_sinks(xml: str) -> str:
    return "".join(_pieces(xml))


def _pieces(xml: str) -> Iterator[str]:
    depth, position = 0, 0
    for match in _PLACE.finditer(xml):
        yield xml[position : match.start()]
        position, found = match.end(), match.group()
        depth += 1 if found.startswith("<w:tc") else -1 if found == "</w:tc>" else 0
        expression = match.group(1)
        if expression is None:
            yield found
        else:
            yield f"{{{{ {CELL if depth else SAY}({expression.strip(' -')}) }}}}"
    yield xml[position:]


def _line_text(text: str, line: int) -> str:
    lines = text.split("\n")
    return shortened(_MARKUP.sub("", lines[line - 1])) if 0 < line <= len(lines) else ""
