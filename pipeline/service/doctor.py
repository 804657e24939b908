"""Is everything there that planpress needs? Each check says what was found and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pipeline.errors import PlanpressError
from pipeline.service.inspect import check_definitions
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
    free = shutil.disk_usage(workspace.state).free // (1024 * 1024)
    return Checkup("State folder", OK, f"{workspace.state}, {free:,} MB free")


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
