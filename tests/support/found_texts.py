"""Every text in a finished file, found without planpress: on pages, in properties, attachments, embedded parts."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from lxml import etree


def texts_of_file(path: Path) -> list[str]:
    """Return the name of a file and all texts in it."""
    return [path.name, *texts_in(path.read_bytes())]


def texts_in(content: bytes) -> Iterator[str]:
    """Yield every text in a PDF, in an Office file or in a package in it; of another file what is plain text."""
    if content.startswith(b"%PDF"):
        yield from _pdf_texts(content)
    elif content.startswith(b"PK"):
        yield from _package_texts(content)
    elif b"\0" not in content[:2048]:
        yield content.decode("utf-8", errors="replace")


def _pdf_texts(content: bytes) -> Iterator[str]:
    yield from _printed(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            yield from _strings(item)
        for page in pdf.pages:
            for instruction in pikepdf.parse_content_stream(page):
                for operand in instruction.operands:
                    yield from _strings(operand)
        for attachment in pdf.attachments.values():
            yield from texts_in(attachment.get_file().read_bytes())


def _printed(content: bytes) -> Iterator[str]:
    """Yield what pdftotext reads, in reading order and as laid out."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        for layout in ("-raw", "-layout"):
            command = ["pdftotext", layout, "-enc", "UTF-8", file.name, "-"]
            yield subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode("utf-8")


def _strings(item: Any) -> Iterator[str]:
    if isinstance(item, pikepdf.String):
        yield str(item)
        yield bytes(item).decode("utf-8", errors="replace")
    elif isinstance(item, pikepdf.Array):
        for entry in item:
            yield from _strings(entry) if not _is_shared(entry) else ()
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for entry in dict(item.items()).values():
            yield from _strings(entry) if not _is_shared(entry) else ()
        if isinstance(item, pikepdf.Stream) and item.get("/Type") in ("/Metadata", "/EmbeddedFile"):
            yield from texts_in(item.read_bytes())


def _is_shared(item: Any) -> bool:
    """Return whether an object has a number of its own, under which it is looked at."""
    return isinstance(item, pikepdf.Object) and item.is_indirect


def _package_texts(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            yield name
            part = package.read(name)
            if name.endswith((".xml", ".rels", ".vml", ".svg")):
                root = etree.fromstring(part)
                yield "".join(str(text) for text in root.itertext())
                yield "\n".join(str(text) for text in root.itertext())
                yield "\n".join(str(value) for element in root.iter(etree.Element) for value in element.values())
            else:
                yield from texts_in(part)
