"""Noticing that something changed in a folder. It sets a flag and decides nothing: whoever waits for it looks himself.

Events of an operating system come twice, early, out of order or not at all (a network share tells nothing that other
machines do), so they are only a reason to look; a look on a timer is the safety net.
"""

from __future__ import annotations

import errno
import os
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from pipeline.settings import NETWORK_FILE_SYSTEMS, file_system_of

POLL_SECONDS = 5.0
"""How often a folder is looked at whose changes nobody tells."""
_SILENT_FILE_SYSTEMS = NETWORK_FILE_SYSTEMS | {"autofs", "fakeowner", "prl_fs", "vboxsf", "virtiofs", "vmhgfs"}
"""File systems that may be changed by another machine, of which this one's kernel tells nothing."""
_LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs", "fuse.ntfs-3g", "fuse.exfat", "fuseblk"})
_LIMITS = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_CHANGES: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
"""Not opened and closed unchanged: looking at a folder is no reason to look again."""

# A folder made within a folder that was made just now is met twice, which does no harm and is nobody's business.
warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)


class Watch:
    """Watches folders with all that is in them, as a context: `changed` is set when it is worth a look.

    `poll` seconds make it look at a timer everywhere; else it does so only where changes are not told: on network and
    FUSE file systems, and where the system's limit of watches is reached.
    """

    def __init__(self, folders: Iterable[Path], poll: float | None = None) -> None:
        self.changed = threading.Event()
        self._lookouts = [_Lookout(folder, poll, self.changed.set) for folder in folders]

    def __enter__(self) -> Self:
        for lookout in self._lookouts:
            lookout.check()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lookout in self._lookouts:
            lookout.stop()

    def wait(self, seconds: float) -> bool:
        """Return whether something changed within so many seconds, as soon as it did; the flag is lowered."""
        changed = self.changed.wait(seconds)
        self.changed.clear()
        return changed

    def supervise(self) -> tuple[str, ...]:
        """Restart what died, and return what is wrong now, a sentence each; nothing when all is well.

        Whenever a folder is watched anew the flag is set: what happened meanwhile was not told. To be called every few
        seconds.
        """
        return tuple(sentence for lookout in self._lookouts if (sentence := lookout.check()))

    def polled(self) -> tuple[str, ...]:
        """Return which folders are looked at on a timer, and why, a sentence each."""
        return tuple(sentence for lookout in self._lookouts if (sentence := lookout.polls_because()))


class _Guard(Protocol):
    """What tells of changes in one folder until it is stopped or dies."""

    def is_alive(self) -> bool: ...

    def stop(self) -> None: ...


