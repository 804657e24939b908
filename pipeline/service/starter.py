"""A new workspace with the starter sets. Light to import: `planpress init` has nothing to wait for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pipeline
from pipeline.errors import UsageError, WorkspaceError

SETS = ("workbook_templates", "rules", "output_templates")
EMPTY = ("inbox", "outbox")
SETTINGS = "planpress.toml"


def create_workspace(folder: Path) -> tuple[str, ...]:
    """Make a workspace in `folder`, which must be empty or not exist; return the names of its workbook templates."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty. Name a new folder: nothing that exists is ever overwritten.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in SETS:
            shutil.copytree(_starter_set(name), folder / name, ignore=shutil.ignore_patterns(".*", "~$*"))
        for name in EMPTY:
            (folder / name).mkdir()
        shutil.copyfile(_starter() / SETTINGS, folder / SETTINGS)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be made: {error.strerror or error}.") from error
    return tuple(sorted(path.name for path in (folder / SETS[0]).iterdir()))


def _package() -> Path:
    return Path(pipeline.__file__).parent


def _starter() -> Path:
    return _package() / "starter"


def _starter_set(name: str) -> Path:
    """Return where a set lies: in the installed package, or in the repository that is being worked in."""
    installed = _starter() / name
    return installed if installed.is_dir() else _package().parent / name
