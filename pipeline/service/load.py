"""The door to the builder of real workspaces: light to import, heavy only in the worker that calls it."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Settings
from pipeline.workers import Builder


def load_builder(root: Path, settings: Settings) -> Builder:
    """Return the builder of the workspace at `root`; raise DefinitionError with every mistake of its definitions."""
    from pipeline.service.compiled import load_compiled

    return load_compiled(root, settings)
