"""Every program's way of saving: what was saved is taken in, and nothing that was not."""

import hashlib
from pathlib import Path

import pytest

from tests.support.onlooker import SETTLING_SECONDS, Onlooker
from tests.support.saving import WAYS, Way, leave_conflicted_copy, save, save_as_excel_while_it_stays_open, seeded
from tests.support.workbooks import workbook

OLD = workbook({"Account": [["Account ID", "CON-1"]]})
NEW = workbook({"Account": [["Account ID", "CON-1"], ["Customer", "Contoso"]]})
NAME = "Contoso.xlsx"
SEEDS = range(8)


@pytest.fixture
def onlooker(tmp_path: Path) -> Onlooker:
    (tmp_path / NAME).write_bytes(OLD)
    onlooker = Onlooker(tmp_path)
    onlooker.rest()
    assert onlooker.taken == [(NAME, OLD)]
    onlooker.taken.clear()
    return onlooker


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
def test_a_save_that_goes_on_without_a_rest_is_taken_in_once_and_whole(onlooker: Onlooker, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(onlooker.inbox / NAME, content, chance):
            onlooker.wait(chance.uniform(0, 0.9 * SETTLING_SECONDS))
        onlooker.rest()
        assert set(onlooker.taken) == {(NAME, content)}
        assert len(onlooker.taken) == 1 or way is save_as_excel_while_it_stays_open
        assert onlooker.gone == []
        onlooker.taken.clear()


@each_way
def test_a_save_that_rests_for_longer_is_never_taken_in_torn(onlooker: Onlooker, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(onlooker.inbox / NAME, content, chance):
            onlooker.wait(chance.uniform(0, 2 * SETTLING_SECONDS))
        onlooker.rest()
        assert onlooker.taken[-1] == (NAME, content)
        assert {(file, is_one_of_ours(bytes_)) for file, bytes_ in onlooker.taken} == {(NAME, True)}
        onlooker.taken.clear()


@each_way
def test_a_save_that_hangs_for_a_minute_is_taken_in_at_last(onlooker: Onlooker, way: Way) -> None:
    for seed in SEEDS:
        content = [OLD, NEW][(seed + 1) % 2]
        chance = seeded(seed)
        for _ in way(onlooker.inbox / NAME, content, chance):
            onlooker.wait(60.0 if chance.random() < 0.3 else 0.5)
        onlooker.rest()
        assert onlooker.taken[-1] == (NAME, content)
        onlooker.taken.clear()


@each_way
def test_a_save_while_nobody_looked_is_taken_in(onlooker: Onlooker, way: Way) -> None:
    save(way, onlooker.inbox / NAME, NEW, seeded(1))
    onlooker.rest()
    assert onlooker.taken == [(NAME, NEW)]


def test_saves_of_several_programs_one_after_the_other_end_with_the_last(onlooker: Onlooker) -> None:
    chance, content = seeded(20), OLD
    for number in range(30):
        content = workbook({"Account": [["Account ID", "CON-1"], ["Customer", f"Contoso {number}"]]})
        for _ in chance.choice(WAYS)(onlooker.inbox / NAME, content, chance):
            onlooker.wait(chance.choice([0.0, 0.1, 1.0]))
    onlooker.rest()
    assert onlooker.taken[-1] == (NAME, content)
    assert onlooker.gone == []


def test_a_conflicted_copy_is_a_file_of_its_own(onlooker: Onlooker) -> None:
    save(leave_conflicted_copy, onlooker.inbox / NAME, NEW, seeded(5))
    onlooker.rest()
    [(file, content)] = onlooker.taken
    assert (file.startswith("Contoso (Ana's conflicted copy 2026-11-"), content) == (True, NEW)


def is_one_of_ours(content: bytes) -> bool:
    ours = {hashlib.sha256(known).digest() for known in (OLD, NEW)}
    return hashlib.sha256(content).digest() in ours
