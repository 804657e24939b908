"""A workspace with the shipped definitions, in which the real command line works on real workbooks."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.repository import ROOT

DEFINITIONS = ("workbook_templates", "rules", "output_templates")
SETTINGS = "planpress.toml"
SECONDS = 540


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def files(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what `build --json` says of each file of the inbox."""
        return {found["file"]: found for found in json.loads(self.out)["files"]}


@dataclass(frozen=True)
class RealWorkspace:
    """A folder with planpress.toml, definitions, inbox and outbox; commands are run in processes of their own."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> RealWorkspace:
        """Return a new workspace with the shipped definitions and settings, and an empty inbox."""
        for name in DEFINITIONS:
            shutil.copytree(ROOT / name, root / name)
        shutil.copyfile(ROOT / SETTINGS, root / SETTINGS)
        (root / "inbox").mkdir()
        return cls(root)

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    def drop(self, file: str, content: bytes) -> Path:
        """Save a file into the inbox."""
        path = self.root / "inbox" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def planpress(self, *words: str, environment: Mapping[str, str] | None = None) -> Answer:
        """Run a command in this workspace as a user does."""
        command = [sys.executable, "-m", "pipeline.cli.main", *words, "--workspace", str(self.root)]
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PLANPRESS_")}
        variables |= {"PYTHONPATH": str(ROOT), **(environment or {})}
        done = subprocess.run(
            command, cwd=self.root, env=variables, capture_output=True, text=True, check=False, timeout=SECONDS
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def build(self, *words: str, environment: Mapping[str, str] | None = None) -> Answer:
        """Run `planpress build --json`."""
        return self.planpress("build", "--json", *words, environment=environment)

    def blank(self, template: str, *words: str) -> bytes:
        """Return a blank workbook as `planpress template` writes it."""
        file = self.root / "blank.xlsx"
        file.unlink(missing_ok=True)
        answer = self.planpress("template", template, "-o", str(file), *words)
        assert answer.code == 0, answer.err
        return file.read_bytes()

    def files(self, folder: str | Path = "outbox") -> list[str]:
        """Return the paths of all files below a folder of the workspace, relative to it."""
        top = self.root / folder
        return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())

    def folder(self, account_id: str) -> Path:
        """Return the folder of an account in the outbox."""
        (found,) = (path for path in self.outbox.iterdir() if path.name.endswith(f"({account_id})"))
        return found

    def edition(self, account_id: str) -> Mapping[str, Any]:
        """Return edition.json of an account."""
        content: dict[str, Any] = json.loads((self.folder(account_id) / "edition.json").read_text("utf-8"))
        return content

    def document(self, account_id: str, identity: str) -> Path:
        """Return the file of one of an account's documents."""
        (found,) = (item for item in self.edition(account_id)["documents"] if item["id"] == identity)
        return self.folder(account_id) / str(found["file"])

    def documents(self, suffix: str) -> list[Path]:
        """Return all published documents with an ending, such as `.pptx`."""
        return sorted(path for path in self.outbox.rglob(f"*{suffix}") if "to-do" not in path.name)

    def to_do(self, file: str) -> str:
        """Return what is told about a file whose account cannot be known."""
        return (self.outbox / "_unreadable" / file / "to-do.html").read_text("utf-8")

    def log(self) -> str:
        """Return all that was logged."""
        return "\n".join(path.read_text("utf-8") for path in sorted((self.root / ".planpress/log").glob("*.log")))


def sample_files() -> list[Path]:
    """Return the sample workbooks of the repository."""
    return sorted((ROOT / "inbox").glob("*.xlsx"))


def built_samples(root: Path, environment: Mapping[str, str]) -> RealWorkspace:
    """Return a new workspace in which all samples were built with `--force`."""
    workspace = RealWorkspace.at(root)
    for file in sample_files():
        workspace.drop(file.name, file.read_bytes())
    answer = workspace.build("--force", environment=environment)
    assert answer.code == 1, answer.err or answer.out  # one of the samples holds errors, and nothing failed
    return workspace


def shared_samples(factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return the workspace of all built samples, made by whichever process of the test run asks first."""
    base = factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "samples"
    shared.mkdir(exist_ok=True)
    done, root = shared / "done", shared / "workspace"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(root, ignore_errors=True)
            built_samples(root, {"PYTHONHASHSEED": "1", "TZ": "Etc/GMT+12"})
            done.touch()
    return RealWorkspace(root)
