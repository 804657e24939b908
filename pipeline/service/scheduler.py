"""Workbooks on their way from the inbox to the outbox: claimed, identified, built in workers, published.

One thread, no waiting: `step` does what can be done now. Every change of state is in the ledger before its effect, so
a scheduler may be thrown away at any instant; the next one takes up what was left.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.collect.claim import UNREAD, Claim, FileChanging, claim
from pipeline.errors import BuildFailed, BuildInterrupted, Interruption, RenderError, SnapshotLost
from pipeline.model import Account, Arrival, Build, Finding, Severity, Status
from pipeline.send.outbox import Outbox
from pipeline.send.publication import Outcome
from pipeline.sentences import sentence
from pipeline.service.claims import Claims
from pipeline.service.crew import Crew
from pipeline.service.events import Event, EventKind, Listener
from pipeline.service.histories import history_of, next_edition
from pipeline.service.jobs import BuildDocuments, Identify
from pipeline.service.publisher import CANNOT_PUBLISH, Clock, Judged, NotPublished, Publisher, folder_key
from pipeline.service.report import FileResult
from pipeline.service.task import Stage, Task, Wave, days_of
from pipeline.service.unchanged import fingerprint, known_result
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.records import EditionTaken, PublicationRecord, Submission
from pipeline.store.snapshots import Snapshots
from pipeline.workers import Pending

MOST_DEATHS = 2
"""A workbook that ended its worker so often is set aside until it changes."""


@dataclass(frozen=True)
class Callbacks:
    """Who is told: of each step, of what came of each file, and (from another thread) that a job has ended."""

    on_event: Listener = lambda _: None
    on_result: Callable[[FileResult], None] = lambda _: None
    on_done: Callable[[object], None] = lambda _: None


class Scheduler:
    """All files under way."""

    def __init__(
        self,
        workspace: Workspace,
        ledger: Ledger,
        crew: Crew,
        clock: Clock,
        callbacks: Callbacks,
        outbox: Outbox | None = None,
    ) -> None:
        self._workspace, self._ledger, self._crew, self._clock = workspace, ledger, crew, clock
        self._callbacks = callbacks
        self._snapshots, self._outbox = Snapshots(workspace.snapshots), outbox or Outbox(workspace.outbox)
        self._publisher = Publisher(ledger, self._snapshots, self._outbox, clock)
        self._known = ledger.latest_submissions()
        self._files_by_hash = _files_by_hash(self._known)
        lying = ledger.known_files()
        self._claims = Claims(_carried(self._known, lying), ledger.owners(), lying)
        self._active: dict[str, Task] = {}
        self._to_identify: deque[Task] = deque()
        self._to_build: deque[Task] = deque()
        self._running: dict[Future[Any], tuple[Task, Pending[Any]]] = {}
        self._again: dict[str, None] = {}
        self._held_back: dict[str, str] = {}
        self._is_stopping = self._has_stale_notices = False

    # What lies in the inbox -----------------------------------------------------------------------------------------

    def observe(self, present: Iterable[str]) -> tuple[str, ...]:
        """Take down which files lie in the inbox; return those that are gone since."""
        found = frozenset(present)
        gone = tuple(sorted(self._claims.present - found - self._active.keys()))
        self._claims.present |= found
        for file in gone:
            account_id = self._claims.gone(file)
            self._remove_notice(self._outbox.notice_folder(file))
            self._ledger.withdraw(folder_key(None, file))
            self._ledger.forget_file(file)  # last: until then the next start finds out once more that it is gone
            if account_id is not None:
                self._retell([account_id])
            self._callbacks.on_event(Event(self._clock(), EventKind.GONE, file, account_id))
        return gone

    def clear_notices(self) -> None:
        """Take away what is told about files that are in the inbox no more, whoever took them away and when."""
        self._has_stale_notices = False
        kept = {self._outbox.notice_folder(file) for file in self._claims.present}
        for folder in [folder for folder in self._outbox.notices() if folder not in kept]:
            self._remove_notice(folder)

    def _remove_notice(self, folder: Path) -> None:
        """Take away what is told about a file; later, where the outbox does not let it now: nobody waits for that."""
        try:
            self._outbox.remove_notice(folder)
        except OSError:
            self._has_stale_notices = True

    def is_current(self, file: str) -> bool:
        """Return whether the ledger says that a file was judged by all that counts today, and published."""
        known = self._known.get(file)
        if known is None or known.state != "published" or known.status is Status.WAITING:
            return False
        return known.fingerprint == self._fingerprint(known, self._told_now(known))

    def submission(self, file: str) -> Submission | None:
        """Return the latest submission of a file."""
        return self._known.get(file)

    def account(self, file: str) -> str | None:
        """Return the id of the account that a file carries, as far as that is known."""
        return self._claims.account(file)

    def is_unread(self, file: str) -> bool:
        """Return whether the file system refused to hand out a file's bytes."""
        known = self._known.get(file)
        return known is not None and known.sha256 == UNREAD

    def is_retired(self, file: str) -> bool:
        """Return whether a file's account was ended: it is judged when it is saved, and never again by itself."""
        account_id = self._claims.account(file)
        return account_id is not None and account_id in self._ledger.retired()

    def is_under_way(self, file: str) -> bool:
        """Return whether a file is on its way."""
        return file in self._active

    def change_crew(self, crew: Crew) -> None:
        """Hand whatever begins from now on to other workers."""
        self._crew = crew

    # Coming in ------------------------------------------------------------------------------------------------------

    def recover(self) -> int:
        """Finish what was decided and not published; return how much that was. What cannot be written now waits on."""
        self._snapshots.clear_unfinished()
        return sum(self._is_finished(record) for record in self._ledger.pending())

    def replace_held_open(self) -> None:
        """Try once more to replace the documents that somebody held open, and to take away what is told no more."""
        if self._has_stale_notices:
            self.clear_notices()
        for record in self._ledger.waiting():
            self._is_finished(record)

    @property
    def is_waiting_for_outbox(self) -> bool:
        """Return whether something was decided and could not be published."""
        return bool(self._ledger.pending())

    def take_in(self, files: Iterable[str], *, force: bool = False, as_of: date | None = None) -> tuple[str, ...]:
        """Make files of the inbox safe and send them on their way; return those whose task is new.

        A file that is gone again, or is being written while it is read, is passed over: whoever looks at the inbox
        sees it change. `force` renders also what is unchanged, `as_of` judges by that day.
        """
        received = [self._receive(file, force, as_of) for file in files]
        return self._set_out([task for task in received if task is not None])

    def judge_again(self, files: Iterable[str], today: date | None = None) -> tuple[str, ...]:
        """Judge the latest save of files once more, as it lies in the snapshots; by `today` where it is given.

        Return the files of which that can be had.
        """
        known = [self._known[file] for file in files if file in self._known and file not in self._active]
        return self._set_out([self._task(item, refreshed=today) for item in known if item.sha256 in self._snapshots])

    def take_back(self, moved: Iterable[str] = ()) -> tuple[str, ...]:
        """Send on their way the saves that were made safe, never built and are no more in the inbox, nor `moved`."""
        hashes = {self._known[file].sha256 for file in moved if file in self._known}
        left = [
            submission
            for submission in self._known.values()
            if submission.state == "received"
            and submission.file not in self._claims.present | self._active.keys()
            and submission.sha256 not in hashes
            and submission.sha256 in self._snapshots
        ]
        self._claims.present |= {submission.file for submission in left}
        return self._set_out([replace(self._task(submission), is_left=True) for submission in left])

    @property
    def _most_megabytes(self) -> int:
        return self._workspace.settings.limits.file_mb

    def _receive(self, file: str, force: bool, as_of: date | None) -> Task | None:
        """Make a submission safe: its bytes first, then its line in the ledger."""
        try:
            claimed = claim(self._workspace.inbox, file, self._most_megabytes)
        except FileChanging:
            return None
        under_way = self._active.get(file)
        is_same = under_way is not None and under_way.submission.sha256 == claimed.sha256
        if is_same and not force and as_of is None:
            return None
        if claimed.finding is None:
            self._snapshots.write(claimed.content)
        submission = self._ledger.receive(file, claimed.sha256, len(claimed.content), self._received(claimed))
        if claimed.status is not None:
            status = claimed.status
            self._ledger.know_file(
                file, status.st_size, status.st_mtime_ns, status.st_ino, claimed.sha256, status.st_ctime_ns
            )  # fmt: skip
        if under_way is not None:
            self._overtake(under_way)
        self._remember(submission)
        self._claims.present.add(file)
        task = self._task(submission, force=force, as_of=as_of)
        task.refusal = claimed.finding
        return task

    def _remember(self, submission: Submission) -> None:
        """Take down the latest submission of a file, and no earlier one."""
        before = self._known.get(submission.file)
        if before is not None and before.sha256 != submission.sha256:
            files = self._files_by_hash[before.sha256]
            files.discard(submission.file)
            if not files:
                del self._files_by_hash[before.sha256]
        self._known[submission.file] = submission
        self._files_by_hash[submission.sha256].add(submission.file)

    def _received(self, claimed: Claim) -> datetime:
        """Return when a file came in: a moved one when its bytes did."""
        if claimed.file in self._known:
            return self._clock()
        gone = [file for file in self._files_by_hash[claimed.sha256] if file not in self._claims.present]
        moved = self._ledger.first_received(claimed.sha256, gone) if gone else None
        return moved or self._clock()

    def _task(
        self,
        submission: Submission,
        *,
        force: bool = False,
        refreshed: date | None = None,
        as_of: date | None = None,
    ) -> Task:
        refreshed = refreshed or submission.refreshed
        days = days_of(self._workspace.settings, submission.received, refreshed, as_of)
        return Task(submission, days, time.monotonic(), force=force, refreshed=refreshed)

    def _overtake(self, task: Task) -> None:
        for future, (other, pending) in list(self._running.items()):
            if other is task:
                pending.cancel()
                del self._running[future]
        for queue in (self._to_identify, self._to_build):
            if task in queue:
                queue.remove(task)
        del self._active[task.file]
        if task.wave is not None:
            task.wave.tasks.remove(task)
            self._identified(task)
        self._tell(EventKind.OVERTAKEN, task)

    def _set_out(self, tasks: list[Task]) -> tuple[str, ...]:
        """Find out whose the workbooks are where the ledger cannot say, and go on with the others."""
        wave = Wave([])
        for task in tasks:
            self._active[task.file] = task
            self._held_back.pop(task.file, None)
            self._tell(EventKind.RECEIVED, task)
            if task.refusal is None and not self._is_known(task):
                wave.tasks.append(task)
        self._send_to_identify(wave)
        self._assign([task for task in tasks if task.wave is None])
        return tuple(task.file for task in tasks)

    # Whose it is ----------------------------------------------------------------------------------------------------

    def _is_known(self, task: Task) -> bool:
        """Return whether the ledger may be believed about a file until its build says otherwise."""
        if task.submission.state != "received":
            return True
        carried = self._claims.account(task.file)
        return carried is not None and self._claims.owner(carried) == task.file

    def _send_to_identify(self, wave: Wave) -> None:
        for task in wave.tasks:
            task.wave, task.stage = wave, Stage.IDENTIFYING
            wave.unknown.add(task)
            self._to_identify.append(task)

    def _take_identity(self, task: Task, pending: Pending[str | None]) -> None:
        account_id = None
        try:
            account_id = pending.result()
        except BuildInterrupted as interrupted:
            if self._is_tried_again(task, interrupted):
                self._to_identify.append(task)
                return
            task.refusal = interrupted.finding
        except (BuildFailed, RenderError):
            pass  # its build will fail too and be told with a reference
        self._take_account(task, account_id)

    def _take_account(self, task: Task, account_id: str | None) -> None:
        before = self._claims.account(task.file)
        self._claims.carry(task.file, account_id)
        task.is_identified = True
        self._identified(task)
        if before is not None and before != account_id:
            self._retell([before])

    def _identified(self, task: Task) -> None:
        wave = task.wave
        if wave is None:
            return
        task.wave = None
        wave.unknown.discard(task)
        if not wave.unknown:
            self._assign(wave.tasks)

    def _assign(self, tasks: list[Task]) -> None:
        """Give each task the account it may speak for, and tell every file concerned of the others."""
        tasks = [task for task in tasks if self._active.get(task.file) is task]
        for task in tasks:
            task.stage, task.account_id = Stage.WAITING, self._claims.account(task.file)
        tasks = [task for task in tasks if not self._is_passed_over(task)]
        accounts = {task.account_id for task in tasks if task.account_id is not None}
        ownership = self._claims.decide(accounts)
        unsure = Wave([])
        for task in tasks:
            task.is_owner = task.account_id is not None and ownership.owners.get(task.account_id) == task.file
            task.told = ownership.findings.get(task.file, ())
            task.fingerprint = self._fingerprint(task.submission, task.told, task)
            if task.told and not task.is_identified and task.refusal is None and task.submission.state == "received":
                unsure.tasks.append(task)  # two files of one account: the ledger's word is not enough any more
        self._send_to_identify(unsure)
        for task in tasks:
            if task.wave is None:
                self._claims.tell(task.file, task.told)
                self._go_on(task)
        self._retell(accounts)

    def _is_passed_over(self, task: Task) -> bool:
        """Return whether nothing comes of a save whose file is gone, since another file brought a newer one."""
        group = self._claims.group(task.account_id) if task.is_left and task.account_id is not None else ()
        newer = [file for file in group if file in self._known and self._known[file].id > task.submission.id]
        if task.account_id is None or not newer:
            return False
        self._ledger.pass_over(task.submission.id, task.account_id)
        self._known[task.file] = replace(task.submission, state="overtaken", claims=task.account_id)
        self._claims.gone(task.file)
        del self._active[task.file]
        self._retell([task.account_id])
        self._tell(EventKind.OVERTAKEN, task)
        self._callbacks.on_result(FileResult(task.file, "unchanged", Status.FINAL, task.account_id))
        return True

    def _retell(self, accounts: Iterable[str]) -> None:
        """Take files in again that must hear something else about others than they were told."""
        accounts = tuple(accounts)
        told = self._claims.decide(accounts).findings
        for file in (file for account_id in accounts for file in self._claims.group(account_id)):
            now = told.get(file, ())
            task = self._active.get(file)
            if (task and task.stage is Stage.IDENTIFYING) or self._was_told(file) == now:
                continue
            self._claims.tell(file, now)
            self._again[file] = None

    def _was_told(self, file: str) -> tuple[Finding, ...] | None:
        """Return what a file was told about others, None when that is not known."""
        told = self._claims.was_told(file)
        if told is not None:
            return told
        known = self._known.get(file)
        now = self._told_now(known) if known else ()
        return now if known and known.fingerprint == self._fingerprint(known, now) else None

    def _told_now(self, known: Submission) -> tuple[Finding, ...]:
        account_id = self._claims.account(known.file)
        if account_id is None or len(self._claims.group(account_id)) == 1:
            return ()
        return self._claims.decide([account_id]).findings.get(known.file, ())

    def _fingerprint(self, submission: Submission, told: tuple[Finding, ...], task: Task | None = None) -> str:
        settings = self._workspace.settings
        days = task.calendar if task else days_of(settings, submission.received, submission.refreshed)
        return fingerprint(settings, self._crew.definitions.hash, days, told)

    # Building -------------------------------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is under way."""
        return not self._active and not self._again

    @property
    def has_room(self) -> bool:
        """Return whether workers would run dry without more work."""
        return len(self._active) < 2 * self._workspace.settings.jobs

    def step(self) -> None:
        """Do all that can be done now: take what workers returned, publish it, hand out more."""
        for future in [future for future in self._running if future.done()]:
            if future in self._running:
                self._take(*self._running.pop(future))
        if self._is_stopping:
            return
        again = [file for file in self._again if file not in self._active]
        for file in again:
            del self._again[file]
        self.judge_again(file for file in again if file in self._claims.present)
        self._hand_out()

    def futures(self) -> tuple[Future[Any], ...]:
        """Return what is being waited for."""
        return tuple(self._running)

    @property
    def is_building(self) -> bool:
        """Return whether documents are being made."""
        return any(task.stage is Stage.BUILDING for task, _ in self._running.values())

    def stop(self) -> None:
        """Begin nothing more. What no worker has got is in the ledger: the next start takes it up."""
        self._is_stopping = True

    def abandon(self) -> None:
        """Drop all that is under way."""
        for _, pending in self._running.values():
            pending.cancel()
        self._running.clear()
        self._active.clear()

    def _hand_out(self) -> None:
        """Keep all workers busy, and hold no more workbooks in memory than that needs."""
        if self._to_identify or self._to_build:
            self._crew.prove()
        most = 2 * self._workspace.settings.jobs
        while self._to_identify and len(self._running) < most:
            task = self._to_identify.popleft()
            try:
                self._run(task, self._crew.workers.submit(Identify(self._arrival(task))))
            except SnapshotLost:
                self._take_account(task, None)  # its snapshot is damaged: its build will say so
        for task in list(islice(self._free_to_build(), most - len(self._running))):
            self._to_build.remove(task)
            self._start(task)

    def _start(self, task: Task) -> None:
        try:
            arrival = self._arrival(task)
        except SnapshotLost as damaged:
            self._publish_failure(task, str(damaged))
            return
        is_owner = task.account_id is not None and self._claims.owner(task.account_id) == task.file
        judged_by = task.fingerprint if is_owner else None
        history = history_of(self._ledger, task.account_id, force=task.force, fingerprint=judged_by)
        task.stage, task.edition = Stage.BUILDING, history.next_edition
        job = BuildDocuments(arrival, task.calendar, task.account_id, history)
        self._run(task, self._crew.workers.submit(job))
        self._tell(EventKind.BUILDING, task)

    def _free_to_build(self) -> Iterator[Task]:
        """Yield the tasks whose account no other build is about, oldest first."""
        busy = {task.account_id for task, _ in self._running.values() if task.stage is Stage.BUILDING}
        for task in self._to_build:
            if task.account_id is None or task.account_id not in busy:
                yield task
                busy.add(task.account_id)

    def _run(self, task: Task, pending: Pending[Any]) -> None:
        task.begun = time.monotonic()
        self._running[pending.future] = (task, pending)
        pending.future.add_done_callback(self._callbacks.on_done)

    def _arrival(self, task: Task) -> Arrival:
        submission = task.submission
        content = self._snapshots.read(submission.sha256)
        return Arrival(submission.file, content, submission.sha256, submission.received)

    def _go_on(self, task: Task) -> None:
        """Finish a task that needs no worker; send the others to be built."""
        known = None if task.force else self._known_result(task)
        if known is not None:
            self._finish(task, known)
        elif task.refusal is not None:
            self._publish(task, self._refused(task, (task.refusal,)), state="refused")
        elif task.account_id is not None and not task.is_owner:
            self._publish(task, self._refused(task, ()), state="refused")
        elif task.account_id is not None and task.account_id in self._ledger.retired():
            message = sentence("account-retired", account=task.account_id)
            finding = Finding("account-retired", Severity.ERROR, message)
            task.fingerprint = ""  # whoever lets the account go on has it built by the next start
            self._publish(task, self._refused(task, (finding,)), state="refused")
        else:
            self._to_build.append(task)

    def _known_result(self, task: Task) -> FileResult | None:
        if task.submission.fingerprint != task.fingerprint or task.submission.state != "published":
            return None
        folder = folder_key(task.account_id if task.is_owner else None, task.file)
        return known_result(task.file, self._ledger.publication(folder), self._outbox)

    def _take(self, task: Task, pending: Pending[Any]) -> None:
        if task.stage is Stage.IDENTIFYING:
            self._take_identity(task, pending)
        else:
            self._take_build(task, pending)

    def _take_build(self, task: Task, pending: Pending[Build]) -> None:
        """Publish what came back, or build it again for another account or after a worker's death."""
        task.returned = time.monotonic()
        try:
            build = pending.result()
        except BuildInterrupted as interrupted:
            if self._is_tried_again(task, interrupted):
                self._to_build.append(task)
                return
            self._publish(task, self._refused(task, (interrupted.finding,)), state="refused")
        except (BuildFailed, RenderError) as failure:
            self._publish_failure(task, getattr(failure, "trace", str(failure)))
        else:
            if build.account is not None and build.account.id != task.account_id:
                self._reassign(task, build.account.id)
            elif task.edition != next_edition(self._ledger, task.account_id):
                self._to_build.append(task)  # somebody restored an edition meanwhile: this number is taken
            else:
                self._publish(task, build, state="built")

    def _is_tried_again(self, task: Task, interrupted: BuildInterrupted) -> bool:
        """Return whether a job whose worker died may have one more: its death may have had another cause."""
        if interrupted.kind is not Interruption.DIED:
            return False
        task.deaths += 1
        if task.deaths < MOST_DEATHS:
            self._tell(EventKind.RETRIED, task, interrupted.finding)
            return True
        self._tell(EventKind.SET_ASIDE, task, interrupted.finding)
        return False

    def _reassign(self, task: Task, account_id: str) -> None:
        """Give a workbook that changed its account its new place; build it there where it may be."""
        before = task.account_id
        self._claims.carry(task.file, account_id)
        task.is_identified = True
        self._assign([task])
        if before is not None:
            self._retell([before])

    # Publishing -----------------------------------------------------------------------------------------------------

    def _refused(self, task: Task, findings: tuple[Finding, ...]) -> Build:
        return Build(task.submission.sha256, None, Status.BLOCKED, (), findings)

    def _publish_failure(self, task: Task, trace: str) -> None:
        reference = self._workspace.record_failure(f"{task.file}\n{trace}")
        finding = Finding("file-not-built", Severity.ERROR, sentence("file-not-built", reference=reference))
        # No fingerprint: what failed is tried again every time.
        task.fingerprint = ""
        self._publish(task, self._refused(task, (finding,)), state="failed", reference=reference)

    def _publish(self, task: Task, build: Build, *, state: str, reference: str | None = None) -> None:
        judged = Judged(
            task.submission, build, task.calendar, self._account(task, build), task.account_id, task.fingerprint,
            task.told, state, reference, task.refreshed,
        )  # fmt: skip
        try:
            result = self._publisher.publish(judged)
        except EditionTaken:  # somebody restored an edition at this moment
            if build.documents or build.is_same:
                self._to_build.append(task)
            else:
                self._publish(task, build, state=state, reference=reference)
            return
        except NotPublished as failure:
            # What was decided is in the ledger: it is published when the outbox lets it.
            result = self._outbox_failure(task, failure.__cause__ or failure)
        if judged.account is not None:
            self._claims.own(judged.account.id, task.file)
        self._finish(task, result)

    def _outbox_failure(self, task: Task, error: BaseException) -> FileResult:
        reference = self._workspace.record_failure(f"{task.file}\n{_cannot_publish(error)}")
        return FileResult(task.file, "failed", Status.WAITING, task.account_id, reference=reference)

    def _is_finished(self, record: PublicationRecord) -> bool:
        file, account_id = record.content["file"], record.content["account_id"]
        try:
            placed = self._publisher.finish(record)
        except CANNOT_PUBLISH as error:
            self._tell_held_back(file, account_id, _cannot_publish(error))
            return False
        if placed.waiting:
            self._tell_held_back(file, account_id, _held_open(placed))
            return True
        self._held_back.pop(file, None)
        status = placed.manifest["status"] if placed.manifest else Status.BLOCKED
        self._callbacks.on_event(Event(self._clock(), EventKind.BUILT, file, account_id, status))
        return True

    def hold_back(self, file: str, detail: str) -> None:
        """Say why a save is not taken in yet."""
        self._tell_held_back(file, self.account(file), detail)

    def _tell_held_back(self, file: str, account_id: str | None, detail: str) -> None:
        """Say why something is not published yet; once, however often it is tried."""
        if self._held_back.get(file) != detail:
            self._held_back[file] = detail
            self._callbacks.on_event(Event(self._clock(), EventKind.WAITING, file, account_id, detail=detail))

    def _account(self, task: Task, build: Build) -> Account | None:
        """Return the account whose folder tells about a file: that of a workbook which cannot be read any more too."""
        if build.account is not None or not task.is_owner or task.account_id is None:
            return build.account
        record = self._ledger.account(task.account_id)
        return record.account if record else None

    def _finish(self, task: Task, result: FileResult) -> None:
        published = "judged" if result.status is Status.WAITING else "published"
        self._known[task.file] = replace(
            task.submission, state=published, claims=task.account_id, status=result.status,
            as_of=task.calendar.as_of, fingerprint=task.fingerprint, refreshed=task.refreshed,
        )  # fmt: skip
        if self._active.get(task.file) is task:
            del self._active[task.file]
        kind = EventKind.WAITING if result.status is Status.WAITING else _ENDS[result.state]
        self._tell(kind, task, status=result.status, detail=_summary(result))
        self._callbacks.on_result(result)

    def _tell(
        self,
        kind: EventKind,
        task: Task,
        finding: Finding | None = None,
        *,
        status: Status | None = None,
        detail: str = "",
    ) -> None:
        now = time.monotonic()
        seconds = {"queued": (task.begun or now) - task.started}
        if status is not None and task.begun:
            returned = task.returned or now
            seconds |= {"built": returned - task.begun, "published": now - returned}
        detail = finding.message.to("en") if finding else detail
        event = Event(self._clock(), kind, task.file, task.account_id, status, detail, seconds=seconds)
        self._callbacks.on_event(event)


