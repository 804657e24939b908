"""Opening a workspace with what the command line says on top of its settings."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.settings import Workspace


def open_workspace(folder: Path, as_of: datetime | None = None, jobs: int | None = None) -> Workspace:
    """Return the workspace in `folder`; raise WorkspaceError or SettingsError with what to do."""
    from pipeline.settings import Workspace

    workspace = Workspace.open(folder, os.environ)
    said: dict[str, Any] = {}
    if as_of is not None:
        said["as_of"] = as_of.date()
    if jobs is not None:
        said["jobs"] = jobs
    return Workspace(workspace.root, workspace.settings.model_copy(update=said)) if said else workspace


def clock_of(workspace: Workspace) -> Any:
    """Return the clock of a workspace: the present moment in its time zone."""
    zone = workspace.settings.zone
    return lambda: datetime.now(zone)
