r"""Tables of contents: entries for the headings that are there, as links without page numbers.

No layout engine runs here, so that no page number is known; a field marked dirty would make Word ask its reader. The
field keeps Word's own instruction with `\n` (no numbers), so that a reader's update gives the same entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.render.office.names import Element, element, name

_LEVELS = re.compile(r'\\o\s+"(\d)-(\d)"')
_HEADING = re.compile(r"^heading (\d)$", re.IGNORECASE)
_ENTRY = re.compile(r"^toc (\d)$", re.IGNORECASE)


def rebuild_contents(body: Element, styles: Element | None) -> None:
    """Replace the entries of every table-of-contents field by the headings of the document."""
    levels = _levels(styles, _HEADING)
    entry_styles = {level: style for style, level in _levels(styles, _ENTRY).items()}
    for first, last, instruction in list(_fields(body)):
        match = _LEVELS.search(instruction)
        lowest, highest = (int(match.group(1)), int(match.group(2))) if match else (1, 3)
        entries = [
            (levels[style], heading)
            for heading in body.iter(name("w:p"))
            if (style := _style(heading)) in levels and lowest <= levels[style] <= highest and _text(heading)
        ]
        _replace(first, last, _paragraphs(instruction, entries, entry_styles))


def _levels(styles: Element | None, known_as: re.Pattern[str]) -> dict[str, int]:
    """Return the level of each style by its id; ids differ with Word's language, names do not."""
    found: dict[str, int] = {}
    for style in styles.iter(name("w:style")) if styles is not None else ():
        title = style.find(name("w:name"))
        match = known_as.match(title.get(name("w:val"), "")) if title is not None else None
        if match:
            found[style.get(name("w:styleId"), "")] = int(match.group(1))
    return found


def _style(paragraph: Element) -> str:
    node = paragraph.find(f"{name('w:pPr')}/{name('w:pStyle')}")
    return "" if node is None else node.get(name("w:val"), "")


def _text(node: Element) -> str:
    return "".join(text.text or "" for text in node.iter(name("w:t"))).strip()


def _fields(body: Element) -> Iterator[tuple[Element, Element, str]]:
    """Yield first and last paragraph of each contents field, and its instruction."""
    start: Element | None = None
    instruction, depth = "", 0
    for node in body.iter(name("w:fldChar"), name("w:instrText")):
        paragraph = next(node.iterancestors(name("w:p")))
        if node.tag == name("w:instrText"):
            if start is None and (node.text or "").strip().startswith("TOC"):
                start, instruction, depth = paragraph, node.text or "", 1
            continue
        kind = node.get(name("w:fldCharType"))
        if start is not None and kind in ("begin", "end"):
            depth += 1 if kind == "begin" else -1
            if depth == 0:
                yield start, paragraph, instruction
                start = None


def _replace(first: Element, last: Element, paragraphs: Iterable[Element]) -> None:
    parent = first.getparent()
    if parent is None or last.getparent() is not parent:
        return
    position = parent.index(first)
    for node in list(parent)[position : parent.index(last) + 1]:
        parent.remove(node)
    for offset, paragraph in enumerate(paragraphs):
        parent.insert(position + offset, paragraph)


def _paragraphs(instruction: str, entries: list[tuple[int, Element]], styles: Mapping[int, str]) -> Iterator[Element]:
    for number, (level, heading) in enumerate(entries, start=1):
        bookmark = f"_Toc{number:08d}"
        _mark(heading, bookmark, number)
        paragraph = element("w:p")
        if level in styles:
            paragraph.append(element("w:pPr", None, element("w:pStyle", {name("w:val"): styles[level]})))
        if number == 1:
            paragraph.extend(_field_start(instruction))
        paragraph.append(_link(bookmark, _text(heading)))
        if number == len(entries):
            paragraph.append(_field_character("end"))
        yield paragraph


def _mark(heading: Element, bookmark: str, number: int) -> None:
    identity = {name("w:id"): str(10_000 + number)}
    start = element("w:bookmarkStart", identity | {name("w:name"): bookmark})
    properties = heading.find(name("w:pPr"))
    heading.insert(0 if properties is None else 1, start)
    heading.append(element("w:bookmarkEnd", identity))


def _link(bookmark: str, text: str) -> Element:
    node = element("w:t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    node.text = text
    return element("w:hyperlink", {name("w:anchor"): bookmark, name("w:history"): "1"}, element("w:r", None, node))


def _field_start(instruction: str) -> Iterator[Element]:
    code = element("w:instrText", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    code.text = instruction if "\\n" in instruction else f"{instruction.rstrip()} \\n "
    yield _field_character("begin")
    yield element("w:r", None, code)
    yield _field_character("separate")


def _field_character(kind: str) -> Element:
    return element("w:r", None, element("w:fldChar", {name("w:fldCharType"): kind}))
