"""Paths as people type them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from pipeline.collect.names import is_workbook
from pipeline.errors import UsageError
from pipeline.settings import Workspace


def existing_workbook(path: Path) -> Path:
    """Return the absolute path of a workbook; raise UsageError with a near match when there is none."""
    if path.is_file():
        return path.resolve()
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name workbooks, or none for the whole inbox.")
    names = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, names, n=1)
    hint = f" Did you mean {path.parent / near[0]}?" if near else ""
    raise UsageError(f"There is no file {path}.{hint}")


def save(path: Path, content: bytes) -> None:
    """Write a file that somebody asked for, with the folders above it; raise UsageError when that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}). Name another file with --output."
        ) from error


def in_inbox(workspace: Workspace, paths: Iterable[Path]) -> tuple[str, ...]:
    """Return paths relative to the inbox; raise UsageError for what is not in it or is no workbook."""
    return tuple(dict.fromkeys(_in_inbox(workspace, existing_workbook(path)) for path in paths))


def _in_inbox(workspace: Workspace, path: Path) -> str:
    if workspace.inbox not in path.parents:
        raise UsageError(
            f"{path} lies outside the inbox ({workspace.inbox}). Only what is in the inbox is built; `planpress check` "
            "and `planpress preview` take any workbook."
        )
    file = path.relative_to(workspace.inbox).as_posix()
    if not is_workbook(PurePosixPath(file)):
        raise UsageError(f"{path} is no workbook that planpress builds: it is a temporary, a feed or another file.")
    return file
