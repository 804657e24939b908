"""A watcher that runs beside a test, and waiting for what it should do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.service.events import Event, EventKind
from pipeline.service.watch import WatchReport, watch_inbox
from tests.support.json_builder import load_builder
from tests.support.workspace import Desk

PATIENCE_SECONDS = 30.0
QUICK = "settle_seconds = 0.1\nmin_interval = 0\n"


@dataclass
class Watching:
    """A watcher in a thread of its own, with all that it told."""

    desk: Desk
    events: list[Event] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    report: WatchReport | None = None

    def run(self) -> None:
        try:
            self.report = watch_inbox(
                self.desk.workspace, load_builder, lambda: self.desk.now, once=False,
                listeners=[self.events.append], stop=self.stop,
            )  # fmt: skip
        except BaseException as failure:
            self.failure = failure
            raise

    def kinds(self, file: str | None = None) -> list[EventKind]:
        """Return what happened, to one file or at all."""
        return [event.kind for event in self.events if file in (None, event.file)]

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; fail with what the watcher told when it does not in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.failure is None, self.failure
            told = "\n".join(str(event) for event in self.events[-20:])
            assert time.monotonic() < deadline, f"waited in vain; the watcher told:\n{told}"
            time.sleep(0.02)

    def wait_for_kind(self, kind: EventKind, file: str | None = None, times: int = 1) -> None:
        """Wait until something happened so often."""
        self.wait_for(lambda: self.kinds(file).count(kind) >= times)


@contextmanager
def watching(desk: Desk) -> Iterator[Watching]:
    """Watch the inbox of a desk until the block ends."""
    watcher = Watching(desk)
    thread = threading.Thread(target=watcher.run, daemon=True)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.stop.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    if watcher.failure is not None:
        raise watcher.failure
