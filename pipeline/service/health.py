"""How a watcher is, for those who ask: `/health` and `/metrics`."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.service.events import Event, EventKind, Listener, WatchState
from pipeline.service.heartbeat import SILENT_AFTER, read_heartbeat
from pipeline.service.loopback import HEALTH, METRICS, LoopbackServer, Page
from pipeline.service.publisher import Clock
from pipeline.settings import Workspace

PORT_TROUBLE = "metrics_port"


class Health:
    """Follows the events of the watcher in this process, and says how it is at any moment."""

    def __init__(self, heartbeat: Path, clock: Clock) -> None:
        self._heartbeat, self._clock = heartbeat, clock
        self._began = clock()
        self._lock = threading.Lock()
        self.state = WatchState()

    def __call__(self, event: Event) -> None:
        """Follow an event; they may come from several threads."""
        with self._lock:
            self.state = self.state.after(event)

    @property
    def last_sign(self) -> datetime:
        """Return when the watcher last showed that it lives."""
        beat = read_heartbeat(self._heartbeat)
        return beat.at if beat is not None and beat.process == os.getpid() else self._began

    @property
    def is_alive(self) -> bool:
        """Return whether the watcher gave a sign of life lately; it may hang although its process runs."""
        return self._clock() - self.last_sign <= SILENT_AFTER

    @property
    def oldest_seconds(self) -> float:
        """Return for how long the oldest save has been waiting for its documents, 0 when none does."""
        oldest = self.state.oldest
        return max(0.0, (self._clock() - oldest).total_seconds()) if oldest is not None else 0.0

    def page(self) -> Page:
        """Return the answer to `/health`: 200 while the watcher lives, 503 when it hangs."""
        told = self._told()
        status = HTTPStatus.OK if told["status"] != "stuck" else HTTPStatus.SERVICE_UNAVAILABLE
        return Page(status, "application/json", f"{json.dumps(told, indent=1)}\n".encode())

    def _told(self) -> dict[str, Any]:
        state = self.state
        return {
            "status": self._word(state),
            "version": __version__,
            "since": state.since.isoformat() if state.since else None,
            "last_sign": self.last_sign.isoformat(),
            "waiting": len(state.waiting),
            "building": len(state.building),
            "held": len(state.held),
            "oldest_unbuilt_seconds": round(self.oldest_seconds, 1),
            "troubles": dict(state.troubles),
        }

    def _word(self, state: WatchState) -> str:
        if not self.is_alive:
            return "stuck"
        if state.stopping:
            return "stopping"
        if state.since is None:
            return "starting"
        return "troubled" if state.troubles else "ok"


@contextmanager
def answering(workspace: Workspace, clock: Clock, tell: Listener) -> Iterator[tuple[Listener, ...]]:
    """Answer on the port that the settings name, if any; yields who must hear of the watcher's events.

    `tell` is told, from another thread, when the port is taken and when it is free again.
    """
    port = workspace.settings.metrics_port
    if port is None:
        yield ()
        return
    from pipeline.service.metrics import Metrics  # only who is measured loads the library

    health = Health(workspace.heartbeat, clock)
    metrics = Metrics(health)

    def tell_all(sentence: str) -> None:
        kind = EventKind.TROUBLE if sentence else EventKind.HEALED
        event = Event(clock(), kind, topic=PORT_TROUBLE, detail=sentence or f"Port {port} is open.")
        health(event)
        tell(event)

    with LoopbackServer(port, {HEALTH: health.page, METRICS: metrics.page}, tell_all):
        yield (health, metrics)
