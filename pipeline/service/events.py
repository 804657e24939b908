"""What happens while planpress runs, told as it happens: events, and the state that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar


class EventKind(StrEnum):
    """What happened. Those above the gap are about one file, those below about the watcher."""

    RECEIVED = "received"
    OVERTAKEN = "overtaken"
    BUILDING = "building"
    BUILT = "built"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    RETRIED = "retried"
    SET_ASIDE = "set_aside"
    WAITING = "waiting"
    GONE = "gone"

    STARTED = "started"
    TROUBLE = "trouble"
    HEALED = "healed"
    DEFINITIONS_CHANGED = "definitions_changed"
    DEFINITIONS_WRONG = "definitions_wrong"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at `at` (with time zone).

    `file` is a path in the inbox, `account` the account's id, `status` that of the documents after a build, `detail` a
    sentence for people. `topic` names what a trouble is about, so that its healing can be matched. `seconds` is how
    long it took, by stage: `queued` (from being received to being built), `built`, `published`.
    """

    at: datetime
    kind: EventKind
    file: str | None = None
    account: str | None = None
    status: str | None = None
    detail: str = ""
    topic: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)


Held = TypeVar("Held")
Listener = Callable[[Event], None]
ENDS = frozenset({EventKind.BUILT, EventKind.UNCHANGED, EventKind.REFUSED, EventKind.FAILED, EventKind.SET_ASIDE})
"""Events after which a file waits for nothing."""


@dataclass(frozen=True, slots=True)
class WatchState:
    """What a watcher is doing: files that wait and that are being built, each with the instant since when.

    `held` are files whose target is in use or whose account has just got an edition; `troubles` what is wrong now, by
    topic; `counts` how often each kind of event happened since the start.
    """

    since: datetime | None = None
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    building: Mapping[str, datetime] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    stopping: bool = False

    def after(self, event: Event) -> WatchState:
        """Return the state after one more event."""
        counts = {**self.counts, event.kind.value: self.counts.get(event.kind.value, 0) + 1}
        return replace(_moved(self, event), counts=counts)

    @property
    def oldest(self) -> datetime | None:
        """Return since when the oldest save waits for its documents, or None when none does."""
        return min((*self.waiting.values(), *self.building.values()), default=None)


def _moved(state: WatchState, event: Event) -> WatchState:
    kind, file = event.kind, event.file
    if file is not None:
        return _with_file(state, event, file)
    if kind is EventKind.STARTED:
        return replace(state, since=event.at)
    if kind in (EventKind.TROUBLE, EventKind.DEFINITIONS_WRONG):
        return replace(state, troubles={**state.troubles, event.topic: event.detail})
    if kind in (EventKind.HEALED, EventKind.DEFINITIONS_CHANGED):
        return replace(state, troubles=_without(state.troubles, event.topic))
    return replace(state, stopping=True) if kind in (EventKind.STOPPING, EventKind.STOPPED) else state


def _with_file(state: WatchState, event: Event, file: str) -> WatchState:
    waiting, building = _without(state.waiting, file), _without(state.building, file)
    held = _without(state.held, file)
    received = state.waiting.get(file, state.building.get(file, event.at))
    if event.kind is EventKind.WAITING:
        return replace(state, waiting=waiting, building=building, held={**held, file: event.detail})
    if event.kind is EventKind.BUILDING:
        return replace(state, waiting=waiting, building={**building, file: received}, held=held)
    if event.kind in ENDS or event.kind is EventKind.GONE:
        return replace(state, waiting=waiting, building=building, held=held)
    return replace(state, waiting={**waiting, file: received}, building=building, held=held)


def _without(part: Mapping[str, Held], name: str) -> Mapping[str, Held]:
    if name not in part:
        return part  # thousands of files may wait: no copy without need
    return {key: value for key, value in part.items() if key != name}