def _cannot_publish(error: BaseException) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The outbox cannot be written: {reason}. It is published as soon as that is possible."


def _held_open(placed: Outcome) -> str:
    return f"In use, to be replaced: {', '.join(sorted(placed.waiting))}."


_ENDS = {
    "built": EventKind.BUILT,
    "unchanged": EventKind.UNCHANGED,
    "refused": EventKind.REFUSED,
    "failed": EventKind.FAILED,
}


def _carried(known: Mapping[str, Submission], lying: Collection[str]) -> dict[str, str]:
    """Return the account of each file of the inbox; the ledger knows also of files that were taken away long ago."""
    claims = {file: known[file].claims for file in lying if file in known}
    return {file: account_id for file, account_id in claims.items() if account_id is not None}


def _files_by_hash(known: Mapping[str, Submission]) -> defaultdict[str, set[str]]:
    files: defaultdict[str, set[str]] = defaultdict(set)
    for file, submission in known.items():
        files[submission.sha256].add(file)
    return files


def _summary(result: FileResult) -> str:
    """Return why nothing was built, or how much stops a document; what stands in cells is nothing for a log."""
    errors = [finding["message"] for finding in result.findings if finding["severity"] == Severity.ERROR]
    if result.reference:
        return f"Its reference in the log is {result.reference}."
    if result.state == "refused" and errors:
        return str(errors[0])
    return f"{len(errors)} error{'' if len(errors) == 1 else 's'}" if errors else ""
