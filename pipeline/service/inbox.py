"""One build of the inbox, from beginning to end."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import suppress
from pathlib import Path

from pipeline.collect.claim import inbox_files
from pipeline.collect.scan import scan
from pipeline.errors import InboxGone, LedgerUnavailable
from pipeline.service.crew import Crew
from pipeline.service.frozen import frozen_definitions
from pipeline.service.handover import Handover, Request
from pipeline.service.publisher import Clock
from pipeline.service.report import BuildReport, FileResult, Progress
from pipeline.service.retention import thin_out_daily
from pipeline.service.scheduler import Callbacks, Scheduler
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.lock import WATCHING, Locked, exclusive, is_held
from pipeline.workers import LoadBuilder

PATIENCE_SECONDS = 30.0
LOOKS, LOOK_SECONDS = 20, 0.2
"""How often, and after how long, something is looked at again that others are about to change."""


def build_inbox(
    workspace: Workspace, request: Request, load: LoadBuilder, clock: Clock, on_progress: Progress = lambda *_: None
) -> BuildReport:
    """Build workbooks of the inbox and publish what comes of them, or let the watcher of the workspace do so.

    Raise DefinitionError when the definitions are wrong, WorkspaceError when a folder cannot be used or somebody else
    builds. What is wrong with a workbook is a finding in its result, and stops no other.
    """
    workspace.create_folders()
    lock = workspace.state / "lock"
    while True:
        try:
            with exclusive(lock, PATIENCE_SECONDS):
                return _build(workspace, request, load, clock, on_progress)
        except Locked as locked:
            if locked.holder.role != WATCHING:
                raise
        answer = _handed_over(Handover(workspace.state), request, lock)
        if answer is not None:
            return answer


def _build(
    workspace: Workspace, request: Request, load: LoadBuilder, clock: Clock, on_progress: Progress
) -> BuildReport:
    files = inbox_files(workspace.inbox) if request.files is None else request.files
    results = _Results(on_progress)
    with Ledger(workspace.ledger_url) as ledger:
        crew = Crew.of(
            workspace, frozen_definitions(workspace), load, max(1, min(workspace.settings.jobs, len(files)))
        )  # fmt: skip
        with crew.workers:
            scheduler = Scheduler(workspace, ledger, crew, clock, Callbacks(on_result=results.add))
            recovered = scheduler.recover()
            scheduler.observe(_lying(workspace, ledger))
            scheduler.clear_notices()
            order = (*_take_in(scheduler, workspace, files, request), *scheduler.take_back(moved=files))
            results.expect(len(order))
            while not scheduler.is_idle:
                scheduler.step()
                wait(scheduler.futures(), return_when=FIRST_COMPLETED)
            with suppress(InboxGone):  # all is built; what was deleted meanwhile is told next time
                scheduler.observe(_lying(workspace, ledger))
        _thin_out(workspace, ledger, clock)
    return BuildReport(results.of(order), recovered)


def _thin_out(workspace: Workspace, ledger: Ledger, clock: Clock) -> None:
    """Let go of what is kept no longer; where that fails it is tried tomorrow, and what was built is told today."""
    try:
        thin_out_daily(workspace, ledger, clock())
    except (OSError, LedgerUnavailable) as failure:
        workspace.record_failure(f"What is kept no longer cannot be taken away: {failure}")


def _lying(workspace: Workspace, ledger: Ledger) -> frozenset[str]:
    """Return the workbooks in the inbox; raise InboxGone rather than take a share that is away for an empty one."""
    return scan(workspace.inbox).lying(ledger.known_files())


def _take_in(scheduler: Scheduler, workspace: Workspace, files: tuple[str, ...], request: Request) -> tuple[str, ...]:
    """Send files on their way; look again at those that somebody is saving at this moment."""
    taken = scheduler.take_in(files, force=request.force, as_of=request.as_of)
    for _ in range(LOOKS):
        changing = [file for file in files if file not in taken and (workspace.inbox / file).is_file()]
        if not changing:
            break
        time.sleep(LOOK_SECONDS)
        taken += scheduler.take_in(changing, force=request.force, as_of=request.as_of)
    return taken


def _handed_over(handover: Handover, request: Request, lock: Path) -> BuildReport | None:
    """Return what the watcher made of a request; None when it ended before it had answered."""
    name = handover.ask(request)
    try:
        while (answer := handover.answer(name)) is None:
            if not is_held(lock):
                return handover.answer(name)
            time.sleep(LOOK_SECONDS)
        return answer
    finally:
        handover.withdraw(name)


class _Results:
    """What came of each file; one that is judged twice counts once."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        self._results: dict[str, FileResult] = {}
        self._total = 0

    def expect(self, total: int) -> None:
        self._total = total
        if total:
            self._on_progress(min(len(self._results), total), total, "")

    def add(self, result: FileResult) -> None:
        self._results[result.file] = result
        if self._total:
            self._on_progress(min(len(self._results), self._total), self._total, result.file)

    def of(self, files: tuple[str, ...]) -> tuple[FileResult, ...]:
        return tuple(self._results[file] for file in files)
