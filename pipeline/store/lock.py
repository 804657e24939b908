"""The lock of a workspace: one process at a time publishes and writes the ledger, and says as what it does so."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WorkspaceError

POLL_SECONDS = 0.1
CHANGE_OF_HANDS_SECONDS = 1.0
"""The file may still name the holder before: who has just got the lock writes a moment later."""


BUILDING, WATCHING = "build", "watch"
"""As what a process holds the lock."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, and as what."""

    process: str
    role: str


class Locked(WorkspaceError):
    """Another process works in this workspace; `holder` says which."""

    def __init__(self, holder: Holder) -> None:
        doing = "watches" if holder.role == WATCHING else "is building"
        way_out = "Stop it first" if holder.role == WATCHING else "Wait until it has ended"
        super().__init__(
            f"Another planpress (process {holder.process}) {doing} this workspace. {way_out}, then start again."
        )
        self.holder = holder


@contextmanager
def exclusive(path: Path, patience_seconds: float, role: str = BUILDING) -> Iterator[None]:
    """Hold the lock file at `path` as `role`; wait for one who builds, then raise Locked naming its process.

    Who watches does not end by itself: there is no waiting for it. The system frees the lock when its process ends,
    however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, patience_seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {role}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock file at `path`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _acquire(descriptor: int, patience_seconds: float) -> None:
    deadline, soon = time.monotonic() + patience_seconds, time.monotonic() + CHANGE_OF_HANDS_SECONDS
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        holder = _holder(descriptor)
        if time.monotonic() >= deadline or (holder.role == WATCHING and time.monotonic() >= soon):
            raise Locked(holder)
        time.sleep(POLL_SECONDS)


def _holder(descriptor: int) -> Holder:
    process, _, role = os.pread(descriptor, 40, 0).decode(errors="replace").partition(" ")
    return Holder(process or "unknown", role or BUILDING)
