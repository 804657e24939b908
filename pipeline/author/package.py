"""The zip around a workbook, without the clock: equal contents make equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
FIXED_INSTANT = b"2026-01-01T00:00:00Z"
_INSTANT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def without_clock(content: bytes) -> bytes:
    """Return a saved workbook with fixed times in its zip and its properties."""
    return with_part(content, "docProps/core.xml", lambda part: _INSTANT.sub(rb"\g<1>" + FIXED_INSTANT, part))


def with_part(content: bytes, edited: str, edit: Callable[[bytes], bytes]) -> bytes:
    """Return a package in which `edit` changed the part `edited`; the other parts and their order stay."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = edit(old.read(name)) if name == edited else old.read(name)
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.external_attr = 0o600 << 16
            new.writestr(info, part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpacked_size(content: bytes) -> int:
    """Return how many bytes the parts of a workbook would fill; raise BadZipFile where it is no zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(info.file_size for info in package.infolist())
