"""Definitions that were read before, kept in a folder of our own: reading YAML is the slowest part of loading them.

Only what this very program wrote for these very files is taken; anything else is ignored, and read anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkstemp

import pydantic

from pipeline import __version__, model
from pipeline.definitions.load import Definitions

_DIGEST_BYTES = 32
_OTHERS_MAY_WRITE = 0o022


class ParsedDefinitions:
    """A folder of definitions that were read from one state of their files, which `state` names."""

    def __init__(self, folder: Path, state: str) -> None:
        self._folder, self._state = folder, state

    def read(self, name: str, brand: str) -> Definitions | None:
        """Return the definitions of a workbook template and a brand, or None when they are not kept or not usable."""
        content = _own_content(self._file(name, brand))
        if content is None or hashlib.sha256(content[_DIGEST_BYTES:]).digest() != content[:_DIGEST_BYTES]:
            return None
        found = pickle.loads(content[_DIGEST_BYTES:])  # noqa: S301 - written by ourselves, whole, in our own folder
        return found if isinstance(found, Definitions) else None

    def write(self, name: str, brand: str, definitions: Definitions) -> None:
        """Keep definitions; where that is not possible they are read anew next time."""
        content = pickle.dumps(definitions, protocol=pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            _place(self._file(name, brand), hashlib.sha256(content).digest() + content)

    def _file(self, name: str, brand: str) -> Path:
        key = hashlib.sha256(f"{self._state}\n{name}\n{brand}\n{_program()}".encode()).hexdigest()
        return self._folder / f"{key}.parsed"


@cache
def _program() -> str:
    """Return what the kept form depends on besides the definitions: versions, and our own code that describes them."""
    digest = hashlib.sha256()
    for source in (*sorted(Path(__file__).parent.glob("*.py")), Path(model.__file__)):
        digest.update(source.read_bytes())
    return f"{__version__} {sys.version} {pydantic.VERSION} {digest.hexdigest()}"


def _own_content(file: Path) -> bytes | None:
    """Return the bytes of a file that we wrote and nobody else can have written, or None."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with open(descriptor, "rb") as opened:  # noqa: PTH123 - a descriptor, no path
        status = os.fstat(descriptor)
        is_own = status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_MAY_WRITE
        return opened.read() if is_own else None


def _place(file: Path, content: bytes) -> None:
    descriptor, unfinished = mkstemp(dir=file.parent)  # for our eyes only
    try:
        with open(descriptor, "wb") as opened:  # noqa: PTH123 - a descriptor, no path
            opened.write(content)
        Path(unfinished).replace(file)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        raise
