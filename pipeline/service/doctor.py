"""Is everything there that planpress needs? Each check says what was found and what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from pipeline.collect.watch import Watch
from pipeline.errors import PlanpressError
from pipeline.service.heartbeat import read_heartbeat
from pipeline.service.inspect import check_definitions
from pipeline.service.loopback import LOOPBACK, answers_as_planpress, port_is_taken
from pipeline.settings import Workspace, file_system_of
from pipeline.store.ledger import Ledger
from pipeline.workers import LoadBuilder

NATIVE_LIBRARIES = (
    "lxml.etree",
    "duckdb",
    "pandas",
    "PIL.Image",
    "python_calamine",
    "resvg_py",
    "uharfbuzz",
    "weasyprint",
)
LATIN_FONTS = ("Carlito", "Calibri", "Liberation Sans", "Arial")
FONT_LANGUAGES = {"ja": "Japanese"}
OK, NOTE, FAULT = "ok", "note", "fault"
MEGABYTE = 1024 * 1024
LEAST_FREE_MB, ENOUGH_FREE_MB = 100, 1000
"""Room on a disk below which documents may not be finished, and below which somebody should be warned."""
WARM_WORKER_MB = 250
"""What a worker holds before its first job."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """One thing that was looked at; `state` is ok, note (works without) or fault."""

    name: str
    state: str
    message: str


def examine(workspace: Workspace | None, load: LoadBuilder) -> tuple[Checkup, ...]:
    """Return everything that was looked at, in the order of what stands on what."""
    checks = [_python(), *_libraries(), *_fonts(), _libreoffice()]
    if workspace is not None:
        checks += [*_folders(workspace), _state(workspace), _ledger(workspace), _definitions(workspace, load)]
        checks += [*_room(workspace), _memory(workspace), *_watching(workspace), *_port(workspace), _watcher(workspace)]
    return tuple(checks)


def _python() -> Checkup:
    return Checkup("Python", OK, sys.version.split()[0])


def _libraries() -> Iterator[Checkup]:
    broken = []
    for name in NATIVE_LIBRARIES:
        try:
            import_module(name)
        except (ImportError, OSError) as error:
            broken.append(Checkup(f"Library {name}", FAULT, f"It cannot be loaded: {error}. Install planpress again."))
    yield from broken
    if not broken:
        yield Checkup("Libraries", OK, f"All {len(NATIVE_LIBRARIES)} native libraries load.")


def _fonts() -> Iterator[Checkup]:
    if shutil.which("fc-list") is None:
        yield Checkup("Fonts", FAULT, "fontconfig (fc-list) is missing. Install it: apt-get install fontconfig.")
        return
    families = _listed(":", "family")
    found = [name for name in LATIN_FONTS if any(name in family for family in families)]
    if found:
        yield Checkup("Latin fonts", OK, ", ".join(found))
    else:
        yield Checkup("Latin fonts", FAULT, "None found. Install some: apt-get install fonts-crosextra-carlito.")
    for language, name in FONT_LANGUAGES.items():
        listed = _listed(f":lang={language}", "family")
        if listed:
            yield Checkup(f"{name} fonts", OK, listed[0])
        else:
            yield Checkup(f"{name} fonts", FAULT, "None found. Install some: apt-get install fonts-noto-cjk.")


def _listed(pattern: str, element: str) -> list[str]:
    command = ["fc-list", pattern, element]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 - fixed words
    return sorted(line.strip() for line in done.stdout.splitlines() if line.strip())


def _libreoffice() -> Checkup:
    if shutil.which("soffice") or shutil.which("libreoffice"):
        return Checkup("LibreOffice", OK, "It is there; only tests and the making of samples use it.")
    return Checkup("LibreOffice", NOTE, "It is not there, and planpress does not need it.")


def _folders(workspace: Workspace) -> Iterator[Checkup]:
    for name, folder, writes in (("Inbox", workspace.inbox, False), ("Outbox", workspace.outbox, True)):
        system = file_system_of(folder)
        if not folder.is_dir():
            yield Checkup(name, NOTE, f"{folder} is not there yet; the first build makes it.")
        elif not os.access(folder, os.R_OK | os.X_OK) or (writes and not _is_writable(folder)):
            yield Checkup(
                name, FAULT, f"{folder} cannot be {'written to' if writes else 'read'}. Correct its permissions."
            )
        else:
            yield Checkup(name, OK, f"{folder} ({system or 'unknown file system'})")


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".planpress-"):
            return True
    except OSError:
        return False


def _state(workspace: Workspace) -> Checkup:
    try:
        workspace.prepare_state()
    except PlanpressError as error:
        return Checkup("State folder", FAULT, str(error))
    if not _is_writable(workspace.state):
        return Checkup("State folder", FAULT, f"{workspace.state} cannot be written to. Correct its permissions.")
    return Checkup("State folder", OK, str(workspace.state))


def _ledger(workspace: Workspace) -> Checkup:
    def look() -> str:
        with Ledger(workspace.ledger_url) as ledger:
            return f"{len(ledger.owners())} accounts, {len(ledger.pending())} publications to finish"

    return _tried("Ledger", look)


def _definitions(workspace: Workspace, load: LoadBuilder) -> Checkup:
    def look() -> str:
        check_definitions(workspace, load)
        return "Workbook templates, rules and output templates are fine."

    return _tried("Definitions", look)


def _tried(name: str, look: Callable[[], str]) -> Checkup:
    try:
        return Checkup(name, OK, look())
    except PlanpressError as error:
        return Checkup(name, FAULT, str(error))


# What a watcher needs -----------------------------------------------------------------------------------------------


def _room(workspace: Workspace) -> Iterator[Checkup]:
    for name, folder in (("state", workspace.state), ("outbox", workspace.outbox)):
        if not folder.is_dir():
            continue
        free = shutil.disk_usage(folder).free // MEGABYTE
        state = FAULT if free < LEAST_FREE_MB else NOTE if free < ENOUGH_FREE_MB else OK
        advice = "" if state == OK else f" Make room: documents and snapshots need it, {ENOUGH_FREE_MB:,} MB at least."
        yield Checkup(f"Room for the {name}", state, f"{free:,} MB are free where {folder} lies.{advice}")


def _memory(workspace: Workspace) -> Checkup:
    import psutil

    settings = workspace.settings
    most = settings.jobs * (settings.limits.memory_mb + WARM_WORKER_MB)
    there = psutil.virtual_memory().total // MEGABYTE
    told = f"{settings.jobs} jobs may take {most:,} MB of the {there:,} MB of this computer."
    if most <= there:
        return Checkup("Memory", OK, told)
    return Checkup("Memory", NOTE, f"{told} Lower `jobs` or `limits.memory_mb` when it serves others too.")


def _watching(workspace: Workspace) -> Iterator[Checkup]:
    """Watch the inbox for a moment, as a watcher does."""
    if not workspace.inbox.is_dir():
        return
    with Watch((workspace.inbox,), workspace.settings.poll_seconds) as watch:
        wrong, polled = watch.supervise(), watch.polled()
    for message in wrong or polled:
        yield Checkup("Changes in the inbox", NOTE, message)
    if not wrong and not polled:
        yield Checkup("Changes in the inbox", OK, "The system tells of them at once.")


def _port(workspace: Workspace) -> Iterator[Checkup]:
    port = workspace.settings.metrics_port
    if port is None:
        return
    if answers_as_planpress(port):
        yield Checkup("Port for monitoring", OK, f"A watcher answers at http://{LOOPBACK}:{port}/health.")
        return
    try:
        with socket.create_server((LOOPBACK, port)):
            yield Checkup("Port for monitoring", OK, f"Port {port} is free; no watcher answers there now.")
    except OSError as error:
        yield Checkup("Port for monitoring", FAULT, port_is_taken(port, error))


def _watcher(workspace: Workspace) -> Checkup:
    beat = read_heartbeat(workspace.heartbeat)
    if beat is None or not beat.is_alive:
        return Checkup("Watcher", NOTE, "None runs now; `planpress watch` starts one.")
    if beat.is_silent(datetime.now(UTC)):
        return Checkup("Watcher", FAULT, f"Process {beat.process} gives no sign of life any more. Start it again.")
    if beat.state.troubles:
        return Checkup("Watcher", FAULT, " ".join(beat.state.troubles.values()))
    return Checkup("Watcher", OK, f"It runs as process {beat.process}.")
