"""Whatever ends the watcher, and whenever: every save is published once, whole, and nothing is left behind."""

from pathlib import Path

import pytest

from pipeline.errors import LedgerUnavailable
from pipeline.service.events import EventKind
from pipeline.store.ledger import Ledger
from pipeline.store.queries import Queries
from pipeline.store.snapshots import Snapshots
from tests.support.postgresql import Server
from tests.support.storming import Plan, Storm
from tests.support.watching import QUICK, watching
from tests.support.workspace import Desk

SHORT = Plan(seed=20261121, saves=70, seconds=25.0)
SHORTER = Plan(seed=20261122, accounts=20, saves=25, seconds=10.0)


@pytest.mark.slow
def test_accounts_saved_in_a_storm_lose_nothing(tmp_path: Path) -> None:
    with Storm(tmp_path, SHORT) as storm:
        assert storm.round() == []
    assert storm.figures.saves > SHORT.accounts, storm.figures.told()
    assert storm.figures.kills.total() > 2, storm.figures.told()


@pytest.mark.slow
@pytest.mark.postgresql
def test_nor_do_they_with_the_ledger_on_a_server(tmp_path: Path, postgresql_server: Server) -> None:
    with Storm(tmp_path, SHORTER, postgresql_server.database()) as storm:
        assert storm.round() == []
    assert storm.figures.kills.total() > 0, storm.figures.told()


def test_a_workbook_that_comes_back_elsewhere_much_later_keeps_its_account(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, QUICK)
    path = desk.save("Contoso.xlsx")
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILT, "Contoso.xlsx")
    path.unlink()
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.GONE, "Contoso.xlsx")
    desk.save("Contoso 2026.xlsx", texts={"first": "news"})
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILT, "Contoso 2026.xlsx")
    assert (desk.edition()["edition"], desk.text("internal/Contoso - first.pptx")) == (2, "news, edition 2")


def test_what_is_told_of_a_file_that_is_gone_is_taken_away_though_that_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.at(tmp_path, QUICK)
    path = desk.drop("Damaged.xlsx", b"no workbook")
    withdraw = Ledger.withdraw
    cut_off: list[str] = []

    def cut_off_once(ledger: Ledger, folder: str) -> None:
        if not cut_off:
            cut_off.append(folder)
            raise LedgerUnavailable("The power went.")
        withdraw(ledger, folder)

    with watching(desk) as watcher:
        watcher.wait_for(lambda: desk.files() == ["_unreadable/Damaged.xlsx/to-do.html"])
        monkeypatch.setattr(Ledger, "withdraw", cut_off_once)
        path.unlink()
        watcher.wait_for(lambda: bool(cut_off) and EventKind.GONE in watcher.kinds("Damaged.xlsx"))
    with Queries(desk.workspace.ledger_url) as queries:
        assert (desk.files(), queries.folders()) == ([], ())


def test_a_workbook_that_is_taken_away_while_it_is_built_is_told_to_be_gone(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, QUICK)
    path = desk.save("Contoso.xlsx", does="rest")
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILDING, "Contoso.xlsx")
        path.unlink()
        watcher.wait_for_kind(EventKind.BUILT, "Contoso.xlsx")
        watcher.wait_for_kind(EventKind.GONE, "Contoso.xlsx")


def test_a_save_that_was_cut_off_makes_no_edition_once_its_account_was_saved_elsewhere(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, QUICK)
    path = desk.save("Contoso.xlsx")
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILT, "Contoso.xlsx")
    older = desk.save("Contoso.xlsx", texts={"first": "older"}).read_bytes()
    with Ledger(desk.workspace.ledger_url) as ledger:
        sha256 = Snapshots(desk.workspace.snapshots).write(older)
        ledger.receive("Contoso.xlsx", sha256, len(older), desk.now)
        ledger.forget_file("Contoso.xlsx")
    path.unlink()
    desk.save("Contoso 2026.xlsx", texts={"first": "newer"})
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILT, "Contoso 2026.xlsx")
        watcher.wait_for_kind(EventKind.OVERTAKEN, "Contoso.xlsx")
    assert (desk.edition()["edition"], desk.text("internal/Contoso - first.pptx")) == (2, "newer, edition 2")
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.STARTED)
    assert EventKind.RECEIVED not in watcher.kinds()
