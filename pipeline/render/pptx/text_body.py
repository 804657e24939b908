"""Text bodies with tags: compiled from a template's paragraphs, filled in a document's.

A tag may be split over several runs; what it prints takes the format of the run where it begins. `{%p … %}` stands
alone in a paragraph and governs the paragraphs up to its end. A line feed in data becomes a line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from pipeline.render.characters import cleaned
from pipeline.render.office.names import Element, name
from pipeline.render.pptx.expressions import (
    END,
    MARK,
    PARAGRAPH,
    RUN,
    TAG,
    TextTemplate,
    compile_text,
    has_tag,
    pieces,
)

A_P, A_R, A_BR, A_T, A_RPR = name("a:p"), name("a:r"), name("a:br"), name("a:t"), name("a:rPr")
A_PPR, A_END, A_FLD = name("a:pPr"), name("a:endParaRPr"), name("a:fld")
_WHOLE_PARAGRAPH = re.compile(r"^\s*\{%[-+]?p\s(.*?)%\}\s*$", re.DOTALL)
_TEXTS = frozenset({A_R, A_BR, A_FLD})


@dataclass(frozen=True)
class BodyTemplate:
    """The compiled text of one body; `is_flat` when each paragraph comes out exactly once."""

    text: TextTemplate
    is_flat: bool

    @property
    def names(self) -> frozenset[str]:
        """Return the names that the text asks for."""
        return self.text.names


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of `impact` or `rag` on a run."""

    code: str
    run: Element


def compile_body(body: Element) -> BodyTemplate | None:
    """Return the template of a body (an element with `a:p` children), None when it has no tag."""
    source, is_flat = body_source(body)
    return BodyTemplate(compile_text(source), is_flat) if has_tag(source) else None


def body_source(body: Element) -> tuple[str, bool]:
    """Return the body as one Jinja text with markers, and whether no paragraph tag stands in it."""
    parts: list[str] = []
    is_flat = True
    for number, paragraph in enumerate(body.iterchildren(A_P)):
        tokens = _tokens(paragraph)
        whole = _WHOLE_PARAGRAPH.match("".join(text for _, text in tokens))
        if whole:
            is_flat = False
            parts.append("{%" + whole.group(1) + "%}")
            continue
        parts.append(f"{PARAGRAPH}{number}{END}")
        parts.extend(f"{RUN}{child}{END}{text}" for child, text in _gathered(tokens))
    return "".join(parts), is_flat


def _tokens(paragraph: Element) -> list[tuple[int, str]]:
    """Return (position of the child, its text) for runs, breaks and fields; lines of a template number its tags."""
    result = []
    for position, child in enumerate(paragraph):
        if child.tag == A_R:
            result.append((position, (child.findtext(A_T) or "").replace("\n", " ")))
        elif child.tag == A_BR:
            result.append((position, "\v"))
        elif child.tag == A_FLD:
            result.append((position, ""))
    return result


