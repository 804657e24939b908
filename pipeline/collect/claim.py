"""Claiming: from files in the inbox to bytes with a hash. The files themselves are never written to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.model import Finding, Severity
from pipeline.sentences import sentence

WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
"""Files that somebody may take for a workbook; all others in the inbox are nobody's business."""
FEED_PREFIX = "_"
"""Folders of the inbox whose names begin so hold files of other systems, not workbooks."""
MEGABYTE = 1024 * 1024
UNREAD = hashlib.sha256(b"").hexdigest()
"""Stands for the hash of bytes that the file system does not hand out."""
_IGNORED_BEGINNINGS = (".", "~$", "(a document being saved by ")
"""Hidden files, owner files of Office, and the folder in which a Mac keeps a file until it is saved."""
_IGNORED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload")
_IGNORED_FOLDERS = frozenset({"#recycle", "#snapshot", "$recycle.bin", "@eadir", "@recycle", "~snapshot"})
"""Where file servers and Windows keep what was deleted and what was: nobody saved it there."""


class FileChanging(Exception):
    """A file was written to, replaced or taken away while it was read: its bytes are nobody's workbook."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file of the inbox (path relative to it, posix) with its bytes, or with the finding why it has none.

    `status` is what the file system said of the file when its bytes were read.
    """

    file: str
    content: bytes = field(default=b"", repr=False)
    sha256: str = ""
    finding: Finding | None = None
    status: os.stat_result | None = None


def inbox_files(inbox: Path) -> Iterator[str]:
    """Yield the paths of all workbooks below the inbox, sorted, relative to it."""
    for path in sorted(inbox.rglob("*")):
        file = path.relative_to(inbox)
        if is_workbook(PurePosixPath(file.as_posix())) and path.is_file():
            yield file.as_posix()


def is_workbook(file: PurePosixPath) -> bool:
    """Return whether a path in the inbox is that of a workbook, not of a program's own or a feed's file."""
    if any(_is_ignored(part) for part in file.parts) or not _is_utf8(str(file)):
        return False
    in_feed = any(part.startswith(FEED_PREFIX) for part in file.parts[:-1])
    return not in_feed and file.suffix.lower() in WORKBOOK_ENDINGS


def _is_ignored(name: str) -> bool:
    name = name.lower()
    return name.startswith(_IGNORED_BEGINNINGS) or name.endswith(_IGNORED_ENDINGS) or name in _IGNORED_FOLDERS


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def claim(inbox: Path, file: str, most_megabytes: int) -> Claim:
    """Return the bytes of a file of the inbox, or the finding that says why they cannot be had.

    Raise FileChanging when it is gone or changes while it is read.
    """
    try:
        before = (inbox / file).stat()
        if before.st_size > most_megabytes * MEGABYTE:
            return _too_large(file, before, most_megabytes)
        content = (inbox / file).read_bytes()
        after = (inbox / file).stat()
    except FileNotFoundError as error:
        raise FileChanging(file) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _refused(file, Finding("file-unreadable", Severity.ERROR, sentence("file-unreadable", reason=reason)))
    if _stamp(before) != _stamp(after) or len(content) != after.st_size:
        raise FileChanging(file)
    return Claim(file, content, hashlib.sha256(content).hexdigest(), status=after)


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _too_large(file: str, status: os.stat_result, most_megabytes: int) -> Claim:
    size, limit = f"{status.st_size // MEGABYTE} MB", f"{most_megabytes} MB"
    message = sentence("file-too-large", size=size, limit=limit)
    # Nobody reads its bytes: one too large is told from another by what the file system says of it.
    told = hashlib.sha256(repr(_stamp(status)).encode()).hexdigest()
    return Claim(file, sha256=told, finding=Finding("file-too-large", Severity.ERROR, message), status=status)


def _refused(file: str, finding: Finding) -> Claim:
    return Claim(file, sha256=UNREAD, finding=finding)
