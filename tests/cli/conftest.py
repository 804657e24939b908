"""The command line, called as a user calls it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.main import main
from tests.support import json_builder
from tests.support.workspace import Desk


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the JSON document that it printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """Return what it printed, without space around."""
        return [line.strip() for line in self.out.splitlines() if line.strip()]


class Terminal:
    """Calls `planpress` in this process; workbooks are those of tests/support/json_builder.py."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str | Path) -> Answer:
        self._monkeypatch.setattr(sys, "argv", ["planpress", *map(str, words)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else int(code is not None), said.out, said.err)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return an empty workspace that is the current folder."""
    for name in ("PLANPRESS_WORKSPACE", "PLANPRESS_JOBS", "PLANPRESS_AS_OF"):
        monkeypatch.delenv(name, raising=False)
    desk = Desk.at(tmp_path, "as_of = 2026-11-21\n")
    monkeypatch.chdir(tmp_path)
    return desk


@pytest.fixture
def planpress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Return the command line."""
    monkeypatch.setattr("pipeline.service.load.load_builder", json_builder.load_builder)
    return Terminal(monkeypatch, capsys)
