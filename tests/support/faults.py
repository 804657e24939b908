"""Faults of the surroundings, made on purpose and put right again."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


def may_mount() -> bool:
    """Return whether a small disk can be mounted here: root may, unless it is root of a container that may not."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True)
        return tried.returncode == 0 and subprocess.run(["umount", folder], check=False).returncode == 0


NEEDS_ROOT = pytest.mark.skipif(not may_mount(), reason="only root may mount a small disk (tmpfs), on most machines")
_CAPABILITIES = struct.Struct("=6I")
_VERSION_3 = struct.Struct("=Ii")
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


@dataclass(frozen=True)
class SmallDisk:
    """A disk of its own, mounted at a folder."""

    folder: Path
    kilobytes: int

    def mount(self) -> None:
        """Mount it, empty."""
        self.folder.mkdir(exist_ok=True)
        _mount("-t", "tmpfs", "-o", f"size={self.kilobytes}k,mode=755", "tmpfs", str(self.folder))

    def remount(self, right: str) -> None:
        """Make it read-only (`ro`) or writable (`rw`); what is open for writing keeps nobody from it."""
        _mount("-o", f"remount,{right}", str(self.folder))

    def hide(self) -> Path:
        """Take it from its folder, with all that is on it, and return where it is meanwhile."""
        elsewhere = self.folder.with_name(f"{self.folder.name} elsewhere")
        elsewhere.mkdir(exist_ok=True)
        _mount("--bind", str(self.folder), str(elsewhere))
        self.unmount()
        return elsewhere

    def show(self) -> None:
        """Mount again at its folder what was hidden."""
        elsewhere = self.folder.with_name(f"{self.folder.name} elsewhere")
        _mount("--bind", str(elsewhere), str(self.folder))
        subprocess.run(["umount", "-l", str(elsewhere)], check=True)

    def unmount(self) -> None:
        """Unmount it, whoever still has something open on it."""
        subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self) -> None:
        """Leave no room on it."""
        with (self.folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink()


@contextmanager
def small_disk(folder: Path, kilobytes: int = 4096) -> Iterator[SmallDisk]:
    """Mount an empty disk at a folder, and unmount it in the end."""
    disk = SmallDisk(folder, kilobytes)
    disk.mount()
    try:
        yield disk
    finally:
        for place in (folder, folder.with_name(f"{folder.name} elsewhere")):
            while os.path.ismount(place):
                subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Let permissions bind root too: this thread, and all that it starts as threads, keep only an owner's rights."""
    before = _capabilities()
    free = ~(1 << _CAP_DAC_OVERRIDE | 1 << _CAP_DAC_READ_SEARCH)
    _set_capabilities((before[0] & free, *before[1:]))
    try:
        yield
    finally:
        _set_capabilities(before)


def _capabilities() -> tuple[int, ...]:
    """Return effective, permitted and inheritable capabilities of this thread, low then high (capget(2))."""
    header, data = _header(), ctypes.create_string_buffer(_CAPABILITIES.size)
    assert ctypes.CDLL(None, use_errno=True).capget(header, data) == 0, os.strerror(ctypes.get_errno())
    return _CAPABILITIES.unpack(data.raw)


def _set_capabilities(capabilities: tuple[int, ...]) -> None:
    data = ctypes.create_string_buffer(_CAPABILITIES.pack(*capabilities), _CAPABILITIES.size)
    assert ctypes.CDLL(None, use_errno=True).capset(_header(), data) == 0, os.strerror(ctypes.get_errno())


def _header() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(_VERSION_3.pack(_LINUX_CAPABILITY_VERSION_3, 0), _VERSION_3.size)


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Hold the lock of a ledger that is a file, as a backup program does."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