class _Lookout:
    """One folder, the guard that watches it now, and what the folder was when that began."""

    def __init__(self, folder: Path, poll: float | None, tell: Callable[[], None]) -> None:
        self._folder, self._tell = folder, tell
        self._poll = poll
        self._guard: _Guard | None = None
        self._identity: tuple[int, int] | None = None
        self._reason = ""
        self._wrong = ""

    def check(self) -> str:
        """Watch the folder anew where that is needed; return what is wrong now, or nothing."""
        try:
            identity = _identity(self._folder)
        except OSError as error:
            self._abandon()
            return f"{self._folder} cannot be watched: {_reason(error)}. It is tried again."
        if self._guard is None or not self._guard.is_alive() or identity != self._identity or self._may_be_better():
            self._begin(identity)
        elif isinstance(self._guard, _Events) and not _has_room(self._folder):
            self._poll_for_want_of_watches()
        return self._wrong

    def stop(self) -> None:
        """End watching."""
        if self._guard is not None:
            self._guard.stop()
        self._guard = None

    def polls_because(self) -> str:
        """Return why the folder is looked at on a timer, or nothing where changes are told."""
        if not isinstance(self._guard, _Timer):
            return ""
        return f"{self._folder} is looked at every {self._guard.seconds:g} seconds: {self._reason}."

    def _abandon(self) -> None:
        """End watching what is not there any more, and say once that it is worth a look."""
        if self._guard is not None:
            self.stop()
            self._tell()

    def _begin(self, identity: tuple[int, int]) -> None:
        self.stop()
        self._identity, self._wrong = identity, ""
        self._reason = self._reason_to_poll()
        if self._reason:
            self._guard = _Timer(self._tell, self._poll or POLL_SECONDS)
        else:
            self._listen()
        if self._guard is not None:
            self._tell()

    def _reason_to_poll(self) -> str:
        if self._poll is not None:
            return "the settings say so"
        file_system = file_system_of(self._folder)
        return f"on {file_system} changes by others are not told" if _is_silent(file_system) else ""

    def _listen(self) -> None:
        try:
            self._guard = _Events(self._folder, self._tell)
        except OSError as error:
            if error.errno not in _LIMITS:
                self._wrong = f"{self._folder} cannot be watched: {_reason(error)}. It is tried again."
                return
            self._poll_for_want_of_watches()
        else:
            if not _has_room(self._folder):
                self._poll_for_want_of_watches()

    def _poll_for_want_of_watches(self) -> None:
        self.stop()
        self._reason = "this system's limit of watched folders is reached"
        self._guard = _Timer(self._tell, POLL_SECONDS)
        self._wrong = (
            f"{self.polls_because()} Raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl; "
            f"planpress notices by itself."
        )

    def _may_be_better(self) -> bool:
        """Return whether a folder that is polled for want of watches could be listened to again."""
        return bool(self._wrong) and isinstance(self._guard, _Timer) and _has_room(self._folder)


class _Events:
    """Listens to the operating system; raises OSError where that cannot be had."""

    def __init__(self, folder: Path, tell: Callable[[], None]) -> None:
        before = set(threading.enumerate())
        self._observer = Observer()
        try:
            self._observer.schedule(_Teller(tell), str(folder), recursive=True, event_filter=_CHANGES)
            self._observer.start()
        except OSError:
            _end(self._observer)
            raise
        # Any of watchdog's threads may die of an exception, of which the others take no notice.
        self._threads = [thread for thread in threading.enumerate() if thread not in before and _is_watchdogs(thread)]

    def is_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        _end(self._observer)


class _Teller(FileSystemEventHandler):
    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def on_any_event(self, _event: FileSystemEvent) -> None:
        self._tell()


class _Timer(threading.Thread):
    """Tells every few seconds that it is worth a look. The look itself is the polling: nothing is asked here twice."""

    def __init__(self, tell: Callable[[], None], seconds: float) -> None:
        super().__init__(name="planpress-poll", daemon=True)
        self._tell, self.seconds = tell, seconds
        self._stopped = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._stopped.wait(self.seconds):
            self._tell()

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _identity(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another in its place; raise OSError when it cannot be looked into."""
    with os.scandir(folder):
        status = folder.stat()
    return status.st_dev, status.st_ino


def _is_silent(file_system: str) -> bool:
    is_foreign_fuse = file_system.startswith("fuse.") and file_system not in _LOCAL_FUSE
    return is_foreign_fuse or file_system == "fuse" or file_system in _SILENT_FILE_SYSTEMS


def _has_room(folder: Path) -> bool:
    """Return whether the system grants one more watch.

    Where it does not, folders below one that is watched may have been left out, of which watchdog says nothing.
    """
    probe = None
    try:
        probe = Observer()
        probe.schedule(FileSystemEventHandler(), str(folder), recursive=False)
        probe.start()
    except OSError as error:
        return error.errno not in _LIMITS
    finally:
        if probe is not None:
            _end(probe)
    return True


def _is_watchdogs(thread: threading.Thread) -> bool:
    return type(thread).__module__.partition(".")[0] == "watchdog"


def _end(observer: BaseObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
