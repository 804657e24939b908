"""The lock of a workspace: one process at a time publishes and writes the ledger."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import WorkspaceError

POLL_SECONDS = 0.1


@contextmanager
def exclusive(path: Path, patience_seconds: float) -> Iterator[None]:
    """Hold the lock file at `path`; wait for another holder, then raise WorkspaceError naming its process.

    The system frees the lock when its process ends, however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, patience_seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            holder = os.pread(descriptor, 20, 0).decode(errors="replace") or "unknown"
            raise WorkspaceError(
                f"Another planpress (process {holder}) is building this workspace. Wait until it has ended, then "
                "start again."
            )
        time.sleep(POLL_SECONDS)
