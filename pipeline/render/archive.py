"""Office files as zips whose bytes depend on their content alone (docs/architecture.md: same bytes).

Times, order, creating system and compression are fixed; parts are written in the order given.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold; every entry carries it."""

_STORED = (".png", ".jpg", ".jpeg", ".gif", ".xlsx", ".emf", ".mp4")
_LEVEL = 6


def write_archive(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of `parts` (name without leading slash, content); what is compressed already is stored."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts:
            archive.writestr(_entry(name), content, compresslevel=_LEVEL)
    return target.getvalue()


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the entries of a zip by name, folders left out; raise `zipfile.BadZipFile` for what is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def normalise_archive(content: bytes) -> bytes:
    """Return the same zip with fixed times and system, its entries in their order."""
    return write_archive(read_archive(content).items())


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = 0
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    return info
