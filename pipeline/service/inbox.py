"""One build of the inbox: claim all, decide ownership, build in workers, publish each as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import __version__
from pipeline.collect.claim import Claim, claim, inbox_files
from pipeline.collect.ownership import Ownership, decide
from pipeline.errors import BuildFailed, BuildInterrupted, RenderError
from pipeline.model import Account, Arrival, Build, Calendar, Finding, History, Severity, Status
from pipeline.send.files import HeldOpen, place
from pipeline.send.outbox import Outbox
from pipeline.sentences import sentence
from pipeline.service.jobs import BuildDocuments, Identify, NameDefinitions, ProveTemplates
from pipeline.service.publisher import Clock, Judged, Publisher, folder_key
from pipeline.service.report import BuildReport, FileResult, Progress
from pipeline.service.unchanged import definitions_hash, fingerprint, known_result
from pipeline.settings import Workspace, calendar
from pipeline.store.ledger import Ledger
from pipeline.store.lock import exclusive
from pipeline.store.records import Submission
from pipeline.store.snapshots import Snapshots
from pipeline.workers import LoadBuilder, Pending, Workers

PATIENCE_SECONDS = 30.0
PROVED = "proved"
"""File in .planpress/ that names the state of the definitions whose templates were tried."""


@dataclass(frozen=True)
class Request:
    """What to build: `files` are paths in the inbox (None: all of them); `force` renders what is unchanged too."""

    files: tuple[str, ...] | None = None
    force: bool = False


def build_inbox(
    workspace: Workspace, request: Request, load: LoadBuilder, clock: Clock, on_progress: Progress = lambda *_: None
) -> BuildReport:
    """Build workbooks of the inbox and publish what comes of them.

    Raise DefinitionError when the definitions are wrong, WorkspaceError when a folder cannot be used or somebody else
    builds. What is wrong with a workbook is a finding in its result, and stops no other.
    """
    workspace.create_folders()
    files = tuple(inbox_files(workspace.inbox)) if request.files is None else request.files
    with exclusive(workspace.state / "lock", PATIENCE_SECONDS), Ledger(workspace.ledger_url) as ledger:
        jobs = max(1, min(workspace.settings.jobs, len(files)))
        log = workspace.log / "workers.log"
        with Workers(load, workspace.root, workspace.settings, jobs=jobs, log=log) as workers:
            return _Round(workspace, request, ledger, workers, clock, on_progress).run(files)


@dataclass
class _Task:
    """One file on its way. `account_id` is what its workbook is taken to carry."""

    submission: Submission
    calendar: Calendar
    told: tuple[Finding, ...] = ()
    account_id: str | None = None
    is_owner: bool = False
    fingerprint: str = ""
    refusal: Finding | None = field(default=None)

    @property
    def file(self) -> str:
        return self.submission.file


class _Round:
    def __init__(
        self,
        workspace: Workspace,
        request: Request,
        ledger: Ledger,
        workers: Workers,
        clock: Clock,
        on_progress: Progress,
    ) -> None:
        self._workspace, self._request = workspace, request
        self._ledger, self._workers, self._clock = ledger, workers, clock
        self._snapshots, self._outbox = Snapshots(workspace.snapshots), Outbox(workspace.outbox)
        self._publisher = Publisher(ledger, self._snapshots, self._outbox, clock)
        self._on_progress = on_progress
        self._definitions = definitions_hash(workspace.root)
        self._known = ledger.latest_submissions()
        self._present = frozenset(inbox_files(workspace.inbox))
        self._claimed: dict[str, str] = {}
        self._results: dict[str, FileResult] = {}

    def run(self, files: Iterable[str]) -> BuildReport:
        recovered = self._recovered()
        tasks = [self._receive(claim(self._workspace.inbox, file, self._most_megabytes)) for file in files]
        tasks += self._left_behind(tasks)
        self._total = len(tasks)
        if tasks:
            self._on_progress(0, self._total, "")
            self._decide(tasks)
            self._build(list(self._worth_building(tasks)))
        self._forget_gone()
        return BuildReport(tuple(self._results[task.file] for task in tasks), recovered)

    def _recovered(self) -> int:
        """Finish what an earlier run had decided; return how much that was. What cannot be written now waits on."""
        finished = 0
        for record in self._ledger.pending():
            try:
                self._publisher.finish(record)
            except (OSError, HeldOpen) as error:
                self._outbox_failure(record.folder, error)
            else:
                finished += 1
        return finished

    @property
    def _most_megabytes(self) -> int:
        return self._workspace.settings.limits.file_mb

    # Receiving ------------------------------------------------------------------------------------------------------

    def _receive(self, claimed: Claim) -> _Task:
        """Make a submission safe: its bytes first, then its line in the ledger."""
        if claimed.finding is None:
            self._snapshots.write(claimed.content)
        received = self._received(claimed)
        submission = self._ledger.receive(claimed.file, claimed.sha256, len(claimed.content), received)
        days = calendar(self._workspace.settings, submission.received)
        return _Task(submission, days, refusal=claimed.finding)

    def _left_behind(self, tasks: list[_Task]) -> list[_Task]:
        """Return what came in, was not built because of an interruption, and is in the inbox no more, nor moved."""
        moved = {task.submission.sha256 for task in tasks}
        left = [
            submission
            for submission in self._known.values()
            if submission.state == "received"
            and submission.file not in self._present
            and submission.sha256 not in moved
            and submission.sha256 in self._snapshots
        ]
        self._present |= {submission.file for submission in left}
        return [_Task(submission, calendar(self._workspace.settings, submission.received)) for submission in left]

    def _received(self, claimed: Claim) -> datetime:
        """Return when a file came in: a moved one when its bytes did."""
        gone = [file for file in self._known if file not in self._present]
        moved = self._ledger.first_received(claimed.sha256, gone) if gone and claimed.file not in self._known else None
        return moved or self._clock()

    # Ownership ------------------------------------------------------------------------------------------------------

    def _decide(self, tasks: list[_Task]) -> None:
        """Find out which account each file speaks for, and whether it may."""
        told = {file: submission.claims for file, submission in self._known.items() if file in self._present}
        self._claimed = {file: claims for file, claims in told.items() if claims is not None}
        self._identify(task for task in tasks if not self._is_known(task))
        self._assign(tasks)
        disputed = [task for task in tasks if task.told and self._is_new(task)]
        if disputed:
            self._identify(disputed)
            self._assign(tasks)

    def _is_new(self, task: _Task) -> bool:
        before = self._known.get(task.file)
        return before is None or before.id != task.submission.id or before.state == "received"

    def _is_known(self, task: _Task) -> bool:
        """Return whether the ledger may be believed about a file until its build says otherwise."""
        before = self._known.get(task.file)
        if before is None or not self._is_new(task):
            return before is not None
        return before.claims is not None and self._ledger.owners().get(before.claims) == task.file

    def _identify(self, tasks: Iterable[_Task]) -> None:
        worth_asking = [task for task in tasks if task.refusal is None]
        if worth_asking:
            self._workers.run(NameDefinitions())
        asked = [(task, self._workers.submit(Identify(self._arrival(task)))) for task in worth_asking]
        for task, pending in asked:
            self._claimed.pop(task.file, None)
            account_id = self._identified(task, pending)
            if account_id is not None:
                self._claimed[task.file] = account_id

    def _identified(self, task: _Task, pending: Pending[str | None]) -> str | None:
        try:
            return pending.result()
        except BuildInterrupted as interrupted:
            task.refusal = interrupted.finding
        except (BuildFailed, RenderError):
            pass  # its build will fail too and be told with a reference
        return None

    def _assign(self, tasks: list[_Task]) -> None:
        ownership = decide(self._claimed, self._ledger.owners(), self._present)
        for task in tasks:
            self._assign_one(task, ownership)

    def _assign_one(self, task: _Task, ownership: Ownership) -> None:
        task.account_id = self._claimed.get(task.file)
        task.is_owner = task.account_id is not None and ownership.owners.get(task.account_id) == task.file
        task.told = ownership.findings.get(task.file, ())
        task.fingerprint = fingerprint(self._workspace.settings, self._definitions, task.calendar, task.told)

    # Building -------------------------------------------------------------------------------------------------------

    def _worth_building(self, tasks: list[_Task]) -> Iterator[_Task]:
        """Yield the tasks that need a worker; finish the others."""
        for task in tasks:
            known = None if self._request.force else self._known_result(task)
            if known is not None:
                self._finish(known)
            elif task.refusal is not None:
                self._publish(task, self._refused(task, (task.refusal,)), state="refused")
            elif task.account_id is not None and not task.is_owner:
                self._publish(task, self._refused(task, ()), state="refused")
            else:
                yield task

    def _known_result(self, task: _Task) -> FileResult | None:
        if task.submission.fingerprint != task.fingerprint or task.submission.state != "published":
            return None
        folder = folder_key(task.account_id if task.is_owner else None, task.file)
        return known_result(task.file, self._ledger.publication(folder), self._outbox)

    def _build(self, waiting: list[_Task]) -> None:
        """Keep all workers busy, hold no more workbooks in memory than that needs, and publish what is done."""
        if waiting:
            self._prove()
        waiting.reverse()
        running: dict[object, tuple[_Task, Pending[Build]]] = {}
        while waiting or running:
            while waiting and len(running) < 2 * self._workspace.settings.jobs:
                task = waiting.pop()
                job = BuildDocuments(self._arrival(task), task.calendar, task.account_id, self._history(task))
                pending = self._workers.submit(job)
                running[pending.future] = (task, pending)
            done, _ = wait([pending.future for _, pending in running.values()], return_when=FIRST_COMPLETED)
            for future in done:
                again = self._take(*running.pop(future))
                waiting.extend([again] if again else [])

    def _prove(self) -> None:
        """Find the mistakes of definitions before any workbook meets them: they are no fault of a workbook.

        Templates are tried once for each state of the definitions, which the marker names.
        """
        self._workers.run(NameDefinitions())
        marker, state = self._workspace.state / PROVED, f"{__version__} {self._definitions}\n".encode()
        if not marker.is_file() or marker.read_bytes() != state:
            self._workers.run(ProveTemplates())
            place(marker, state)

    def _take(self, task: _Task, pending: Pending[Build]) -> _Task | None:
        """Publish what came back; return the task when it must be built again for another account."""
        try:
            build = pending.result()
        except BuildInterrupted as interrupted:
            self._publish(task, self._refused(task, (interrupted.finding,)), state="refused")
        except (BuildFailed, RenderError) as failure:
            self._publish_failure(task, getattr(failure, "trace", str(failure)))
        else:
            if build.account is not None and build.account.id != task.account_id:
                return self._reassigned(task, build.account.id)
            self._publish(task, build, state="built")
        return None

    def _reassigned(self, task: _Task, account_id: str) -> _Task | None:
        """Give a workbook whose account id was changed its new place; return it when it may be built there."""
        self._claimed[task.file] = account_id
        self._assign([task])
        if task.is_owner:
            return task
        self._publish(task, self._refused(task, ()), state="refused")
        return None

    def _arrival(self, task: _Task) -> Arrival:
        submission = task.submission
        content = self._snapshots.read(submission.sha256)
        return Arrival(submission.file, content, submission.sha256, submission.received)

    def _history(self, task: _Task) -> History:
        record = self._ledger.account(task.account_id) if task.account_id is not None else None
        if record is None:
            return History()
        keys = {} if self._request.force else {document.id: document.key for document in record.documents}
        return History((record.edition or 0) + 1, keys)

    # Publishing -----------------------------------------------------------------------------------------------------

    def _refused(self, task: _Task, findings: tuple[Finding, ...]) -> Build:
        return Build(task.submission.sha256, None, Status.BLOCKED, (), findings)

    def _publish_failure(self, task: _Task, trace: str) -> None:
        reference = self._workspace.record_failure(f"{task.file}\n{trace}")
        finding = Finding("file-not-built", Severity.ERROR, sentence("file-not-built", reference=reference))
        # No fingerprint: what failed is tried again every time.
        task.fingerprint = ""
        self._publish(task, self._refused(task, (finding,)), state="failed", reference=reference)

    def _publish(self, task: _Task, build: Build, *, state: str, reference: str | None = None) -> None:
        judged = Judged(
            task.submission, build, task.calendar, self._account(task, build), task.account_id, task.fingerprint,
            task.told, state, reference,
        )  # fmt: skip
        try:
            self._finish(self._publisher.publish(judged))
        except (OSError, HeldOpen) as error:
            # What was decided is in the ledger: the next start finishes it.
            reference = self._outbox_failure(task.file, error)
            self._finish(FileResult(task.file, "failed", Status.WAITING, task.account_id, reference=reference))

    def _outbox_failure(self, place: str, error: Exception) -> str:
        return self._workspace.record_failure(f"{place}\nThe outbox cannot be written: {error!r}")

    def _account(self, task: _Task, build: Build) -> Account | None:
        """Return the account whose folder tells about a file: that of a workbook which cannot be read any more too."""
        if build.account is not None or not task.is_owner or task.account_id is None:
            return build.account
        record = self._ledger.account(task.account_id)
        return record.account if record else None

    def _finish(self, result: FileResult) -> None:
        self._results[result.file] = result
        self._on_progress(len(self._results), self._total, result.file)

    def _forget_gone(self) -> None:
        """Take away what is told about files that are in the inbox no more."""
        kept = {self._outbox.notice_folder(file) for file in self._present}
        for folder in [folder for folder in self._outbox.notices() if folder not in kept]:
            self._outbox.remove_notice(folder)
        for file in self._known:
            if file not in self._present:
                self._ledger.withdraw(folder_key(None, file))
