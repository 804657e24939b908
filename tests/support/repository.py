"""The repository as it lies in git."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked_files() -> list[Path]:
    """Return every file that git tracks and that is there, relative to the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file()]


def python_files(folder: str) -> list[Path]:
    """Return every Python file below a folder of the repository, absolute, in the order of their names."""
    return sorted((ROOT / folder).rglob("*.py"))
