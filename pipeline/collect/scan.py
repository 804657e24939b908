"""Looking into the inbox: every workbook in it with a stamp that changes whenever its bytes may have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.collect.names import WORKBOOK_ENDINGS, holds_workbooks, is_workbook
from pipeline.errors import InboxGone
from pipeline.settings import why_not_mounted

_ENDINGS = tuple(WORKBOOK_ENDINGS)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a folder tells of a file without opening it: size in bytes, instants in nanoseconds, inode.

    Sync clients and `cp -p` put back `mtime_ns`; `ctime_ns` nobody can put back where the file system has one. It is
    compared, never ordered: clocks jump.
    """

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int = 0

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp of a file whose status was asked for."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)

    def stands(self, later: Stamp) -> bool:
        """Return whether a file stood still between two looks.

        The inode is left out: FUSE file systems give a file a new one whenever the kernel has forgotten the old.
        """
        return (self.size, self.mtime_ns, self.ctime_ns) == (later.size, later.mtime_ns, later.ctime_ns)


@dataclass(frozen=True, slots=True)
class Listing(Mapping[str, Stamp]):
    """The workbooks of the inbox: a mapping from path (relative, posix) to stamp.

    `blind` are files and folders below it that could not be looked at, each with the reason: what lies there is neither
    gone nor changed.
    `device` is the file system on which the inbox lay, `is_bare` says that nothing at all was in it.
    """

    files: Mapping[str, Stamp]
    blind: Mapping[str, str] = field(default_factory=dict)
    device: int = 0
    is_bare: bool = field(default=False)

    def lying(self, known: Iterable[str]) -> frozenset[str]:
        """Return the workbooks that lie in the inbox, and those of `known` that may lie where nobody can look."""
        return frozenset({*self.files, *(file for file in known if self.hides(file))})

    def hides(self, file: str) -> bool:
        """Return whether a file may lie where nobody can look now."""
        return any(file == place or file.startswith(f"{place}/") for place in self.blind)

    def __getitem__(self, file: str) -> Stamp:
        return self.files[file]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def stamp_of(path: Path) -> Stamp:
    """Return the stamp of one file; raise OSError when it cannot be had.

    Whoever reads a file compares it before and after: bytes read while somebody wrote are nobody's workbook.
    """
    return Stamp.of(path.stat())


def scan(inbox: Path, before: Listing | None = None) -> Listing:
    """Return all workbooks below the inbox.

    `before` is what was found last: by it a mount point that lost its share is told from an inbox that was emptied.
    Raise InboxGone when the inbox cannot be looked into, or is empty because its share is not mounted: it must never
    pass for an empty one.
    """
    identity = _identity(inbox)
    found, blind, is_bare = _walk(inbox)
    listing = Listing(found, dict(sorted(blind.items())), identity[0], is_bare)
    if _identity(inbox) != identity:
        raise InboxGone(inbox, "another folder took its place while it was being read")
    if is_bare and (reason := why_not_mounted(inbox)):
        raise InboxGone(inbox, f"it is empty, since {reason}")
    if before and is_bare and listing.device != before.device:
        raise InboxGone(inbox, "it is empty and no longer on the file system on which the workbooks lay")
    return listing


def _identity(inbox: Path) -> tuple[int, int]:
    try:
        status = inbox.stat()
    except OSError as error:
        raise InboxGone(inbox, _reason(error)) from error
    return status.st_dev, status.st_ino


def _walk(inbox: Path) -> tuple[dict[str, Stamp], dict[str, str], bool]:
    """Return the workbooks, the places that could not be looked at, and whether the inbox holds nothing at all."""
    found: dict[str, Stamp] = {}
    blind: dict[str, str] = {}
    top = _entries(inbox)
    if isinstance(top, OSError):
        raise InboxGone(inbox, _reason(top)) from top
    waiting = [("", top)]
    while waiting:
        prefix, entries = waiting.pop()
        for entry in entries:
            file = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting += _entered(entry, file, blind)
            elif entry.name.lower().endswith(_ENDINGS) and is_workbook(PurePosixPath(entry.name)):
                _add(file, entry, found, blind)
    return dict(sorted(found.items())), blind, not top


def _entered(entry: os.DirEntry[str], folder: str, blind: dict[str, str]) -> list[tuple[str, list[os.DirEntry[str]]]]:
    """Return what lies in a folder as one more thing to look at; nothing for one that holds no workbooks."""
    if not holds_workbooks(entry.name):
        return []
    entries = _entries(entry)
    if isinstance(entries, OSError):
        if not isinstance(entries, FileNotFoundError):  # else it was deleted or renamed meanwhile
            blind[folder] = _reason(entries)
        return []
    return [(f"{folder}/", entries)]


def _entries(folder: os.PathLike[str]) -> list[os.DirEntry[str]] | OSError:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        return error


def _add(file: str, entry: os.DirEntry[str], found: dict[str, Stamp], blind: dict[str, str]) -> None:
    try:
        if entry.is_file():
            found[file] = Stamp.of(entry.stat())
    except FileNotFoundError:
        pass  # deleted or renamed since the folder was listed
    except OSError as error:
        blind[file] = _reason(error)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
