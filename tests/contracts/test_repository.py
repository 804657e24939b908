"""What belongs into the repository, and what must never get in."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT, tracked_files

MEGABYTE = 1024 * 1024
FOLDERS = {
    ".ci",
    "benchmarks",
    "docs",
    "inbox",
    "outbox",
    "output_templates",
    "pipeline",
    "requirements",
    "rules",
    "scripts",
    "tests",
    "tools",
    "workbook_templates",
}
FILES = {".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "planpress.toml", "pyproject.toml"}

# A path of somebody's machine; put together here so that this file does not name one itself.
MACHINE_PATH = re.compile(rb"(?<![\w./-])/(?:" + b"|".join([b"home", b"work", b"root", b"Users", b"farm"]) + rb")/\w")


def contents(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of a file and, where it is a zip (a workbook, a deck), those of each part."""
    data = (ROOT / file).read_bytes()
    yield str(file), data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield f"{file}: {name}", archive.read(name)


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_folder_of_the_house_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_nothing_else_lies_at_the_top() -> None:
    folders = {file.parts[0] for file in tracked_files() if len(file.parts) > 1}
    files = {file.name for file in tracked_files() if len(file.parts) == 1}
    assert folders - FOLDERS == set()
    assert files - FILES == set()


def test_no_file_is_over_five_megabytes() -> None:
    assert [str(file) for file in tracked_files() if (ROOT / file).stat().st_size > 5 * MEGABYTE] == []


def test_nothing_that_is_built_is_kept() -> None:
    published = [str(file) for file in tracked_files() if file.parts[0] == "outbox" and file.name != ".gitkeep"]
    assert published == []


def test_no_path_of_one_machine_is_named() -> None:
    parts = (part for file in tracked_files() for part in contents(file))
    assert [f"{place}: {match[0]!r}" for place, data in parts if (match := MACHINE_PATH.search(data))] == []


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda lock: lock.name)
def test_a_lock_pins_hashes_and_names_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,]+\])?==.*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(pins) >= 3
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text
