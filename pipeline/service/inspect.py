"""Looking at workbooks without publishing anything: check and preview."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.collect.claim import FileChanging, claim, inbox_files
from pipeline.errors import BuildFailed, BuildInterrupted, RenderError, UsageError
from pipeline.model import FALLBACK_LANGUAGE, Arrival, Build, Calendar, Document, Finding, History, Severity, Status
from pipeline.send.edition import finding_entries
from pipeline.send.names import safe_file_name
from pipeline.sentences import sentence
from pipeline.service.frozen import frozen_definitions
from pipeline.service.jobs import Check, NameDefinitions, Preview, ProveTemplates
from pipeline.service.paths import existing_workbook
from pipeline.service.publisher import Clock
from pipeline.service.report import Progress
from pipeline.settings import Workspace, calendar
from pipeline.store.queries import Queries
from pipeline.workers import LoadBuilder, Pending, Workers


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook comes to. `reference` leads into the log when planpress itself failed."""

    file: str
    build: Build
    reference: str | None = None

    @property
    def is_stopped(self) -> bool:
        """Return whether an error stops a document or the whole file."""
        return any(finding.severity is Severity.ERROR for finding in self.build.findings)

    @property
    def account(self) -> dict[str, str] | None:
        """Return id and name of the account, if they could be known."""
        account = self.build.account
        return {"id": account.id, "name": account.name} if account else None

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Return the findings in the account's language, in the form that edition.json lists them."""
        language = self.build.account.language if self.build.account else FALLBACK_LANGUAGE
        return finding_entries(self.build.findings, language)


def check_definitions(workspace: Workspace, load: LoadBuilder) -> str:
    """Return the hash of the definitions; raise DefinitionError with every mistake, those of templates included."""
    with _workers(workspace, load, 1) as workers:
        workers.run(ProveTemplates())
        return workers.run(NameDefinitions())


def check_workbooks(
    workspace: Workspace, paths: Iterable[Path], load: LoadBuilder, clock: Clock, on_progress: Progress
) -> tuple[Checked, ...]:
    """Return what each workbook comes to, in the order given; without paths the whole inbox."""
    files = [existing_workbook(path) for path in paths]
    files = files or list(_whole_inbox(workspace))
    if not files:
        return ()
    checked: dict[Path, Checked] = {}
    with _workers(workspace, load, len(files)) as workers:
        workers.run(NameDefinitions())
        on_progress(0, len(files), "")
        pending: dict[object, tuple[Path, Pending[Build]]] = {}
        for path in files:
            arrival = _arrival(workspace, path, clock)
            if isinstance(arrival, Finding):
                checked[path] = Checked(_shown(workspace, path), _refused(arrival))
            else:
                job = workers.submit(Check(arrival, _calendar(workspace, arrival)))
                pending[job.future] = (path, job)
        for future in as_completed([job.future for _, job in pending.values()]):
            path, job = pending[future]
            checked[path] = _result(workspace, path, job)
            on_progress(len(checked), len(files), path.name)
    return tuple(checked[path] for path in files)


def _whole_inbox(workspace: Workspace) -> Iterator[Path]:
    workspace.check_inbox()
    return (workspace.inbox / file for file in inbox_files(workspace.inbox))


def preview(workspace: Workspace, wanted: str, document: str | None, load: LoadBuilder, clock: Clock) -> Checked:
    """Return one document of an account (id or beginning of its name) or of a workbook's path, published nowhere."""
    path, history = _preview_source(workspace, wanted)
    arrival = _arrival(workspace, path, clock)
    if isinstance(arrival, Finding):
        return Checked(path.name, _refused(arrival))
    with _workers(workspace, load, 1) as workers:
        job = Preview(arrival, _calendar(workspace, arrival), document, history)
        return _result(workspace, path, workers.submit(job))


def preview_target(workspace: Workspace, document: Document, wanted: Path | None) -> Path:
    """Return where a preview is to be written: `wanted`, or `… (preview).pptx` in that folder, or in the current one.

    Raise UsageError for another ending than the document's, and for a place in the inbox or the outbox.
    """
    name = Path(safe_file_name(document.file))
    own_name = f"{name.stem} (preview){name.suffix}"
    target = Path(own_name) if wanted is None else wanted / own_name if wanted.is_dir() else wanted
    if target.suffix.lower() != name.suffix.lower():
        raise UsageError(f"{target} must end in {name.suffix}, as the document does.")
    for folder in (workspace.inbox, workspace.outbox):
        if folder in target.resolve().parents:
            raise UsageError(f"A preview must not lie in {folder}. Name another file with --output.")
    return target


def _workers(workspace: Workspace, load: LoadBuilder, files: int) -> Workers:
    workspace.prepare_state()
    jobs = max(1, min(workspace.settings.jobs, files))
    definitions = frozen_definitions(workspace).root
    return Workers(load, definitions, workspace.settings, jobs=jobs, log=workspace.log / "workers.log")


def _preview_source(workspace: Workspace, wanted: str) -> tuple[Path, History]:
    if Path(wanted).is_file():
        return existing_workbook(Path(wanted)), History()
    with Queries(workspace.ledger_url) as queries:
        account_id = queries.account_id(wanted)
        file, edition = queries.source(account_id)
        editions, versions = queries.past(account_id)
    path = workspace.inbox / file
    if not path.is_file():
        raise UsageError(f"The workbook of {account_id}, {file}, is in the inbox no more. Name a workbook instead.")
    return path, History((edition or 0) + 1, editions=editions, versions=versions)


def _arrival(workspace: Workspace, path: Path, clock: Clock) -> Arrival | Finding:
    try:
        claimed = claim(path.parent, path.name, workspace.settings.limits.file_mb)
    except FileChanging as changing:
        raise UsageError(f"{path} is being saved at this moment. Try again.") from changing
    if claimed.finding is not None:
        return claimed.finding
    return Arrival(_shown(workspace, path), claimed.content, claimed.sha256, clock())


def _shown(workspace: Workspace, path: Path) -> str:
    """Return how a file is called: by its path in the inbox, else by its name."""
    inbox = workspace.inbox
    return path.relative_to(inbox).as_posix() if inbox in path.parents else path.name


def _calendar(workspace: Workspace, arrival: Arrival) -> Calendar:
    return calendar(workspace.settings, arrival.received)


def _result(workspace: Workspace, path: Path, pending: Pending[Build]) -> Checked:
    shown = _shown(workspace, path)
    try:
        return Checked(shown, pending.result())
    except BuildInterrupted as interrupted:
        return Checked(shown, _refused(interrupted.finding))
    except (BuildFailed, RenderError) as failure:
        reference = workspace.record_failure(f"{shown}\n{getattr(failure, 'trace', failure)}")
        message = sentence("file-not-built", reference=reference)
        return Checked(shown, _refused(Finding("file-not-built", Severity.ERROR, message)), reference)


def _refused(finding: Finding) -> Build:
    return Build(hashlib.sha256(b"").hexdigest(), None, Status.BLOCKED, (), (finding,))
