"""One build of the inbox, from beginning to end."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass

from pipeline.collect.claim import inbox_files
from pipeline.service.crew import Crew
from pipeline.service.frozen import frozen_definitions
from pipeline.service.publisher import Clock
from pipeline.service.report import BuildReport, FileResult, Progress
from pipeline.service.scheduler import Scheduler
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.lock import exclusive
from pipeline.workers import LoadBuilder

PATIENCE_SECONDS = 30.0


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
    present = tuple(inbox_files(workspace.inbox))
    files = present if request.files is None else request.files
    with exclusive(workspace.state / "lock", PATIENCE_SECONDS), Ledger(workspace.ledger_url) as ledger:
        jobs = max(1, min(workspace.settings.jobs, len(files)))
        crew = Crew.of(workspace, frozen_definitions(workspace), load, jobs)
        results = _Results(on_progress)
        with crew.workers:
            scheduler = Scheduler(workspace, ledger, crew, clock, on_result=results.add)
            recovered = scheduler.recover()
            scheduler.observe(present)
            scheduler.clear_notices()
            order = (*scheduler.take_in(files, force=request.force), *scheduler.take_back(moved=files))
            results.expect(len(order))
            while not scheduler.is_idle:
                scheduler.step()
                wait(scheduler.futures(), return_when=FIRST_COMPLETED)
            scheduler.observe(inbox_files(workspace.inbox))
    return BuildReport(results.of(order), recovered)


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
