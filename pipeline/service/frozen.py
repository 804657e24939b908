"""Definitions frozen for a while: workers load a copy, so that what is edited meanwhile is used whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

from pipeline.definitions.parsed import ParsedDefinitions
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.service.unchanged import DEFINITIONS, Stamp, definition_stamps, definitions_hash, listing_hash
from pipeline.settings import Workspace

FOLDER = "definitions"
"""Folder in .planpress/ that holds the copies, each called by its hash."""
PARSED = "parsed"
"""Folder in a copy that keeps its definitions as they were read."""
KEPT = 2
"""Copies that stay although nobody holds them: the newest, and the one before it, which often comes back."""
_UNFINISHED = "unfinished-"
_ATTEMPTS = 5
_ABANDONED = 3600 * 1_000_000_000
"""Nanoseconds after which nobody is still writing an unfinished copy."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Frozen:
    """One state of all definitions: its hash, and the folder in which its copy lies as in a workspace.

    As long as it is kept, no process removes the copy.
    """

    hash: str
    root: Path


def frozen_definitions(workspace: Workspace) -> Frozen:
    """Return the definitions as they are now, in a copy that nobody edits; older copies are removed.

    Raise DefinitionError when a definition cannot be read, OSError when the copy cannot be written.
    """
    contents = _contents(workspace.root)
    name = listing_hash((file, hashlib.sha256(content).digest()) for file, content in contents.items())
    copies = workspace.state / FOLDER
    copies.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = copies / name
    if not copy.is_dir() or definitions_hash(copy) != name:
        _place(contents, copy)
    os.utime(copy)
    frozen = Frozen(name, copy)
    finalize(frozen, os.close, _held(copy))
    _remove_old(copies)
    return frozen


def parsed_definitions(root: Path) -> ParsedDefinitions | None:
    """Return where the definitions of a frozen copy may be kept as they were read; None for a folder people edit."""
    return ParsedDefinitions(root / PARSED, root.name) if root.name == definitions_hash(root) else None


def _contents(root: Path) -> Mapping[str, bytes]:
    """Return the bytes of all definitions, by path; read again where somebody writes meanwhile."""
    contents: Mapping[str, bytes] = {}
    for _ in range(_ATTEMPTS):
        before = _stamps(root)
        contents = _read(root, before)
        if _stamps(root) == before:
            break
    # Whoever keeps writing changes the hash once more, and the copy made then is the one that counts.
    return contents


def _read(root: Path, files: Iterable[str]) -> Mapping[str, bytes]:
    contents: dict[str, bytes] = {}
    faults: list[DefinitionFault] = []
    for file in files:
        try:
            contents[file] = (root / file).read_bytes()
        except FileNotFoundError:
            continue  # programs save by taking a file away and putting another in its place
        except OSError as error:
            faults.append(DefinitionFault(file, 0, f"This file cannot be read: {error.strerror or error}."))
    if faults:
        raise DefinitionError(faults)
    return contents


def _stamps(root: Path) -> Mapping[str, Stamp]:
    return {path.relative_to(root).as_posix(): stamp for path, stamp in definition_stamps(root)}


def _place(contents: Mapping[str, bytes], copy: Path) -> None:
    """Write a copy beside its place and move it there whole, instead of what may lie there damaged."""
    unfinished = Path(mkdtemp(prefix=_UNFINISHED, dir=copy.parent))
    try:
        _write(contents, unfinished)
        shutil.rmtree(copy, ignore_errors=True)
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not copy.is_dir():  # else another process has made the same copy
            raise


def _write(contents: Mapping[str, bytes], folder: Path) -> None:
    for name in DEFINITIONS:
        (folder / name).mkdir()
    for file, content in contents.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)


def _held(copy: Path) -> int:
    """Return a descriptor that keeps a copy from being removed until it is closed, by the kernel at the latest."""
    descriptor = os.open(copy, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _remove_old(copies: Path) -> None:
    newest = sorted(copies.iterdir(), key=_changed, reverse=True)
    finished = [path for path in newest if not path.name.startswith(_UNFINISHED)]
    abandoned = [path for path in newest if path not in finished and _changed(path) < time.time_ns() - _ABANDONED]
    for path in (*finished[KEPT:], *abandoned):
        with suppress(OSError):  # held by somebody, or removed by somebody
            _remove(path)


def _remove(copy: Path) -> None:
    descriptor = os.open(copy, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(copy, ignore_errors=True)
    finally:
        os.close(descriptor)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another process has removed it
        return 0
