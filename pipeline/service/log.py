"""The log of a watcher: each event as one line of JSON, for journals and for programs that read them."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from pipeline.service.events import Event, EventKind, Listener

WORDS: Mapping[EventKind, str] = {
    EventKind.RECEIVED: "received",
    EventKind.OVERTAKEN: "overtaken by a newer save",
    EventKind.BUILDING: "being built",
    EventKind.BUILT: "built",
    EventKind.UNCHANGED: "unchanged",
    EventKind.REFUSED: "cannot be built",
    EventKind.FAILED: "failed in planpress itself",
    EventKind.RETRIED: "tried again",
    EventKind.SET_ASIDE: "set aside until it changes",
    EventKind.WAITING: "waiting",
    EventKind.GONE: "gone from the inbox",
    EventKind.STARTED: "watching",
    EventKind.TROUBLE: "trouble",
    EventKind.HEALED: "well again",
    EventKind.DEFINITIONS_CHANGED: "definitions changed",
    EventKind.DEFINITIONS_WRONG: "mistakes in the definitions",
    EventKind.STOPPING: "stopping",
    EventKind.STOPPED: "stopped",
}
"""What happened, in words for people."""
WARNINGS = frozenset({EventKind.REFUSED, EventKind.RETRIED, EventKind.TROUBLE, EventKind.WAITING})
ERRORS = frozenset({EventKind.FAILED, EventKind.SET_ASIDE, EventKind.DEFINITIONS_WRONG})


def level(event: Event) -> str:
    """Return `error` for what somebody must look at, `warning` for what may heal or be corrected, else `info`."""
    if event.kind in ERRORS:
        return "error"
    return "warning" if event.kind in WARNINGS or event.status == "blocked" else "info"


def message(event: Event) -> str:
    """Return what happened as a sentence without its time."""
    is_told = event.status is not None and event.kind in (EventKind.BUILT, EventKind.UNCHANGED)
    words = f"{WORDS[event.kind]}, {event.status}".replace("_", " ") if is_told else WORDS[event.kind]
    about = ": ".join(part for part in (event.file or event.topic.replace("_", " "), words) if part)
    return f"{about}: {event.detail}" if event.detail else about


def entry(event: Event) -> dict[str, Any]:
    """Return an event as the log writes it, without what it does not tell."""
    told = {
        "at": event.at.isoformat(timespec="milliseconds"),
        "level": level(event),
        "event": event.kind.value,
        "message": message(event),
        "file": event.file,
        "account": event.account,
        "status": event.status,
        "topic": event.topic,
        "seconds": {stage: round(seconds, 3) for stage, seconds in event.seconds.items()},
    }
    return {name: value for name, value in told.items() if value}


class JsonLog:
    """Writes each event into a stream, a line each; what nobody reads any more, or has no room, is not written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write an event."""
        self.write(entry(event))

    def write(self, told: Mapping[str, Any]) -> None:
        """Write one line; letters beyond ASCII are escaped, so that no name can break it."""
        line = json.dumps(told)
        with self._lock, suppress(OSError, ValueError):  # ValueError: the stream was closed
            self._stream.write(f"{line}\n")
            self._stream.flush()


@contextmanager
def warnings_of_libraries(tell: Callable[[str, str, str], None]) -> Iterator[None]:
    """Hand what libraries warn of, in this process, to `tell` as (level, library, message)."""
    root, handler = logging.getLogger(), _Handover(tell)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Handover(logging.Handler):
    def __init__(self, tell: Callable[[str, str, str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):  # what cannot be told must not stop who tells it
            self._tell(record.levelname.lower(), record.name, record.getMessage())


def shielded(listener: Listener, record_failure: Callable[[str], object]) -> Listener:
    """Return a listener whose own failures are recorded, each once, and never reach those whom it listens to."""
    known: set[type[BaseException]] = set()

    def listen(event: Event) -> None:
        try:
            listener(event)
        except Exception as failure:  # noqa: BLE001 - a failure to tell must not end what it tells about
            if type(failure) not in known:
                known.add(type(failure))
                with suppress(OSError):
                    record_failure(traceback.format_exc())

    return listen
