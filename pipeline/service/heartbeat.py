"""The heartbeat of a watcher: a file in which it says, every few seconds, that it lives and what it does."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.service.events import EventKind, WatchState

BEAT_SECONDS = 5.0
"""A watcher writes its heartbeat at least as often."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
SILENT_AFTER = timedelta(minutes=3)
"""A watcher whose last heartbeat is older does nothing any more, although its process may live."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a watcher said last: its process, when that began (ticks since the computer's start), and what it does."""

    process: int
    began: int | None
    at: datetime
    state: WatchState

    @property
    def is_alive(self) -> bool:
        """Return whether the watcher that said this still runs; another process with its number does not count."""
        has_ended = EventKind.STOPPED.value in self.state.counts
        return not has_ended and self.began is not None and _began(self.process) == self.began

    def is_silent(self, now: datetime) -> bool:
        """Return whether nothing was heard for so long that the watcher must be stuck."""
        return now - self.at > SILENT_AFTER


def write_heartbeat(path: Path, state: WatchState, now: datetime) -> None:
    """Write what this process does at `now` (with time zone); raise OSError when that cannot be done.

    By rename; on a full disk into the file that is there already, whose room it has.
    """
    process = os.getpid()
    told = {"process": process, "began": _began(process), "at": now.isoformat(), "state": _told(state)}
    text, beside = json.dumps(told), path.with_name(f"{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        beside.unlink(missing_ok=True)
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()


def read_heartbeat(path: Path) -> Heartbeat | None:
    """Return the last heartbeat in a file, None when there is none that can be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Heartbeat(told["process"], told["began"], datetime.fromisoformat(told["at"]), _state(told["state"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _told(state: WatchState) -> dict[str, Any]:
    """Return a state as JSON; by hand, since thousands of files may wait while this is written every few seconds."""
    return {
        "since": state.since.isoformat() if state.since else None,
        "waiting": {file: since.isoformat() for file, since in state.waiting.items()},
        "building": {file: since.isoformat() for file, since in state.building.items()},
        "held": dict(state.held),
        "troubles": dict(state.troubles),
        "counts": dict(state.counts),
        "stopping": state.stopping,
    }


def _state(told: dict[str, Any]) -> WatchState:
    since, waiting, building = told.pop("since"), told.pop("waiting"), told.pop("building")
    began = datetime.fromisoformat(since) if since else None
    return WatchState(since=began, waiting=_moments(waiting), building=_moments(building), **told)


def _moments(told: dict[str, str]) -> dict[str, datetime]:
    return {file: datetime.fromisoformat(moment) for file, moment in told.items()}


def _began(process: int) -> int | None:
    """Return when a process began, in ticks since the computer's start, which no change of the clock moves."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_the_name = text.rpartition(")")[2].split()
    return None if after_the_name[0] == "Z" else int(after_the_name[19])  # field 22 of proc(5)
