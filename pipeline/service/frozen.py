"""Definitions frozen for a while: workers load a copy, so that what is edited meanwhile is used whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from pipeline.definitions.parsed import ParsedDefinitions
from pipeline.service.unchanged import DEFINITIONS, Stamp, definition_stamps, definitions_hash, listing_hash
from pipeline.settings import Workspace

FOLDER = "definitions"
"""Folder in .planpress/ that holds the copies, each called by its hash."""
PARSED = "parsed"
"""Folder in a copy that keeps its definitions as they were read."""
KEPT = 2
"""Copies that stay: the one in use, and the one before it, from which somebody may still be loading."""
_UNFINISHED = "unfinished-"
_ATTEMPTS = 5
_ABANDONED = 3600 * 1_000_000_000
"""Nanoseconds after which nobody is still writing an unfinished copy."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """One state of all definitions: its hash, and the folder in which its copy lies as in a workspace."""

    hash: str
    root: Path


def frozen_definitions(workspace: Workspace) -> Frozen:
    """Return the definitions as they are now, in a copy that nobody edits; older copies are removed.

    Raise OSError when a definition cannot be read or the copy cannot be written.
    """
    contents = _contents(workspace.root)
    name = listing_hash((file, hashlib.sha256(content).digest()) for file, content in contents.items())
    copies = workspace.state / FOLDER
    copies.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = copies / name
    if not copy.is_dir() or definitions_hash(copy) != name:
        _place(contents, copy)
    os.utime(copy)
    _remove_old(copies)
    return Frozen(name, copy)


def parsed_definitions(root: Path) -> ParsedDefinitions | None:
    """Return where the definitions of a frozen copy may be kept as they were read; None for a folder people edit."""
    return ParsedDefinitions(root / PARSED, root.name) if root.name == definitions_hash(root) else None


def _contents(root: Path) -> Mapping[str, bytes]:
    """Return the bytes of all definitions, by path; read again where somebody writes meanwhile."""
    contents: Mapping[str, bytes] = {}
    for attempt in range(1, _ATTEMPTS + 1):
        before = _stamps(root)
        try:
            contents = {file: (root / file).read_bytes() for file in before}
        except FileNotFoundError:  # programs save by taking a file away and putting another in its place
            if attempt == _ATTEMPTS:
                raise
            continue
        if _stamps(root) == before:
            break
    # Whoever keeps writing changes the hash once more, and the copy made then is the one that counts.
    return contents


def _stamps(root: Path) -> Mapping[str, Stamp]:
    return {path.relative_to(root).as_posix(): stamp for path, stamp in definition_stamps(root)}


def _place(contents: Mapping[str, bytes], copy: Path) -> None:
    """Write a copy beside its place and move it there whole, instead of what may lie there damaged."""
    unfinished = Path(mkdtemp(prefix=_UNFINISHED, dir=copy.parent))
    for folder in DEFINITIONS:
        (unfinished / folder).mkdir()
    for file, content in contents.items():
        (unfinished / file).parent.mkdir(parents=True, exist_ok=True)
        (unfinished / file).write_bytes(content)
    shutil.rmtree(copy, ignore_errors=True)
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not copy.is_dir():  # else another process has made the same copy
            raise


def _remove_old(copies: Path) -> None:
    newest = sorted(copies.iterdir(), key=_changed, reverse=True)
    finished = [path for path in newest if not path.name.startswith(_UNFINISHED)]
    abandoned = [path for path in newest if path not in finished and _changed(path) < time.time_ns() - _ABANDONED]
    for path in (*finished[KEPT:], *abandoned):
        shutil.rmtree(path, ignore_errors=True)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another process has removed it
        return 0
