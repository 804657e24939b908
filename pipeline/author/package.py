"""The zip around a workbook, without the clock: equal contents make equal bytes."""

from __future__ import annotations

import io
import re
import zipfile

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
FIXED_INSTANT = "2026-01-01T00:00:00Z"
_INSTANT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def without_clock(content: bytes) -> bytes:
    """Return a saved workbook with fixed times in its zip and its properties."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _INSTANT.sub(rb"\g<1>" + FIXED_INSTANT.encode(), part)
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.external_attr = 0o600 << 16
            new.writestr(info, part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpacked_size(content: bytes) -> int:
    """Return how many bytes the parts of a workbook would fill; raise BadZipFile where it is no zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(info.file_size for info in package.infolist())
