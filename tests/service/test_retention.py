"""Thinning out: what nobody needs goes, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.model import RowState
from pipeline.service.restore import past_editions, restore
from pipeline.service.retention import THINNED, Thinned, thin_out, thin_out_daily
from pipeline.service.scheduler import Scheduler
from pipeline.store.ledger import Ledger
from pipeline.store.lock import exclusive
from pipeline.store.snapshots import Snapshots
from pipeline.store.values import write_versions
from tests.support.workspace import Desk

NEXT_YEAR = datetime(2027, 11, 21, 12, tzinfo=UTC)


def desk_with(root: Path, settings: str, saves: int) -> Desk:
    """Return a workspace with so many saves and editions of one account, a day each."""
    desk = Desk.at(root, settings)
    for number in range(1, saves + 1):
        desk.save("Contoso.xlsx", texts={"first": f"save {number}", "second": "the same"})
        desk.build()
        desk.now += timedelta(days=1)
    return desk


def thinned(desk: Desk, now: datetime = NEXT_YEAR) -> Thinned:
    """Thin out as if all bytes had been written long ago."""
    for path in bytes_of(desk):
        os.utime(path, (0, 0))
    with Ledger(desk.workspace.ledger_url) as ledger:
        return thin_out(desk.workspace, ledger, now)


def bytes_of(desk: Desk) -> list[Path]:
    return [path for path in desk.workspace.snapshots.rglob("*") if path.is_file()]


def kept(desk: Desk) -> dict[int, bool]:
    return {past.edition.number: past.is_kept for past in past_editions(desk.workspace, "C-1")[1]}


def rows(desk: Desk, query: str) -> list[object]:
    with Ledger(desk.workspace.ledger_url) as ledger, ledger._transaction() as session:
        return list(session.scalars(text(query)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger_setting(request: pytest.FixtureRequest) -> str:
    """Return the line of the settings that chooses the database."""
    server = request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None
    return f'ledger = "{server.database()}"\n' if server else ""


def test_young_and_few_editions_are_all_kept(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "", saves=3)
    before = len(bytes_of(desk))
    assert thinned(desk) == Thinned(0, 0)
    assert len(bytes_of(desk)) == before == 7


def test_of_too_many_editions_the_oldest_go(tmp_path: Path, ledger_setting: str) -> None:
    desk = desk_with(tmp_path, f"{ledger_setting}retention.editions = 2\n", saves=4)
    thinned(desk)
    assert kept(desk) == {4: True, 3: True, 2: False, 1: False}
    # Two editions with their workbooks; and the first workbook, from which the second document was made.
    assert len(bytes_of(desk)) == 2 + 2 + 1 + 1
    assert thinned(desk) == Thinned(0, 0)


def test_what_is_too_old_goes_but_never_what_stands(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "retention.days = 30\n", saves=3)
    thinned(desk)
    assert kept(desk) == {3: True, 2: False, 1: False}
    document = next((desk.root / "outbox").rglob("*.pptx"))
    document.unlink()
    desk.build()
    assert document.read_text(encoding="utf-8") == "save 3, edition 3"


def test_the_newest_save_stays_when_it_made_no_edition(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "retention.days = 30\n", saves=1)
    desk.save("Contoso.xlsx", findings=[["error", "3", "Wrong."]])
    desk.build()
    thinned(desk)
    with Ledger(desk.workspace.ledger_url) as ledger:
        newest = ledger.latest_submissions()["Contoso.xlsx"]
    assert newest.sha256 in Snapshots(desk.workspace.snapshots)
    assert kept(desk) == {1: True}


def test_what_a_restored_edition_needs_stays(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "retention.days = 30\n", saves=3)
    restore(desk.workspace, "C-1", 1, lambda: desk.now)
    thinned(desk)
    assert kept(desk) == {4: True, 3: False, 2: False, 1: True}


def test_a_publication_that_waits_keeps_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.service import restore as service

    desk = desk_with(tmp_path, "retention.days = 30\n", saves=2)
    with monkeypatch.context() as patched:
        patched.setattr(service, "_carry_out", lambda *_: False)
        restore(desk.workspace, "C-1", 1, lambda: desk.now)
    thinned(desk)
    assert desk.build().recovered == 1
    assert desk.text("internal/Contoso - first.pptx") == "save 1, edition 1"


def test_the_ledger_forgets_details_but_not_its_lines_of_history(tmp_path: Path, ledger_setting: str) -> None:
    desk = desk_with(tmp_path, f"{ledger_setting}retention.days = 30\n", saves=3)
    thinned(desk)
    assert rows(desk, "SELECT DISTINCT submission_id FROM measures") == [3]
    assert rows(desk, "SELECT id FROM publications") == [3]
    assert rows(desk, "SELECT id FROM submissions ORDER BY id") == [1, 2, 3]
    desk.save("Contoso.xlsx", texts={"first": "save 4", "second": "the same"})
    desk.build()
    assert desk.edition()["edition"] == 4


def test_numbers_that_a_newer_save_is_about_to_take_over_stay(
    tmp_path: Path, ledger_setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.at(tmp_path, ledger_setting)
    desk.save("Contoso.xlsx", content="a")
    desk.build()
    desk.save("Contoso.xlsx", content="b")
    desk.build()  # judged, and no edition
    desk.save("Contoso.xlsx", content="b", note="other bytes")
    with monkeypatch.context() as cut_off:
        cut_off.setattr(Scheduler, "step", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.build()
    thinned(desk)
    desk.build()
    assert rows(desk, "SELECT DISTINCT submission_id FROM measures ORDER BY 1") == [1, 3]


def test_the_known_past_begins_with_the_first_young_edition(tmp_path: Path, ledger_setting: str) -> None:
    desk = desk_with(tmp_path, f"{ledger_setting}retention.days = 30\n", saves=1)
    desk.now = NEXT_YEAR - timedelta(days=10)
    states = {number: RowState("actions", ("A1",), {"due": f"day {number}"}) for number in (1, 2, 3)}
    same = RowState("actions", ("A2",), {"due": "always"})
    with Ledger(desk.workspace.ledger_url) as ledger:
        for number in (2, 3):
            desk.save("Contoso.xlsx", texts={"first": f"save {number}", "second": "the same"})
            desk.build()
        with ledger._transaction() as session:
            for number, state in states.items():
                write_versions(session, "C-1", number, [state, same])
        thinned(desk)
        editions, versions = ledger.past("C-1")
    assert [edition.number for edition in editions] == [2, 3]
    assert {
        (found.state.key[0], found.state.values["due"], found.first_edition, found.last_edition) for found in versions
    } >= {("A1", "day 2", 2, 2), ("A1", "day 3", 3, None), ("A2", "always", 2, None)}
    assert "day 1" not in {found.state.values.get("due") for found in versions}


def test_bytes_that_nobody_knows_go_a_day_later(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "", saves=1)
    snapshots = Snapshots(desk.workspace.snapshots)
    path = snapshots.path(snapshots.write(b"cut off before the ledger knew"))
    half = path.with_name(f".{path.name}.1.tmp")
    half.write_bytes(b"cut off")
    with Ledger(desk.workspace.ledger_url) as ledger:
        assert thin_out(desk.workspace, ledger, datetime.now(UTC)) == Thinned(0, 0)
    thinned(desk)
    assert (path.exists(), half.exists()) == (False, False)


def test_it_is_done_once_a_day_and_never_while_somebody_restores(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "retention.editions = 1\n", saves=2)
    for path in bytes_of(desk):
        os.utime(path, (0, 0))
    last_thinned(desk, NEXT_YEAR - timedelta(days=3))
    with Ledger(desk.workspace.ledger_url) as ledger:
        with exclusive(desk.workspace.snapshots_lock, 0):
            assert thin_out_daily(desk.workspace, ledger, NEXT_YEAR) is None
        assert thin_out_daily(desk.workspace, ledger, NEXT_YEAR) is not None
        assert thin_out_daily(desk.workspace, ledger, NEXT_YEAR) is None
        assert thin_out_daily(desk.workspace, ledger, NEXT_YEAR + timedelta(days=1)) == Thinned(0, 0)


def test_a_clock_that_jumps_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "retention.editions = 1\n", saves=2)
    last_thinned(desk, desk.now)
    with Ledger(desk.workspace.ledger_url) as ledger:
        assert thin_out_daily(desk.workspace, ledger, NEXT_YEAR) is None  # the clock says so, which may be wrong
        assert thin_out_daily(desk.workspace, ledger, desk.now) is None  # it was put right
        assert thin_out_daily(desk.workspace, ledger, desk.now + timedelta(days=1)) is not None


def last_thinned(desk: Desk, day: datetime) -> None:
    (desk.workspace.state / THINNED).write_text(day.date().isoformat())


def test_bytes_that_cannot_be_taken_away_stop_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    desk = desk_with(tmp_path, "retention.editions = 1\n", saves=2)
    for path in bytes_of(desk):
        os.utime(path, (0, 0))
    desk.now += timedelta(days=1)
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.service.retention._is_removed", refuse)
        report = desk.build("Contoso.xlsx", "Fabrikam.xlsx")
    assert [result.state for result in report.results] == ["unchanged", "built"]
    (told,) = (path.read_text("utf-8") for path in desk.workspace.log.glob("P-*.log"))
    assert told == "What is kept no longer cannot be taken away: [Errno 13] Permission denied"
