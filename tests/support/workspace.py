"""A workspace in a temporary folder, in few words."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.service.handover import Request
from pipeline.service.inbox import build_inbox
from pipeline.service.report import BuildReport, Progress
from pipeline.settings import Workspace
from tests.support.json_builder import load_builder

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Desk:
    """A workspace whose workbooks are JSON texts (see tests/support/json_builder.py)."""

    root: Path
    now: datetime = SATURDAY

    @classmethod
    def at(cls, root: Path, settings: str = "") -> "Desk":
        (root / "planpress.toml").write_text(f"jobs = 1\n{settings}", encoding="utf-8")
        (root / "rules").mkdir()
        (root / "rules" / "definitions.txt").write_text("one", encoding="utf-8")
        (root / "inbox").mkdir()
        return cls(root)

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(self.root, {})

    def save(self, file: str, account_id: str = "C-1", name: str = "Contoso", **more: Any) -> Path:
        """Save a workbook into the inbox."""
        return self.drop(file, json.dumps({"id": account_id, "name": name, **more}).encode())

    def drop(self, file: str, content: bytes) -> Path:
        """Put any bytes into the inbox."""
        path = self.root / "inbox" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def build(self, *files: str, force: bool = False, progress: Progress | None = None) -> BuildReport:
        """Build the inbox."""
        request = Request(files or None, force)
        return build_inbox(self.workspace, request, load_builder, lambda: self.now, progress or (lambda *_: None))

    def edition(self, folder: str = "Contoso (C-1)") -> Mapping[str, Any]:
        """Return edition.json of an account."""
        content: dict[str, Any] = json.loads((self.root / "outbox" / folder / "edition.json").read_text("utf-8"))
        return content

    def files(self, folder: str = ".") -> list[str]:
        """Return the paths of all files below a folder of the outbox."""
        top = self.root / "outbox" / folder
        # Unlike rglob, walk passes over a folder that is taken away meanwhile.
        found = (Path(place, name) for place, _, names in os.walk(top) for name in names)
        return sorted(path.relative_to(top).as_posix() for path in found)

    def text(self, file: str, folder: str = "Contoso (C-1)") -> str:
        """Return what is in a file of the outbox."""
        return (self.root / "outbox" / folder / file).read_text(encoding="utf-8")
