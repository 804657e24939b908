"""Every program's way of saving: what was saved is taken in, and nothing that was not."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.collect.claim import FileChanging, claim
from pipeline.collect.scan import Stamp, scan
from pipeline.collect.settle import DOUBTFUL, Settled, Settling, is_whole, settle
from tests.support.saving import WAYS, Way, leave_conflicted_copy, save, save_as_excel_while_it_stays_open, seeded
from tests.support.workbooks import workbook

SETTLING_SECONDS = 2.0
OLD = workbook({"Account": [["Account ID", "CON-1"]]})
NEW = workbook({"Account": [["Account ID", "CON-1"], ["Customer", "Contoso"]]})
NAME = "Contoso.xlsx"
SEEDS = range(8)


@dataclass
class Watcher:
    """Looks into an inbox whenever it is told to, by a clock of its own, and takes in what is ready."""

    inbox: Path
    now: float = 1000.0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    _done: dict[str, Stamp] = field(default_factory=dict)
    _settled: Settled = field(default_factory=Settled)

    def look(self) -> None:
        settling = Settling(SETTLING_SECONDS, lambda file: is_whole(self.inbox / file))
        self._settled = settle(self._settled.moving, scan(self.inbox), self._done, self.now, settling)
        for file, stamp in self._settled.ready.items():
            self._take(file, stamp)
        for file in self._settled.gone:
            self.gone.append(file)
            del self._done[file]

    def wait(self, seconds: float) -> None:
        """Let time pass, with a look each second, as a watcher has that is told of every change."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            self.look()

    def rest(self) -> None:
        self.wait((DOUBTFUL + 1) * SETTLING_SECONDS)

    def _take(self, file: str, stamp: Stamp) -> None:
        try:
            claimed = claim(self.inbox, file, 64)
        except FileChanging:
            return
        self.taken.append((file, claimed.content))
        self._done[file] = stamp


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    (tmp_path / NAME).write_bytes(OLD)
    watcher = Watcher(tmp_path)
    watcher.rest()
    assert watcher.taken == [(NAME, OLD)]
    watcher.taken.clear()
    return watcher


each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@each_way
@pytest.mark.parametrize("is_new", [False, True], ids=["replaced", "new"])
def test_a_way_ends_with_the_bytes_in_place_and_leaves_nothing(tmp_path: Path, way: Way, is_new: bool) -> None:
    for seed in SEEDS:
        path = tmp_path / str(seed) / NAME
        path.parent.mkdir()
        if not is_new:
            path.write_bytes(OLD)
        save(way, path, NEW, seeded(seed))
        assert path.read_bytes() == NEW
        assert {left.name for left in path.parent.iterdir()} <= {NAME, ".dropbox.cache"}


@each_way
def test_the_same_seed_does_the_same(tmp_path: Path, way: Way) -> None:
    def steps(folder: Path) -> list[list[tuple[str, int]]]:
        folder.mkdir()
        seen = []
        for _ in way(folder / NAME, NEW, seeded(3)):
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            seen.append([(path.relative_to(folder).as_posix(), path.stat().st_size) for path in files])
        return seen

    assert steps(tmp_path / "one") == steps(tmp_path / "two")


@each_way
def test_a_save_that_goes_on_without_a_rest_is_taken_in_once_and_whole(watcher: Watcher, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(watcher.inbox / NAME, content, chance):
            watcher.wait(chance.uniform(0, 0.9 * SETTLING_SECONDS))
        watcher.rest()
        assert set(watcher.taken) == {(NAME, content)}
        assert len(watcher.taken) == 1 or way is save_as_excel_while_it_stays_open
        assert watcher.gone == []
        watcher.taken.clear()


@each_way
def test_a_save_that_rests_for_longer_is_never_taken_in_torn(watcher: Watcher, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(watcher.inbox / NAME, content, chance):
            watcher.wait(chance.uniform(0, 2 * SETTLING_SECONDS))
        watcher.rest()
        assert watcher.taken[-1] == (NAME, content)
        assert {(file, is_one_of_ours(bytes_)) for file, bytes_ in watcher.taken} == {(NAME, True)}
        watcher.taken.clear()


@each_way
def test_a_save_that_hangs_for_a_minute_is_taken_in_at_last(watcher: Watcher, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(watcher.inbox / NAME, content, chance):
            watcher.wait(60.0 if chance.random() < 0.3 else 0.5)
        watcher.rest()
        assert watcher.taken[-1] == (NAME, content)
        watcher.taken.clear()


@each_way
def test_a_save_while_nobody_looked_is_taken_in(watcher: Watcher, way: Way) -> None:
    save(way, watcher.inbox / NAME, NEW, seeded(1))
    watcher.rest()
    assert watcher.taken == [(NAME, NEW)]


def test_saves_of_several_programs_one_after_the_other_end_with_the_last(watcher: Watcher) -> None:
    chance, content = seeded(20), OLD
    for number in range(30):
        content = workbook({"Account": [["Account ID", "CON-1"], ["Customer", f"Contoso {number}"]]})
        for _ in chance.choice(WAYS)(watcher.inbox / NAME, content, chance):
            watcher.wait(chance.choice([0.0, 0.1, 1.0]))
    watcher.rest()
    assert watcher.taken[-1] == (NAME, content)
    assert watcher.gone == []


def test_a_conflicted_copy_is_a_file_of_its_own(watcher: Watcher) -> None:
    save(leave_conflicted_copy, watcher.inbox / NAME, NEW, seeded(5))
    watcher.rest()
    [(file, content)] = watcher.taken
    assert (file.startswith("Contoso (Ana's conflicted copy 2026-11-"), content) == (True, NEW)


def is_one_of_ours(content: bytes) -> bool:
    ours = {hashlib.sha256(known).digest() for known in (OLD, NEW)}
    return hashlib.sha256(content).digest() in ours
