"""An earlier edition is brought back while planpress watches, and the ledger may lie on a server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.service import session
from pipeline.service.events import EventKind
from pipeline.service.restore import past_editions, restore
from tests.support.postgresql import PASSWORD, Server, running_server
from tests.support.tiny import tiny_workbook, tiny_workspace
from tests.support.watching import QUICK, Watching, watching
from tests.support.workspace import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(session, "RETRY_SECONDS", 0.3)
    return Desk.at(tmp_path, QUICK)


@pytest.fixture
def watcher(desk: Desk) -> Iterator[Watching]:
    """Return a watcher after two saves of one account."""
    with watching(desk) as watcher:
        for number in (1, 2):
            desk.save("Contoso.xlsx", texts={"first": f"save {number}"})
            watcher.wait_for(lambda number=number: edition_of(desk) == number)  # type: ignore[misc]
        yield watcher


def edition_of(desk: Desk) -> int | None:
    path = desk.root / "outbox/Contoso (C-1)/edition.json"
    number: int | None = json.loads(path.read_text("utf-8"))["edition"] if path.is_file() else None
    return number


def first(desk: Desk) -> str:
    return desk.text("internal/Contoso - first.pptx")


@pytest.mark.usefixtures("watcher")
def test_a_watcher_publishes_what_is_restored(desk: Desk) -> None:
    done = restore(desk.workspace, "C-1", 1, lambda: desk.now)
    assert (done.number, done.is_published) == (3, True)
    assert (edition_of(desk), first(desk)) == (3, "save 1, edition 1")


def test_a_build_under_way_takes_the_number_after_that_of_a_restored_edition(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx", texts={"first": "save 3"}, does="rest")
    watcher.wait_for_kind(EventKind.BUILDING, "Contoso.xlsx", times=3)
    assert restore(desk.workspace, "C-1", 1, lambda: desk.now).number == 3
    watcher.wait_for(lambda: edition_of(desk) == 4)
    assert first(desk) == "save 3, edition 4"
    _, editions = past_editions(desk.workspace, "C-1")
    assert [(past.edition.number, past.why) for past in editions] == [
        (4, "saved"), (3, "restored"), (2, "saved"), (1, "saved"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of this module's own: it is stopped."""
    with running_server() as running:
        yield running


@pytest.mark.postgresql
def test_the_commands_work_with_a_ledger_on_a_server_and_when_it_is_back(server: Server, tmp_path: Path) -> None:
    workspace = tiny_workspace(tmp_path / "workspace")
    there = {"PLANPRESS_LEDGER": server.database()}
    workspace.drop("Aufzug.xlsx", tiny_workbook("L-007", "Bahnhof"))
    assert workspace.build(environment=there).code == 0
    workspace.drop("Aufzug.xlsx", tiny_workbook("L-007", "Bahnhof", kosten={"ist": 1600}))
    server.stop()
    gone = workspace.build(environment=there)
    assert (gone.code, "does not answer" in gone.out, PASSWORD in gone.out + gone.err) == (2, True, False)
    server.start()
    assert workspace.build(environment=there).code == 0
    told = json.loads(workspace.planpress("history", "L-007", "--json", environment=there).out)
    assert [edition["edition"] for edition in told["editions"]] == [2, 1]
    assert workspace.planpress("restore", "L-007", "1", environment=there).code == 0
    assert workspace.edition("L-007")["edition"] == 3
    assert not (workspace.root / ".planpress" / "ledger.sqlite").exists()
    assert PASSWORD not in "".join(
        path.read_text("utf-8", errors="replace") for path in (workspace.root / ".planpress" / "log").iterdir()
    )
