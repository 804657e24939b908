"""Everything a reader, or a program of a reader, can find in a finished file: texts on pages, properties, attachments.

PDFs are read page by page and then object by object (alternative texts, bookmarks, links, metadata, attached files);
Office files part by part, packages embedded in them included.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote

import pypdf
from lxml import etree
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

_ATTRIBUTES_WITHOUT_WORDS = frozenset({"Id", "id", "rId", "ContentType", "Type", "PartName", "uri"})
_STREAMS_WITH_TEXTS = frozenset({"/Metadata", "/EmbeddedFile"})
_DEPTH = 4
"""A workbook in a chart in a deck in a PDF is the deepest that makes sense."""


def visible_texts(content: bytes) -> tuple[str, ...]:
    """Return every text in a PDF or Office file, known by its first bytes; of other files what is plain text.

    Texts stand in reading order as far as the file has one; each PDF page and each part of a package is one text.
    """
    return tuple(_texts(content, 0))


def _texts(content: bytes, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    if content.startswith(b"%PDF"):
        yield from _pdf_texts(content, depth)
    elif content.startswith(b"PK"):
        yield from _package_texts(content, depth)
    elif b"\0" not in content[:1024]:
        yield content.decode("utf-8", errors="replace")


def _pdf_texts(content: bytes, depth: int) -> Iterator[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    for page in reader.pages:
        yield page.extract_text()
    for value in (reader.metadata or {}).values():
        yield str(value)
    size = cast("int", reader.trailer["/Size"])
    for number in range(1, size):
        yield from _object_texts(reader.get_object(number), depth)


def _object_texts(item: Any, depth: int) -> Iterator[str]:
    """Yield the strings of one object and of what lies directly in it; references lead to objects of their own."""
    if isinstance(item, TextStringObject | ByteStringObject):
        text = item if isinstance(item, str) else bytes(item).decode("utf-8", errors="replace")
        yield text
        if "%" in text:
            yield unquote(text)
    elif isinstance(item, ArrayObject):
        for entry in item:
            yield from _object_texts(entry, depth)
    elif isinstance(item, DictionaryObject):
        for entry in item.values():
            yield from _object_texts(entry, depth)
        if isinstance(item, StreamObject) and item.get("/Type") in _STREAMS_WITH_TEXTS:
            yield from _texts(item.get_data(), depth + 1)


def _package_texts(content: bytes, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in sorted(package.namelist()):
            yield name
            part = package.read(name)
            if name.endswith((".xml", ".rels", ".vml", ".svg")):
                yield from _markup_texts(part)
            else:
                yield from _texts(part, depth + 1)


def _markup_texts(part: bytes) -> Iterator[str]:
    """Yield the running text of a part in one piece, since words are cut into runs, then each attribute's value."""
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    yield "".join(_pieces(root))
    for element in root.iter(etree.Element):
        yield from (str(value) for name, value in element.items() if name not in _ATTRIBUTES_WITHOUT_WORDS)


def _pieces(root: etree._Element) -> Iterator[str]:
    """Yield texts with a line break after paragraphs, cells and values (Word, PowerPoint, Excel, charts)."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            yield element.text or ""
            continue
        if str(element.tag).endswith(("}p", "}v", "}f", "}si", "}tc", "}c")):
            yield "\n"
        yield element.tail or ""
