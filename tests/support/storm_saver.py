"""A process that saves workbooks at random, in all ways and several at a time: `python -m tests.support.storm_saver`.

It alone touches the files of its accounts, and keeps what it saved last of each in a file of its own.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.support.packed import packed
from tests.support.saving import WAYS, leave_conflicted_copy, seeded

FOLDERS = ("", "North", "North/Key", "South")
AT_ONCE = 4
"""So many people save at the same time."""
FILLER = "All work and no play makes a dull plan. "


@dataclass
class Saved:
    """What was saved last of one account: where, its bytes' hash, and its content (empty: damaged on purpose).

    `hashes` are those of all its saves, oldest first, `conflicts` those of conflicted copies, so that an edition made
    of torn bytes is known for what it is.
    """

    account: str
    file: str
    sha256: str = ""
    workbook: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    hashes: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """What a process is to save: until so many saves or seconds are over, whichever is first."""

    inbox: str
    state: str
    seed: int
    saves: int
    seconds: float
    longest_pause: float


def read_saved(state: Path) -> list[Saved]:
    """Return what a process saved last."""
    return [Saved(**entry) for entry in json.loads(state.read_text(encoding="utf-8"))]


def write_saved(state: Path, saved: list[Saved]) -> None:
    """Keep what a process saved last."""
    state.write_text(json.dumps([asdict(entry) for entry in saved]), encoding="utf-8")


class Saver:
    """Saves the workbooks of its accounts, AT_ONCE at a time, each step of one way after a step of another."""

    def __init__(self, order: Order) -> None:
        self._order, self._inbox, self._chance = order, Path(order.inbox), seeded(order.seed)
        self._saved = read_saved(Path(order.state))
        self._left = order.saves
        self._under_way: dict[str, Iterator[None]] = {}

    def run(self) -> None:
        """Save until it is enough, finish what was begun, mend what is damaged, and keep what was saved."""
        latest = time.monotonic() + self._order.seconds
        self._under_way = {saved.account: self._save(saved) for saved in self._saved if not saved.hashes}
        while self._under_way or (self._left > 0 and time.monotonic() < latest):
            while self._left > 0 and len(self._under_way) < AT_ONCE and time.monotonic() < latest:
                self._begin()
            self._step()
        self._under_way = {saved.account: self._save(saved) for saved in self._saved if not saved.workbook}
        while self._under_way:
            self._step()
        write_saved(Path(self._order.state), self._saved)

    def _begin(self) -> None:
        self._left -= 1
        saved = self._chance.choice([entry for entry in self._saved if entry.account not in self._under_way])
        self._under_way[saved.account] = self._act(saved)

    def _step(self) -> None:
        account = self._chance.choice(sorted(self._under_way))
        if next(self._under_way[account], self) is self:
            del self._under_way[account]
        time.sleep(self._chance.uniform(0, self._order.longest_pause))

    def _act(self, saved: Saved) -> Iterator[None]:
        what = self._chance.random()
        if what < 0.05:
            return self._move(saved)
        if what < 0.09:
            return self._conflict(saved)
        return self._save(saved, may_be_damaged=True)

    def _save(self, saved: Saved, *, may_be_damaged: bool = False) -> Iterator[None]:
        if may_be_damaged and saved.workbook and self._chance.random() < 0.03:
            saved.workbook = {}
        elif not saved.workbook or self._chance.random() < 0.95:  # else the same bytes once more
            saved.number += 1
            saved.workbook = content_of(saved, self._chance)
        content = packed(saved.workbook) if saved.workbook else b"PK torn %d" % saved.number
        saved.sha256 = hashlib.sha256(content).hexdigest()
        saved.hashes.append(saved.sha256)
        path = self._inbox / saved.file
        path.parent.mkdir(parents=True, exist_ok=True)
        yield from self._chance.choice(WAYS)(path, content, self._chance)

    def _move(self, saved: Saved) -> Iterator[None]:
        """Move or rename a workbook; it stays the account's."""
        before = self._inbox / saved.file
        name = f"{saved.account}{self._chance.choice(('', ' plan', ' 2026'))}.xlsx"
        saved.file = (Path(self._chance.choice(FOLDERS)) / name).as_posix()
        after = self._inbox / saved.file
        after.parent.mkdir(parents=True, exist_ok=True)
        before.rename(after)
        yield

    def _conflict(self, saved: Saved) -> Iterator[None]:
        """Leave a conflicted copy with other content for a moment, as Dropbox does, until somebody deletes it."""
        path = self._inbox / saved.file
        before = set(path.parent.iterdir())
        other = packed({"id": saved.account, "name": saved.account, "texts": {"first": f"conflict {saved.number}"}})
        saved.conflicts.append(hashlib.sha256(other).hexdigest())
        yield from leave_conflicted_copy(path, other, self._chance)
        for _ in range(self._chance.randint(1, 40)):
            yield
        for copy in path.parent.glob(f"{path.stem} (Ana's conflicted copy*"):
            if copy not in before:
                copy.unlink()


def content_of(saved: Saved, chance: Random) -> dict[str, Any]:
    """Return a new content of a workbook: its first document always changes, all else now and then."""
    text = f"save {saved.number} of {saved.account} {FILLER * chance.randint(0, 400)}end"
    second = f"joint {chance.randint(1, 3)} of {saved.account}"
    workbook: dict[str, Any] = {
        "id": saved.account,
        "name": f"Customer {saved.account}",
        "texts": {"first": text, "second": second},
    }
    if chance.random() < 0.05:
        workbook["name"] = f"Renamed {saved.account}"
    if chance.random() < 0.2:
        workbook["findings"] = [["warning", "3", "Look here."]]
    if chance.random() < 0.05:
        workbook["findings"] = [["error", "4", "No second document.", "second"]]
    return workbook


if __name__ == "__main__":
    Saver(Order(**json.loads(sys.argv[1]))).run()
