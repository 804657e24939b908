"""The parts of a workbook that say which sheets there are, who saved it, and what it brings along."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from pipeline.extract.faults import of_file, unreadable
from pipeline.extract.guard import Parts, open_parts
from pipeline.model import Finding, Severity

_COUNT = re.compile(rb"\s(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_COUNTED = {
    "sharedStrings": re.compile(rb"<(?:\w+:)?sst\b[^>]*>"),
    "styles": re.compile(rb"<(?:\w+:)?(?:numFmts|fonts|fills|borders|cellStyleXfs|cellXfs|cellStyles|dxfs)\b[^>]*>"),
}
_CONTENT_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its title, its part, whether it is hidden."""

    title: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Package:
    """A workbook's zip, understood as far as reading needs it.

    `shared` holds the parts that all sheets need by name: content types, relationships, workbook, strings, styles.
    """

    parts: Parts = field(repr=False)
    sheets: tuple[SheetPart, ...]
    shared: dict[str, bytes] = field(repr=False)
    saved_by: str | None
    saved_at: datetime | None

    def findings(self) -> Iterator[Finding]:
        """Yield a warning for each thing the workbook brings along that is never run or followed."""
        if self.parts.names("xl/vbaproject.bin"):
            yield of_file("file-has-macros", Severity.WARNING)
        links = [self.parts.read(name) for name in self.parts.names("xl/externallinks/") if name.endswith(".xml")]
        if any(b"ddeLink" in link for link in links):
            yield of_file("file-has-dde", Severity.WARNING)
        if any(b"ddeLink" not in link for link in links):
            yield of_file("file-has-external-links", Severity.WARNING)


def open_package(content: bytes) -> Package:
    """Return the package of a workbook; raise UnreadableWorkbook for what is none, or must not be opened."""
    parts = open_parts(content)
    main = _main_part(parts)
    folder, file = posixpath.split(main)
    relations = f"{folder}/_rels/{file}.rels"
    targets = dict(_targets(parts.read(relations), folder))
    sheets = tuple(
        _sheets(parts.read(main), {key: path for key, (kind, path) in targets.items() if kind == "worksheet"})
    )
    if not sheets:
        raise unreadable("file-damaged")
    shared = {name: parts.read(name) for name in (_CONTENT_TYPES, _RELATIONS, main, relations)}
    for kind, path in targets.values():
        if kind in _COUNTED:
            shared[path] = _COUNTED[kind].sub(_without_counts, parts.read(path))
    return Package(parts, sheets, shared, *_saved(parts))


def parse(content: bytes) -> etree._Element:
    """Return the root of a small XML part; raise UnreadableWorkbook when it is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise unreadable("file-damaged") from error


def _without_counts(tag: re.Match[bytes]) -> bytes:
    """Return a start tag that does not say how many items follow: the reader takes memory for as many as it says."""
    return _COUNT.sub(b"", tag[0])


def _main_part(parts: Parts) -> str:
    for kind, path in dict(_targets(parts.read(_RELATIONS), "")).values():
        if kind == "officeDocument":
            return path
    raise unreadable("file-damaged")


def _targets(relations: bytes, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (id, (kind, path in the zip)) of each internal relationship."""
    for relation in parse(relations):
        target = relation.get("Target", "")
        if relation.get("TargetMode") == "External" or not target:
            continue
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        yield relation.get("Id", ""), (posixpath.basename(relation.get("Type", "")), path)


def _sheets(main: bytes, worksheets: dict[str, str]) -> Iterator[SheetPart]:
    for element in parse(main).iter("{*}sheet"):
        relation = next((value for name, value in element.items() if str(name).endswith("}id")), "")
        if relation in worksheets:
            hidden = element.get("state", "visible") != "visible"
            yield SheetPart(str(element.get("name", "")), worksheets[relation], hidden)


def _saved(parts: Parts) -> tuple[str | None, datetime | None]:
    """Return who saved the file last, and when, as the spreadsheet program wrote it."""
    if "docProps/core.xml" not in parts:
        return None, None
    root = parse(parts.read("docProps/core.xml"))
    return root.findtext("{*}lastModifiedBy") or None, _instant(root.findtext("{*}modified"))


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