def _gathered(tokens: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the tokens with every tag moved whole into the run where it begins."""
    whole = "".join(text for _, text in tokens)
    tags = [match.span() for match in TAG.finditer(whole)]
    start = 0
    for position, text in tokens:
        end = start + len(text)
        own = _outside(whole, start, end, tags)
        if own or not text or not _inside(start, end, tags):
            yield position, own
        start = end


def _outside(whole: str, start: int, end: int, tags: list[tuple[int, int]]) -> str:
    """Return what a run from start to end keeps: text outside tags, and whole the tags that begin in it."""
    result, position = "", start
    for first, last in tags:
        if last <= start or first >= end:
            continue
        if first >= start:
            result += whole[position:last]
        position = max(position, last)
    return result + whole[position:end] if position < end else result


def _inside(start: int, end: int, tags: list[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in tags)


def fill_body(body: Element, template: BodyTemplate, context: Mapping[str, object]) -> list[Mark]:
    """Replace the body's tags by what they print; return the marks that came with it."""
    return write_body(body, list(pieces(template.text.render(context))), is_flat=template.is_flat)


def write_body(body: Element, rendered: list[tuple[str, str, str]], *, is_flat: bool) -> list[Mark]:
    """Replace the body's paragraphs by rendered ones, given as markers with their texts."""
    samples = list(body.iterchildren(A_P))
    marks: list[Mark] = []
    written: list[Element] = []
    for number, content in _paragraphs(rendered):
        paragraph = samples[number] if is_flat else deepcopy(samples[number])
        marks.extend(_write_paragraph(paragraph, content))
        written.append(paragraph)
    if not is_flat:
        for sample in samples:
            body.remove(sample)
        body.extend(written or [_empty_like(samples[0])])
    return marks


def _paragraphs(rendered: list[tuple[str, str, str]]) -> Iterator[tuple[int, list[tuple[str, str, str]]]]:
    collected: list[tuple[str, str, str]] | None = None
    number = 0
    for piece in rendered:
        if piece[0] == PARAGRAPH:
            if collected is not None:
                yield number, collected
            number, collected = int(piece[1]), []
        elif collected is not None:
            collected.append(piece)
    if collected is not None:
        yield number, collected


def _write_paragraph(paragraph: Element, content: list[tuple[str, str, str]]) -> list[Mark]:
    children = list(paragraph)
    if len(content) == 1 and _write_in_place(children[int(content[0][1])], content[0][2]):
        return []
    marks: list[Mark] = []
    written: list[Element] = []
    code = ""
    position = 0
    for marker, argument, text in content:
        if marker == MARK:
            code = argument
        else:
            position, code = int(argument), ""
        made = list(_write_child(children[position], text, is_continued=marker == MARK))
        marks.extend(Mark(code, run) for run in made if code and run.tag == A_R)
        written.extend(made)
    _put(paragraph, children, written)
    return marks


def _write_in_place(run: Element, text: str) -> bool:
    """Give the only run of a paragraph its text; say False when more is to be done than that."""
    target = run.find(A_T) if run.tag == A_R and text and "\n" not in text else None
    parent = run.getparent()
    if target is None or parent is None or sum(1 for child in parent if child.tag in _TEXTS) > 1:
        return False
    target.text = text
    return True


def _write_child(sample: Element, text: str, *, is_continued: bool) -> Iterator[Element]:
    if sample.tag == A_FLD:
        yield sample
        return
    if sample.tag == A_BR and not is_continued:
        yield from (deepcopy(sample) for _ in text)
        return
    for number, line in enumerate(text.split("\n")):
        if number:
            yield line_break(sample.find(A_RPR))
        if line:
            yield run_like(sample, line)


def run_like(sample: Element, text: str) -> Element:
    """Return a run of the sample's format with another text."""
    run = etree.Element(A_R)
    properties = sample.find(A_RPR)
    if properties is not None:
        run.append(deepcopy(properties))
    etree.SubElement(run, A_T).text = text
    return run


def line_break(properties: Element | None) -> Element:
    """Return a line break in the format of a run."""
    result = etree.Element(A_BR)
    if properties is not None:
        result.append(deepcopy(properties))
    return result


def _put(paragraph: Element, children: list[Element], written: list[Element]) -> None:
    """Replace runs, breaks and fields; an emptied paragraph keeps the first run's format for its empty line."""
    before = 1 if children and children[0].tag == A_PPR else 0
    end = paragraph.find(A_END)
    first = next((child.find(A_RPR) for child in children if child.tag in (A_R, A_FLD)), None)
    for child in children[before:]:
        paragraph.remove(child)
    paragraph.extend(written)
    if end is None and not written and first is not None:
        end = deepcopy(first)
        end.tag = A_END
    if end is not None:
        paragraph.append(end)


def _empty_like(sample: Element) -> Element:
    result = deepcopy(sample)
    _put(result, list(result), [])
    return result


def set_text(body: Element, text: str) -> None:
    """Give a body one text in the format of its first run, paragraphs after the first removed."""
    paragraphs = list(body.iterchildren(A_P))
    for extra in paragraphs[1:]:
        body.remove(extra)
    paragraph = paragraphs[0] if paragraphs else etree.SubElement(body, A_P)
    children = list(paragraph)
    sample = next((child for child in children if child.tag == A_R), etree.Element(A_R))
    _put(paragraph, children, list(_write_child(sample, cleaned(text), is_continued=False)))


def text_of(body: Element) -> str:
    """Return a body's text, paragraphs and line breaks as line feeds."""
    return "\n".join("".join(_child_text(child) for child in paragraph) for paragraph in body.iterchildren(A_P))


def _child_text(child: Element) -> str:
    if child.tag == A_BR:
        return "\n"
    return child.findtext(A_T) or "" if child.tag in (A_R, A_FLD) else ""
