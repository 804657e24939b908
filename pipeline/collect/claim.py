"""Claiming: from files in the inbox to bytes with a hash. The files themselves are never written to."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.collect.scan import scan
from pipeline.errors import InboxGone
from pipeline.model import Finding, Severity
from pipeline.sentences import sentence

MEGABYTE = 1024 * 1024
UNREAD = hashlib.sha256(b"").hexdigest()
"""Stands for the hash of bytes that the file system does not hand out."""


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


def inbox_files(inbox: Path) -> tuple[str, ...]:
    """Return the paths of all workbooks below the inbox, sorted, relative to it.

    Raise InboxGone when it, or any folder in it, cannot be looked into.
    """
    listing = scan(inbox)
    for place, reason in listing.blind.items():
        raise InboxGone(inbox / place, reason)
    return tuple(listing)


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
