"""Whatever ends the watcher, and whenever: every save is published once, whole, and nothing is left behind."""

from pathlib import Path

from pipeline.service.events import EventKind
from tests.support.watching import QUICK, watching
from tests.support.workspace import Desk


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
