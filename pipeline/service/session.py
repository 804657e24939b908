"""What a watcher does between two failures: look, let settle, take in, build, publish, put right what waits.

One thread. Everything that is not in the ledger may be thrown away at any instant.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.collect.scan import Listing, Stamp, scan, stamp_of
from pipeline.collect.settle import Settling, Sight, is_whole, settle
from pipeline.errors import InboxGone
from pipeline.service.handover import Handover, Request
from pipeline.service.publisher import Clock
from pipeline.service.report import BuildReport, FileResult
from pipeline.service.retention import thin_out_daily
from pipeline.service.scheduler import Scheduler
from pipeline.service.troubles import Troubles
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.records import KnownFile

INBOX, HIDDEN, OUTBOX, RETENTION = "inbox", "parts of the inbox", "outbox", "retention"
UNREADABLE_SECONDS = 30.0
"""A file that may not be read now is tried again so much later."""
RETRY_SECONDS = 10.0
"""How often it is tried to publish what could not be, and to replace what was held open."""
LOOK_SHARE = 10
"""Looking at the inbox takes at most one in so many parts of the time."""
REQUEST_SECONDS = 0.5


class Session:
    """Watching with one ledger, until that fails or somebody wants it to end."""

    def __init__(
        self, workspace: Workspace, ledger: Ledger, scheduler: Scheduler, troubles: Troubles, clock: Clock
    ) -> None:
        self._workspace, self._settings, self._clock = workspace, workspace.settings, clock
        self._ledger, self._scheduler, self._troubles = ledger, scheduler, troubles
        self._handover = Handover(workspace.state)
        self._known = ledger.known_files()
        self._settling = Settling(self._settings.settle_seconds, lambda file: is_whole(workspace.inbox / file))
        self._done: dict[str, Stamp] = {}
        self._seen: dict[str, Sight] = {}
        self._look_at: float | None = None
        self._listing: Listing | None = None
        self._looked = self._next_look = self._next_retry = 0.0
        self._backlog: deque[str] = deque()
        self._today: date | None = None
        self._thinned: date | None = None
        self._is_first_look_over = False
        self._editions: dict[str, tuple[int, float]] = {}
        self._asked: dict[str, _Asked] = {}

    # What others tell -----------------------------------------------------------------------------------------------

    def take_result(self, result: FileResult) -> None:
        """Take down what came of a file: when its account got an edition, and for whom it was built."""
        if result.state == "built" and result.account_id is not None and result.edition is not None:
            before = self._editions.get(result.account_id)
            if before is None or before[0] != result.edition:
                self._editions[result.account_id] = (result.edition, time.monotonic())
        for asked in self._asked.values():
            asked.results[result.file] = result
        if self._listing is not None and result.file not in self._listing:
            self._next_look = min(self._next_look, self._looked)  # it was taken away while it was under way

    def judge_all_again(self) -> None:
        """Judge every workbook once more, one after the other, since what they are judged by has changed."""
        self._backlog = deque(self._done)

    # A turn ---------------------------------------------------------------------------------------------------------

    def turn(self, *, is_told: bool) -> None:
        """Do all that can be done now. `is_told` says that something may have changed in the inbox."""
        if is_told:
            self._next_look = min(self._next_look, self._looked)
        requests = [found for found in self._handover.requests() if found[0] not in self._asked]
        if requests or time.monotonic() >= self._next_look:
            self._look()  # who asks has perhaps saved just now
        if self._listing is not None:
            self._take_requests(requests, self._listing)
            self._begin_day()
            self._feed()
        self._scheduler.step()
        self._put_right()
        self._reply()
        self._thin_out()

    @property
    def next_turn(self) -> float:
        """Return the monotonic instant at which there is something to do though nobody told of anything."""
        return min(self._next_look, self._next_retry, time.monotonic() + REQUEST_SECONDS)

    @property
    def is_over(self) -> bool:
        """Return whether all that lies in the inbox is built as far as it can be now."""
        return self._is_first_look_over and not self._seen and not self._backlog and self._scheduler.is_idle

    # Looking --------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        began = time.monotonic()
        try:
            listing = scan(self._workspace.inbox, self._listing)
        except InboxGone as gone:
            self._next_look = began + self._troubles.tell(INBOX, str(gone))
            return
        self._troubles.heal(INBOX)
        self._tell_blind(listing)
        if self._listing is None:
            self._begin(listing)
        self._listing = listing
        self._settle(listing)
        now = time.monotonic()
        self._looked = now + LOOK_SHARE * (now - began)
        rescan = now + self._settings.rescan_seconds
        self._next_look = max(self._looked, min(rescan, self._look_at or rescan))

    def _tell_blind(self, listing: Listing) -> None:
        if not listing.blind:
            self._troubles.heal(HIDDEN)
            return
        places = ", ".join(f"{place} ({reason})" for place, reason in listing.blind.items())
        self._troubles.tell(HIDDEN, f"{CANNOT_LOOK} {places}.")

    def _begin(self, listing: Listing) -> None:
        """Find out what happened while nobody watched, from what the ledger knows of each file."""
        for file, known in self._known.items():
            stamp = listing.get(file)
            is_same = stamp is not None and _is_as_known(stamp, known)
            self._done[file] = stamp if stamp is not None and is_same else Stamp(-1, known.mtime_ns, 0)
        self._known = {}
        self._scheduler.clear_notices()
        same = [file for file in self._done if self._done[file] == listing.get(file)]
        stale = [file for file in same if not self._scheduler.is_current(file)]
        cut_off = {file for file in stale if self._is_cut_off(file)}
        for file in cut_off.difference(self._scheduler.judge_again(cut_off)):
            del self._done[file]  # there is no snapshot of it: it is taken in from the inbox
        self._backlog.extend(file for file in stale if file not in cut_off)

    def _is_cut_off(self, file: str) -> bool:
        submission = self._scheduler.submission(file)
        return submission is not None and submission.state == "received"

    def _settle(self, listing: Listing) -> None:
        settled = settle(self._seen, listing, self._done, time.monotonic(), self._settling, listing.blind)
        self._seen, self._look_at = dict(settled.moving), settled.look_at
        for file in settled.gone:
            del self._done[file]
        self._scheduler.observe((*listing, *(file for file in self._done if file not in listing)))
        self._take_in(settled.ready)
        if not self._is_first_look_over and not self._seen:
            self._scheduler.take_back(moved=listing)
            self._is_first_look_over = True

    def _take_in(self, ready: Mapping[str, Stamp]) -> None:
        due = {file: self._due(file) for file in ready}
        now = time.monotonic()
        free = [file for file in ready if due[file] <= now]
        self._scheduler.take_in(file for file in free if self._stands(file, ready[file]))
        for file, stamp in ready.items():
            if file not in free:
                self._hold(file, stamp, due[file])
                self._tell_when(file, due[file] - now)
            elif self._scheduler.is_unread(file):
                self._hold(file, stamp, now + UNREADABLE_SECONDS)
            else:
                self._done[file] = stamp

    def _stands(self, file: str, stamp: Stamp) -> bool:
        """Return whether a file is as it was seen: while others were taken in, somebody may have begun to save it."""
        try:
            return stamp_of(self._workspace.inbox / file).stands(stamp)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # it cannot be read, which is told where it is read

    def _due(self, file: str) -> float:
        """Return when a file may be taken in: later where its account has just got an edition."""
        account_id = self._scheduler.account(file)
        edition = self._editions.get(account_id) if account_id is not None else None
        return edition[1] + self._settings.min_interval if edition else 0.0

    def _hold(self, file: str, stamp: Stamp, due: float) -> None:
        """Look at a file again when it is due, as at one that has stood still long enough then."""
        self._seen[file] = Sight(stamp, due - self._settling.seconds)
        self._look_at = min(due, self._look_at or due)

    def _tell_when(self, file: str, seconds: float) -> None:
        """Say that a save waits since its account has just got an edition."""
        at = (self._clock() + timedelta(seconds=seconds)).astimezone(self._settings.zone)
        self._scheduler.hold_back(
            file, f"Its account has just got an edition; the next one is made from {at:%H:%M} on."
        )

    # What is due without a save -------------------------------------------------------------------------------------

    def _begin_day(self) -> None:
        """Judge again once a day: due dates pass without a save."""
        today = self._clock().astimezone(self._settings.zone).date()
        if self._today is not None and 0 <= (self._today - today).days <= 1:
            return  # a clock that is put right by seconds at midnight makes no other day
        self._today = today
        if self._settings.refresh and self._settings.as_of is None:
            waiting = set(self._backlog)
            self._backlog.extend(file for file in self._done if file not in waiting and self._is_of_old(file, today))

    def _is_of_old(self, file: str, today: date) -> bool:
        submission = self._scheduler.submission(file)
        return submission is not None and submission.as_of is not None and submission.as_of != today

    def _feed(self) -> None:
        """Hand on what is to be judged again, no more at once than workers need, so that saves come first."""
        today = self._today if self._settings.refresh else None
        for _ in range(len(self._backlog)):
            if not self._scheduler.has_room:
                return
            file = self._backlog.popleft()
            if self._scheduler.is_under_way(file):
                self._backlog.append(file)
            elif file not in self._done or self._scheduler.is_retired(file):
                continue
            elif not self._scheduler.judge_again([file], today):
                del self._done[file]  # its snapshot is gone: it is taken in from the inbox

    def _put_right(self) -> None:
        """Publish what could not be published, and replace what was held open."""
        now = time.monotonic()
        if now < self._next_retry:
            return
        self._next_retry = now + RETRY_SECONDS
        self._scheduler.recover()
        if self._scheduler.is_waiting_for_outbox:
            self._next_retry = now + self._troubles.tell(OUTBOX, CANNOT_PUBLISH)
        else:
            self._troubles.heal(OUTBOX)
        self._scheduler.replace_held_open()

    def _thin_out(self) -> None:
        """Let go once a day, when there is nothing else to do, of what is kept no longer."""
        if self._thinned != self._today and self._scheduler.is_idle:
            self._thinned = self._today
            try:
                self._handover.clear()
                thin_out_daily(self._workspace, self._ledger, self._clock())
            except OSError as failure:
                self._troubles.tell(RETENTION, f"{CANNOT_THIN_OUT} {failure}.")
            else:
                self._troubles.heal(RETENTION)

    # Builds that others asked for -----------------------------------------------------------------------------------

    def _take_requests(self, requests: Iterable[tuple[str, Request]], listing: Listing) -> None:
        for name, request in requests:
            files = [file for file in (request.files or listing) if file in listing]
            asked = self._asked[name] = _Asked({})
            self._scheduler.take_in(files, force=request.force, as_of=request.as_of)
            asked.files = tuple(
                file for file in files if file in asked.results or self._scheduler.is_under_way(file)
            )  # fmt: skip
            for file in asked.files:
                self._done[file] = listing[file]

    def _reply(self) -> None:
        for name, asked in list(self._asked.items()):
            if all(file in asked.results for file in asked.files):
                self._handover.reply(name, BuildReport(tuple(asked.results[file] for file in asked.files)))
                del self._asked[name]


def _is_as_known(stamp: Stamp, known: KnownFile) -> bool:
    """Return whether a file is as it was when it was read last; numbers of files do not outlive a share's mounting."""
    ctime_ns = stamp.ctime_ns if known.ctime_ns is None else known.ctime_ns
    return stamp.stands(Stamp(known.size, known.mtime_ns, stamp.inode, ctime_ns))


@dataclass
class _Asked:
    """A request under way: what came of files since, and those that are waited for."""

    results: dict[str, FileResult]
    files: tuple[str, ...] = ()


CANNOT_THIN_OUT = "What is kept no longer cannot be taken away; it is tried again tomorrow:"
CANNOT_LOOK = (
    "Parts of the inbox cannot be looked into; correct their permissions, and what was saved there is built then. "
    "Until then nothing that was published from there changes:"
)
CANNOT_PUBLISH = (
    "Documents are ready and cannot be put into the outbox. It may be full, not mounted or read-only; they are "
    "published as soon as it can be written to."
)
