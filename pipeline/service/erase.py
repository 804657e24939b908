"""Forgetting a person: out of all snapshots and the ledger, with a report of what was found and what still stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.collect.claim import inbox_files
from pipeline.errors import BuildFailed, BuildInterrupted
from pipeline.service.frozen import frozen_definitions
from pipeline.service.handover import FOLDER as REQUESTS
from pipeline.service.jobs import NameDefinitions, Search
from pipeline.service.report import Progress
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.lock import exclusive
from pipeline.store.person import Person
from pipeline.store.snapshots import Snapshots
from pipeline.workers import LoadBuilder, Pending, Workers

PATIENCE_SECONDS = 30.0
UNKNOWN_PLACE = ("bytes that the ledger knows no more",)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was found of a person, and on a trial would be taken away.

    `lines` counts those of the ledger by kind; `snapshots` are the bytes taken away whole, each by what it was;
    `logs` the log files taken away; `standing` the files in inbox and outbox that still name the person, which are for
    people to change; `unsearched` what could not be looked into.
    """

    lines: Mapping[str, int]
    snapshots: tuple[str, ...]
    logs: tuple[str, ...]
    standing: tuple[str, ...]
    unsearched: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return 1 when people must still do something, else 0."""
        return 1 if self.standing or self.unsearched else 0


def erase(
    workspace: Workspace,
    person: Person,
    load: LoadBuilder,
    on_progress: Progress = lambda *_: None,
    *,
    is_trial: bool = False,
) -> Erasure:
    """Take a person out of the ledger, and away with every snapshot and log file that names them.

    What stands for workbooks in the inbox stays, and is named in the report: the workbook must be changed and saved
    first. Raise Locked while somebody else works in this workspace.
    """
    workspace.create_folders()
    with (
        exclusive(workspace.state / "lock", PATIENCE_SECONDS),
        exclusive(workspace.snapshots_lock, PATIENCE_SECONDS),
        Ledger(workspace.ledger_url) as ledger,
    ):
        present = frozenset(inbox_files(workspace.inbox))
        spared = ledger.standing(present)
        Snapshots(workspace.snapshots).clear_unfinished()
        places = _places(workspace, ledger.places(), spared.hashes)
        found = _search(workspace, places, person, load, on_progress)
        # What rows hold stands as long as the workbook does: the last edition may be older than what was saved last.
        naming_still = frozenset(file for file in present if found.get(workspace.inbox / file) is not False)
        accounts = ledger.standing(naming_still).accounts
        lines = ledger.erase(person, replace(spared, accounts=accounts), is_trial=is_trial)
        naming = {place for place in places if found[place.path]}
        if not is_trial:
            for path in (place.path for place in naming if not place.is_standing):
                path.unlink(missing_ok=True)
            ledger.sweep()
    return _report(lines, naming, [place for place in places if found[place.path] is None])


@dataclass(frozen=True, slots=True)
class _Place:
    """A file that is searched: its kind (snapshot, log or standing), and how it is told."""

    path: Path
    kind: str
    told: str

    @property
    def is_standing(self) -> bool:
        return self.kind == "standing"


def _places(workspace: Workspace, told: Mapping[str, tuple[str, ...]], spared: frozenset[str]) -> list[_Place]:
    places = [
        _Place(path, "snapshot", "; ".join(told.get(sha256.hex(), UNKNOWN_PLACE)))
        for path, sha256 in Snapshots(workspace.snapshots).files()
        if sha256 is not None and sha256.hex() not in spared
    ]
    told_to_others = [*_files(workspace.state / REQUESTS), *filter(Path.is_file, [workspace.heartbeat])]
    places += [_Place(path, "log", path.name) for path in (*_files(workspace.log), *told_to_others)]
    for top in (workspace.inbox, workspace.outbox):
        places += [
            _Place(path, "standing", f"{top.name}/{path.relative_to(top).as_posix()}") for path in _files(top)
        ]  # fmt: skip
    return places


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _report(lines: Mapping[str, int], naming: Iterable[_Place], unsearched: Iterable[_Place]) -> Erasure:
    def told(kind: str) -> tuple[str, ...]:
        return tuple(sorted(place.told for place in naming if place.kind == kind))

    naming = tuple(naming)
    blind = tuple(sorted(place.told for place in unsearched))
    return Erasure(dict(lines), told("snapshot"), told("log"), told("standing"), blind)


# Searching ----------------------------------------------------------------------------------------------------------


def _search(
    workspace: Workspace, places: list[_Place], person: Person, load: LoadBuilder, on_progress: Progress
) -> dict[Path, bool | None]:
    """Return for each file whether it names the person, None for one that could not be looked into.

    Files are opened by workers: they are foreign bytes.
    """
    found: dict[Path, bool | None] = {}
    waiting = list(reversed(places))
    running: dict[Future[bool | None], tuple[_Place, Pending[bool | None]]] = {}
    with _workers(workspace, load) as workers:
        workers.run(NameDefinitions())
        while waiting or running:
            while waiting and len(running) < 2 * workspace.settings.jobs:
                place = waiting.pop()
                content = _content(place)
                if content is None:
                    found[place.path] = None
                else:
                    pending = workers.submit(Search(place.told, content, person))
                    running[pending.future] = (place, pending)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                place, pending = running.pop(future)
                found[place.path] = _answer(pending)
            on_progress(len(found), len(places), "")
    return found


def _workers(workspace: Workspace, load: LoadBuilder) -> Workers:
    root, log = frozen_definitions(workspace).root, workspace.log / "workers.log"
    return Workers(load, root, workspace.settings, jobs=workspace.settings.jobs, log=log)


def _content(place: _Place) -> bytes | None:
    try:
        return place.path.read_bytes()
    except OSError:
        return None


def _answer(pending: Pending[bool | None]) -> bool | None:
    try:
        return pending.result()
    except (BuildInterrupted, BuildFailed):
        return None
