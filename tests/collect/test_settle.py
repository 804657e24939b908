"""Which workbooks are completely saved, judged by stillness alone."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.scan import Stamp
from pipeline.collect.settle import Settled, Settling, is_whole, settle
from tests.support.bad_files import ENCRYPTED, OLD_EXCEL, PDF, cut_off, plain_zip
from tests.support.workbooks import workbook

SAVED = Stamp(size=100, mtime_ns=1_000, inode=7, ctime_ns=1_000)
LATER = replace(SAVED, mtime_ns=2_000, ctime_ns=2_000)
TWO_SECONDS = Settling(2.0, lambda _: True)
TORN = Settling(2.0, lambda _: False)


def looked(*looks: tuple[float, Mapping[str, Stamp]], settling: Settling = TWO_SECONDS, done: object = None) -> Settled:
    """Return what is decided at the last of several looks: each the instant and what lay in the inbox."""
    settled = Settled()
    taken: dict[str, Stamp] = dict(done) if isinstance(done, Mapping) else {}
    for now, there in looks:
        taken |= settled.ready
        settled = settle(settled.moving, there, taken, now, settling)
    return settled


def test_a_new_file_is_ready_when_it_stood_still_long_enough() -> None:
    assert looked((10.0, {"a": SAVED})).ready == {}
    assert looked((10.0, {"a": SAVED}), (11.9, {"a": SAVED})).ready == {}
    assert looked((10.0, {"a": SAVED}), (12.0, {"a": SAVED})).ready == {"a": SAVED}


def test_it_is_worth_a_look_when_the_first_may_be_ready() -> None:
    assert looked((10.0, {"a": SAVED})).look_at == 12.0
    assert looked((10.0, {"a": SAVED}), (11.0, {"a": SAVED, "b": SAVED})).look_at == 12.0
    assert looked((10.0, {"a": SAVED}), (12.0, {"a": SAVED})).look_at is None


@pytest.mark.parametrize(
    "change",
    [{"size": 101}, {"mtime_ns": 2_000}, {"mtime_ns": 1}, {"ctime_ns": 2_000}, {"mtime_ns": 4_102_444_800 * 10**9}],
    ids=["grown", "newer", "older: the clock jumped", "its time put back", "in the future"],
)
def test_every_change_begins_a_new_quiet(change: dict[str, int]) -> None:
    moved = replace(SAVED, **change)
    looks = ((10.0, {"a": SAVED}), (11.5, {"a": moved}))
    assert looked(*looks, (12.5, {"a": moved})).ready == {}
    assert looked(*looks, (13.5, {"a": moved})).ready == {"a": moved}


def test_what_was_taken_in_is_not_ready_again_until_it_changes() -> None:
    assert looked((10.0, {"a": SAVED}), (20.0, {"a": SAVED}), done={"a": SAVED}) == Settled()
    assert looked((10.0, {"a": LATER}), (12.0, {"a": LATER}), done={"a": SAVED}).ready == {"a": LATER}


def test_another_file_of_the_same_size_and_time_is_ready() -> None:
    other = replace(SAVED, inode=8)
    assert looked((10.0, {"a": other}), (12.0, {"a": other}), done={"a": SAVED}).ready == {"a": other}


def test_a_file_system_that_invents_inodes_stops_nothing() -> None:
    looks = ((10.0 + step, {"a": replace(SAVED, inode=step)}) for step in range(3))
    assert list(looked(*looks).ready) == ["a"]


def test_a_torn_file_waits_and_is_handed_on_in_the_end_to_be_told() -> None:
    looks = [(10.0, {"a": SAVED}), (12.0, {"a": SAVED}), (19.9, {"a": SAVED})]
    waiting = looked(*looks, settling=TORN)
    assert (waiting.ready, waiting.look_at) == ({}, 20.0)
    assert looked(*looks, (20.0, {"a": SAVED}), settling=TORN).ready == {"a": SAVED}


def test_a_file_that_is_deleted_and_made_again_was_never_gone() -> None:
    done = {"a": SAVED}
    assert looked((10.0, {}), done=done).gone == ()
    assert looked((10.0, {}), (11.0, {"a": LATER}), (12.5, {"a": LATER}), done=done) == looked(
        (11.0, {"a": LATER}), (12.5, {"a": LATER}), done=done
    )
    assert looked((10.0, {}), (12.0, {}), done=done).gone == ("a",)


def test_a_rename_is_one_decision() -> None:
    settled = looked((10.0, {"b": SAVED}), (12.0, {"b": SAVED}), done={"a": SAVED})
    assert (settled.gone, settled.ready) == (("a",), {"b": SAVED})


def test_a_temporary_file_that_vanished_is_forgotten() -> None:
    assert looked((10.0, {"a": SAVED}), (11.0, {})) == Settled()


def test_what_cannot_be_looked_at_is_not_gone() -> None:
    done = {"locked/a": SAVED, "b": SAVED, "lockedb": SAVED}
    settled = settle({}, {}, done, 10.0, TWO_SECONDS, blind=("locked", "b"))
    assert list(settled.moving) == ["lockedb"]


STAMPS = st.builds(Stamp, st.integers(0, 2), st.integers(0, 2), st.just(1), st.integers(0, 2))
THERE = st.dictionaries(st.sampled_from(["a", "b", "c"]), STAMPS)


@given(st.lists(THERE, max_size=12), THERE)
def test_whatever_happened_the_last_state_is_taken_in_once(
    history: list[dict[str, Stamp]], last: dict[str, Stamp]
) -> None:
    done: dict[str, Stamp] = {}
    settled, now = Settled(), 0.0
    taken: list[str] = []
    for there in [*history, last, last, last]:
        now += 2.0 if there is last else 1.0
        settled = settle(settled.moving, there, done, now, TWO_SECONDS)
        assert all(there[file] == stamp for file, stamp in settled.ready.items())
        assert not set(settled.gone) & set(there)
        done = {file: stamp for file, stamp in {**done, **settled.ready}.items() if file not in settled.gone}
        taken += list(settled.ready) if there is last else []
    assert done == last
    assert settled == Settled()
    assert len(taken) == len(set(taken))


# Complete or not ----------------------------------------------------------------------------------------------------

GOOD = workbook({"Account": [["Account ID", "CON-1"]]})


def written(folder: Path, content: bytes) -> Path:
    path = folder / "Contoso.xlsx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [GOOD, plain_zip(b"")], ids=["a workbook", "another zip"])
def test_a_zip_with_all_its_parts_is_whole(tmp_path: Path, content: bytes) -> None:
    assert is_whole(written(tmp_path, content))


def test_no_beginning_of_a_workbook_is_whole(tmp_path: Path) -> None:
    assert not any(is_whole(written(tmp_path, GOOD[:length])) for length in range(0, len(GOOD), 97))
    assert not is_whole(written(tmp_path, cut_off(GOOD)))


def test_a_copy_that_reserved_its_size_first_is_not_whole_before_its_last_byte(tmp_path: Path) -> None:
    half = len(GOOD) // 2
    assert not is_whole(written(tmp_path, GOOD[:half] + bytes(len(GOOD) - half)))
    assert not is_whole(written(tmp_path, bytes(half) + GOOD[half:]))


@pytest.mark.parametrize("content", [b"", PDF, OLD_EXCEL, ENCRYPTED, b"PK\x05\x06" + bytes(18), b"PK\x05\x06"])
def test_what_is_no_zip_or_an_empty_one_is_not_whole(tmp_path: Path, content: bytes) -> None:
    assert not is_whole(written(tmp_path, content))


def test_what_is_not_there_is_not_whole(tmp_path: Path) -> None:
    assert not is_whole(tmp_path / "a.xlsx")
    assert not is_whole(tmp_path)


@given(st.binary(max_size=400))
def test_no_bytes_stop_it(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.xlsx"
    path.write_bytes(GOOD[:40] + b"PK\x01\x02" + tail + b"PK\x05\x06" + tail[:18].ljust(18, b"\0"))
    assert is_whole(path) in (True, False)
