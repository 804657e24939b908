"""Two workbooks carry the id of one account."""

from pathlib import Path

import pytest

from tests.support.workspace import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


def told(desk: Desk, file: str) -> str:
    return desk.text("to-do.html", f"_unreadable/{file}")


def test_on_first_sight_of_both_neither_is_built_and_each_names_the_other(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.save("b.xlsx")
    assert desk.build().exit_code == 1
    assert desk.files() == ["_unreadable/a.xlsx/to-do.html", "_unreadable/b.xlsx/to-do.html"]
    assert "“b.xlsx” carries the same account ID C-1" in told(desk, "a.xlsx")
    assert "“a.xlsx” carries the same account ID C-1" in told(desk, "b.xlsx")


def test_when_one_of_them_goes_the_other_is_built(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.save("b.xlsx").with_name("b.xlsx")
    desk.build()
    (desk.root / "inbox" / "a.xlsx").unlink()
    assert desk.build().exit_code == 0
    assert (desk.edition()["edition"], desk.edition()["workbook"]["file"]) == (1, "b.xlsx")
    assert not (desk.root / "outbox" / "_unreadable").exists()


def test_the_file_in_the_ledger_keeps_the_account(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.build()
    desk.save("a (conflicted copy).xlsx", texts={"first": "wrong"})
    assert desk.build().exit_code == 1
    assert (desk.edition()["workbook"]["file"], desk.edition()["edition"]) == ("a.xlsx", 1)
    assert "“a (conflicted copy).xlsx” carries the same account ID" in desk.text("to-do.html")
    assert "already belongs to “a.xlsx”" in told(desk, "a (conflicted copy).xlsx")


def test_a_copy_that_gets_its_own_id_becomes_its_own_account(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.build()
    desk.save("b.xlsx")
    desk.build()
    desk.save("b.xlsx", "C-2", "Fabrikam")
    assert desk.build().exit_code == 0
    assert (desk.edition("Fabrikam (C-2)")["edition"], desk.edition()["edition"]) == (1, 1)
    assert [file for file in desk.files() if "to-do" in file] == []


def test_a_workbook_whose_id_was_changed_begins_a_new_account(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.build()
    desk.save("a.xlsx", "C-2", "Fabrikam")
    desk.build()
    assert (
        desk.edition("Fabrikam (C-2)")["edition"],
        desk.text("internal/Fabrikam - first.pptx", "Fabrikam (C-2)"),
    ) == (
        1,
        "first, edition 1",
    )
    assert desk.edition()["edition"] == 1


def test_when_the_owner_gives_up_its_id_the_other_gets_it_in_the_same_build(desk: Desk) -> None:
    desk.save("a.xlsx")
    desk.build()
    desk.save("b.xlsx", texts={"first": "other"})
    desk.build()
    desk.save("a.xlsx", "C-2", "Fabrikam")
    assert desk.build().exit_code == 0
    assert (desk.edition()["workbook"]["file"], desk.edition()["edition"]) == ("b.xlsx", 2)
