"""Bytes by their SHA-256: what came in and what went out, each kept once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import SnapshotLost

UNFINISHED = "unfinished"
"""Folder in which bytes lie while they are being written, under their hash and the number of the writing process."""


class Snapshots:
    """A folder that keeps bytes under `ab/cdef…`, the hexadecimal SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie."""
        return self._folder / sha256[:2] / sha256[2:]

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def files(self) -> Iterator[tuple[Path, bytes | None]]:
        """Yield every file with the hash under which it lies; None for one that was not finished."""
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for path in folder.iterdir():
                yield path, _hash(folder.name + path.name)

    def read(self, sha256: str) -> bytes:
        """Return the bytes; raise SnapshotLost when they are missing or are no longer what they were."""
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise SnapshotLost(f"The snapshot {sha256} cannot be read: {error.strerror or error}.") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise SnapshotLost(f"The snapshot {sha256} is damaged; restore .planpress/snapshots from a backup.")
        return content

    def write(self, content: bytes) -> str:
        """Keep the bytes and return their hash; when this returns they are on the disk."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.is_file() or path.stat().st_size != len(content):
            self._replace(path, content, self._folder / UNFINISHED / f"{sha256}.{os.getpid()}")
        return sha256

    def clear_unfinished(self) -> None:
        """Take away what was being written by processes that are gone; not to be called while this one writes."""
        for path in (self._folder / UNFINISHED).glob("*"):
            writer = path.suffix.removeprefix(".")
            if writer == str(os.getpid()) or not Path("/proc", writer).exists():
                path.unlink(missing_ok=True)

    @staticmethod
    def _replace(path: Path, content: bytes, unfinished: Path) -> None:
        for folder in (path.parent, unfinished.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)


def _hash(name: str) -> bytes | None:
    try:
        return bytes.fromhex(name)
    except ValueError:
        return None


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
