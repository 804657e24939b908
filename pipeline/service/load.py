"""The door to the product's builder: light to import, heavy only in the worker that calls it."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Settings
from pipeline.workers import Builder


def load_builder(root: Path, settings: Settings) -> Builder:
    """Return the builder of the workspace at `root`; raise DefinitionError with every mistake of its definitions."""
    from pipeline.service.product import load_product

    return load_product(root, settings)
