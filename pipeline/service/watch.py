"""Watching the inbox: build whatever changed while nobody watched, then whatever is saved, until told to stop.

What fails outside of planpress (the ledger, a disk, a share) ends a session, not the watcher: what was under way is
thrown away, told as a trouble, and taken up again from the ledger when it is well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.collect.watch import Watch
from pipeline.definitions.load import OUTPUTS, RULES, TEMPLATES
from pipeline.errors import LedgerUnavailable
from pipeline.send.outbox import Outbox
from pipeline.service.events import Event, EventKind, Listener, WatchState
from pipeline.service.heartbeat import BEAT_SECONDS, write_heartbeat
from pipeline.service.publisher import Clock
from pipeline.service.report import BuildReport, FileResult
from pipeline.service.scheduler import Callbacks, Scheduler
from pipeline.service.session import Session
from pipeline.service.shifts import Shifts
from pipeline.service.timekeeping import Timekeeper
from pipeline.service.troubles import Troubles
from pipeline.settings import Workspace
from pipeline.store.address import database_url, is_missing, shown
from pipeline.store.ledger import Ledger
from pipeline.store.lock import WATCHING, exclusive
from pipeline.workers import LoadBuilder

LEDGER, DISK, FOLDERS, HEARTBEAT, CLOCK = "ledger", "disk", "folders", "heartbeat", "clock"
PATIENCE_SECONDS = 120.0
"""How long it is waited for a build that is under way at the start."""
SUPERVISE_SECONDS = 5.0
PROVEN_SECONDS = 5.0
"""What ended a session counts as healed when another has done all there was to do, or has gone well for as long as a
file needs to settle and so much longer."""
LONGEST_SLEEP = 0.5
"""A signal is noticed after so many seconds at the latest."""
BRING_BACK = "Mount its disk, or bring it back from a backup; nothing is lost, and planpress goes on then."
MOST_ONCE_SECONDS = 600.0
"""With `once` nobody waits longer for files that never stand still."""


@dataclass(frozen=True, slots=True)
class WatchReport:
    """How a watcher ended; `build` is what came of each file where it ran once."""

    build: BuildReport | None = None

    @property
    def exit_code(self) -> int:
        """Return 0, or with `once` what a build would end with."""
        return self.build.exit_code if self.build else 0


def watch_inbox(
    workspace: Workspace,
    load: LoadBuilder,
    clock: Clock,
    *,
    once: bool,
    listeners: Sequence[Listener],
    stop: threading.Event,
) -> WatchReport:
    """Build what is new in the inbox; with `once` return then, else stay until `stop` is set.

    Raise Locked when somebody else works in this workspace, DefinitionError when the definitions are wrong from the
    start, WorkspaceError when a folder cannot be used.
    """
    workspace.create_folders()
    with exclusive(workspace.state / "lock", PATIENCE_SECONDS, WATCHING):
        return _Watcher(workspace, load, clock, listeners, stop).run(once=once)


class _Watcher:
    def __init__(
        self,
        workspace: Workspace,
        load: LoadBuilder,
        clock: Clock,
        listeners: Sequence[Listener],
        stop: threading.Event,
    ) -> None:
        self._workspace, self._clock, self._listeners, self._stop = workspace, clock, listeners, stop
        self._state, self._next_beat, self._next_check = WatchState(), 0.0, 0.0
        self._troubles = Troubles(self._tell_about)
        self._shifts = Shifts(workspace, load, self._troubles, self._tell_about)
        folders = [workspace.root / folder for folder in (TEMPLATES, RULES, OUTPUTS)]
        self._watch = Watch([workspace.inbox, *folders], workspace.settings.poll_seconds)
        self._results: dict[str, FileResult] = {}
        self._is_asked_once = False  # else nobody wants all results, which would stay in memory
        self._session: Session | None = None
        self._outbox = Outbox(workspace.outbox)
        self._ground = _identity(workspace.state)
        self._timekeeper = Timekeeper(clock)

    def run(self, *, once: bool) -> WatchReport:
        self._is_asked_once = once
        with self._watch, self._shifts:
            self._shifts.begin()
            self._hear(Event(self._clock(), EventKind.STARTED))
            while not self._stop.is_set():
                if self._is_served(once=once):
                    break
            self._hear(Event(self._clock(), EventKind.STOPPED))
            self._beat(at_once=True)
        results = tuple(self._results[file] for file in sorted(self._results))
        return WatchReport(BuildReport(results) if once else None)

    # A session ------------------------------------------------------------------------------------------------------

    def _is_served(self, *, once: bool) -> bool:
        """Watch until something fails; return whether the work is done."""
        try:
            self._must_hold_the_lock()
            with self._ledger() as ledger:
                return self._serve(ledger, once=once)
        except LedgerUnavailable as failure:
            seconds = self._troubles.tell(LEDGER, str(failure))
        except OSError as failure:
            seconds = self._troubles.tell(DISK, f"planpress cannot go on now: {failure}. It is tried again.")
        self._beat(at_once=True)
        self._stop.wait(seconds)
        return False

    def _must_hold_the_lock(self) -> None:
        """Raise OSError where the folder with the lock of this process is gone, or another lies in its place."""
        if _identity(self._workspace.state) != self._ground:
            raise OSError(f"{self._workspace.state} is not the folder any more that it was at the start")

    def _ledger(self) -> Ledger:
        address = self._workspace.ledger_url
        if self._session is not None and is_missing(database_url(address)):
            raise LedgerUnavailable(f"The ledger ({shown(database_url(address))}) is not there any more. {BRING_BACK}")
        return Ledger(address)

    def _serve(self, ledger: Ledger, *, once: bool) -> bool:
        callbacks = Callbacks(self._hear, self._take_result, lambda _: self._watch.changed.set())
        scheduler = Scheduler(self._workspace, ledger, self._shifts.crew, self._clock, callbacks, self._outbox)
        session = self._session = Session(self._workspace, ledger, scheduler, self._troubles, self._clock)
        self._shifts.on_change = partial(self._change_crew, scheduler, session)
        latest = time.monotonic() + MOST_ONCE_SECONDS
        proven = time.monotonic() + self._workspace.settings.settle_seconds + PROVEN_SECONDS
        is_told = True
        try:
            while not self._stop.is_set():
                self._must_hold_the_lock()
                session.turn(is_told=is_told)
                if session.is_over or time.monotonic() > proven:
                    self._troubles.heal(LEDGER)
                    self._troubles.heal(DISK)
                self._shifts.check()
                self._supervise()
                self._beat()
                if once and (session.is_over or time.monotonic() > latest):
                    return True
                is_told = self._watch.wait(min(LONGEST_SLEEP, max(0.0, session.next_turn - time.monotonic())))
            self._finish(scheduler)
        except BaseException:
            scheduler.abandon()
            raise
        return True

    def _finish(self, scheduler: Scheduler) -> None:
        """Let what is being built end, and begin nothing more."""
        self._hear(Event(self._clock(), EventKind.STOPPING))
        self._beat(at_once=True)
        scheduler.stop()
        latest = time.monotonic() + self._workspace.settings.limits.seconds
        while scheduler.is_building and time.monotonic() < latest:
            self._watch.wait(LONGEST_SLEEP)
            scheduler.step()
        scheduler.abandon()

    def _change_crew(self, scheduler: Scheduler, session: Session) -> None:
        scheduler.change_crew(self._shifts.crew)
        session.judge_all_again()

    def _take_result(self, result: FileResult) -> None:
        if self._is_asked_once:
            self._results[result.file] = result
        if self._session is not None:
            self._session.take_result(result)

    # Telling --------------------------------------------------------------------------------------------------------

    def _hear(self, event: Event) -> None:
        self._state = self._state.after(event)
        for listener in self._listeners:
            listener(event)

    def _tell_about(self, kind: EventKind, topic: str, detail: str) -> None:
        self._hear(Event(self._clock(), kind, detail=detail, topic=topic))

    def _supervise(self) -> None:
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + SUPERVISE_SECONDS
        self._tell_or_heal(FOLDERS, " ".join(self._watch.supervise()))
        self._tell_or_heal(CLOCK, self._timekeeper.jump())

    def _tell_or_heal(self, topic: str, wrong: str) -> None:
        if wrong:
            self._troubles.tell(topic, wrong)
        else:
            self._troubles.heal(topic)

    def _beat(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if now < self._next_beat and not at_once:
            return
        self._next_beat = now + min(BEAT_SECONDS, 1.0)
        try:
            write_heartbeat(self._workspace.heartbeat, self._state, self._clock())
        except OSError as failure:
            self._troubles.tell(HEARTBEAT, f"{self._workspace.state} cannot be written to: {failure.strerror}.")
        else:
            self._troubles.heal(HEARTBEAT)


def _identity(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another in its place; raise OSError when there is none."""
    status = folder.stat()
    return status.st_dev, status.st_ino
