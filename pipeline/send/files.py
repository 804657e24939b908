"""Writing into a folder that others read, edit and hold open: whole files or nothing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

Replace = Callable[[Path, Path], object]
_HELD_OPEN = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}
_UNFINISHED = re.compile(r"^\.planpress-[0-9a-f]{16}\.tmp$")
_EDITED = re.compile(r" \(edited by hand \d{4}-\d\d-\d\d(?: \d+)?\)$")
_BESIDE = re.compile(r" \(edition \d+\)$")


class HeldOpen(Exception):
    """The target of a rename is in use; the new bytes were not put there."""


def hash_of(path: Path) -> str | None:
    """Return the SHA-256 of a file, or None when there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def place(path: Path, content: bytes, replace: Replace = os.replace) -> None:
    """Write a file so that readers see the old bytes or the new ones; raise HeldOpen when the old one is in use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(path.name.encode()).hexdigest()[:16]
    unfinished = path.with_name(f".planpress-{name}.tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in _HELD_OPEN and path.exists():
            raise HeldOpen(path.name) from error
        raise
    sync_folder(path.parent)


def move(source: Path, target: Path, replace: Replace = os.replace) -> None:
    """Rename a file; raise HeldOpen when it is in use."""
    try:
        replace(source, target)
    except OSError as error:
        if error.errno in _HELD_OPEN:
            raise HeldOpen(source.name) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlive a power cut, where the file system knows how."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unfinished_files(folder: Path) -> Iterator[Path]:
    """Yield what an interrupted write left behind."""
    for path in folder.rglob(".planpress-*.tmp"):
        if _UNFINISHED.match(path.name):
            yield path


def aside(path: Path, day: date) -> Path:
    """Return the free name beside `path` for what somebody edited: `… (edited by hand 2026-11-21)`."""
    name = f"{path.stem} (edited by hand {day.isoformat()}"
    candidate, number = path.with_name(f"{name}){path.suffix}"), 2
    while candidate.exists():
        candidate, number = path.with_name(f"{name} {number}){path.suffix}"), number + 1
    return candidate


def is_aside(path: Path) -> bool:
    """Return whether a file is somebody's edited version that was moved aside."""
    return bool(_EDITED.search(path.stem))


def beside(path: Path, edition: int | None) -> Path:
    """Return the name for the successor of a file that is held open: `… (edition 4)`."""
    return path.with_name(f"{path.stem} (edition {edition}){path.suffix}")


def successors(path: Path) -> Iterator[Path]:
    """Yield the files that lie beside `path` because it was held open."""
    if path.parent.is_dir():
        for other in sorted(path.parent.iterdir()):
            stem = _BESIDE.sub("", other.stem)
            if stem != other.stem and stem == path.stem and other.suffix == path.suffix:
                yield other
