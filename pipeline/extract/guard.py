"""What must not be opened, told apart by content, never by name; each with a sentence of its own.

Foreign bytes meet Python's zip reader only: what a part may unpack to is bounded before it is unpacked, parts with a
document type are refused, and nothing but the parts that hold cells is unpacked at all.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from pipeline.errors import UnreadableWorkbook
from pipeline.extract.faults import unreadable

MEGABYTE = 1_000_000
MOST_BYTES = 100 * MEGABYTE
MOST_PARTS = 10_000
MOST_UNPACKED = 600 * MEGABYTE
MOST_UNPACKED_PART = 250 * MEGABYTE
SMALL_PART = 10 * MEGABYTE
MOST_RATIO = 200
"""Above `SMALL_PART`, real sheets pack 8 to 40 times; what packs `MOST_RATIO` times holds no plan."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_DIRECTORY = b"PK\x05\x06"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    OSError,
    ValueError,
)


@dataclass(frozen=True)
class Parts:
    """The parts of a workbook's zip by name; names are told apart without regard to case, as Office does."""

    archive: zipfile.ZipFile = field(repr=False)
    entries: dict[str, zipfile.ZipInfo] = field(repr=False)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    def names(self, beginning: str) -> list[str]:
        """Return the names (in lower case) that begin with `beginning`, sorted."""
        return sorted(name for name in self.entries if name.startswith(beginning))

    def read(self, name: str) -> bytes:
        """Return a part's bytes; raise UnreadableWorkbook when it is missing, damaged or declares entities."""
        entry = self.entries.get(name.lower())
        if entry is None:
            raise unreadable("file-damaged")
        try:
            with self.archive.open(entry) as part:
                content = part.read(entry.file_size)  # no more is unpacked than it declares, whatever is in there
        except _DAMAGE as error:
            raise unreadable("file-damaged") from error
        return _plain_xml(content)


def open_parts(content: bytes) -> Parts:
    """Return the parts of a workbook; raise UnreadableWorkbook with the sentence of what the bytes are instead."""
    if not content:
        raise unreadable("file-empty")
    if len(content) > MOST_BYTES:
        raise unreadable("file-too-large", size=_megabytes(len(content)), limit=_megabytes(MOST_BYTES))
    if not content.startswith(b"PK"):
        raise _not_a_zip(content)
    _refuse_many_parts(content)
    parts = _directory(content)
    _refuse_bomb(parts)
    _refuse_other_documents(parts)
    return parts


def _not_a_zip(content: bytes) -> UnreadableWorkbook:
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        return unreadable("file-is-encrypted" if encrypted else "file-is-old-excel")
    if b"%PDF-" in content[:1024]:
        return unreadable("file-is-pdf")
    return unreadable("file-not-a-workbook")


def _refuse_many_parts(content: bytes) -> None:
    """Read the count from the end of the directory, before a reader walks through it."""
    end = content.rfind(_END_OF_DIRECTORY)
    if end < 0 or end + 12 > len(content):
        raise unreadable("file-damaged")
    (count,) = struct.unpack_from("<H", content, end + 10)
    if count > MOST_PARTS:
        raise unreadable("file-too-many-parts", count=count, limit=MOST_PARTS)


def _directory(content: bytes) -> Parts:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise unreadable("file-damaged") from error
    return Parts(archive, {entry.filename.replace("\\", "/").lower(): entry for entry in archive.infolist()})


def _refuse_bomb(parts: Parts) -> None:
    entries = parts.entries.values()
    if any(entry.flag_bits & 1 for entry in entries):
        raise unreadable("file-is-encrypted")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED or any(_is_bomb(entry) for entry in entries):
        raise unreadable("file-unpacks-too-large", size=_megabytes(total))


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    if entry.file_size > MOST_UNPACKED_PART:
        return True
    return entry.file_size > SMALL_PART and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)


def _refuse_other_documents(parts: Parts) -> None:
    others = {
        "word/document.xml": "file-is-word",
        "ppt/presentation.xml": "file-is-powerpoint",
        "xl/workbook.bin": "file-is-binary-excel",
        "content.xml": "file-is-opendocument",
    }
    for name, code in others.items():
        if name in parts:
            raise unreadable(code)
    if "[Content_Types].xml" not in parts or not parts.names("xl/"):
        raise unreadable("file-not-a-workbook")


def _plain_xml(content: bytes) -> bytes:
    """Return `content` when it is UTF-8 XML without a document type: nothing later may have to expand an entity."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:64]:
        raise unreadable("file-damaged")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise unreadable("file-declares-entities")
    return content


def _megabytes(size: int) -> str:
    return f"{max(size // MEGABYTE, 1):,} MB".replace(",", "\u202f")
