"""A workbook is saved; look into the outbox."""

from pathlib import Path

import pytest

from pipeline.model import Status
from tests.support.workspace import Desk

FIRST, SECOND = "internal/Contoso - first.pptx", "internal/for approval/Contoso - second.pdf"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


def test_a_saved_workbook_becomes_documents_and_an_edition(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    report = desk.build()
    assert (report.exit_code, [result.state for result in report.results]) == (0, ["built"])
    assert desk.files("Contoso (C-1)") == ["edition.json", FIRST, SECOND]
    assert desk.text(FIRST) == "first, edition 1"
    edition = desk.edition()
    assert (edition["edition"], edition["status"], edition["as_of"]) == (1, "final", "2026-11-21")
    assert [(document["id"], document["status"]) for document in edition["documents"]] == [
        ("first", "final"),
        ("second", "for_approval"),
    ]
    assert edition["measures"]["total"] == {
        "value": "1234.50",
        "text": "€1,235",
        "unit": "money",
        "sources": ["Sheet!G5:G7"],
    }


def test_the_same_bytes_again_change_nothing(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    before = {file: (desk.root / "outbox" / file).stat().st_mtime_ns for file in desk.files()}
    report = desk.build()
    assert [result.state for result in report.results] == ["unchanged"]
    assert {file: (desk.root / "outbox" / file).stat().st_mtime_ns for file in desk.files()} == before


def test_only_what_changed_is_made_again_and_numbers_have_no_gap(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.save("Contoso.xlsx", completeness=0.9)  # other bytes, same documents
    desk.build()
    assert desk.edition()["edition"] == 1
    desk.save("Contoso.xlsx", texts={"second": "better"})
    desk.build()
    assert (desk.text(FIRST), desk.text(SECOND)) == ("first, edition 1", "better, edition 2")
    assert [(document["id"], document["edition"]) for document in desk.edition()["documents"]] == [
        ("first", 1),
        ("second", 2),
    ]


def test_what_was_found_while_a_document_was_drawn_is_told_until_it_is_drawn_anew(desk: Desk) -> None:
    told = {"first": ["This text is too long."]}
    desk.save("Contoso.xlsx", drawing=told)
    desk.build()
    desk.save("Contoso.xlsx", drawing=told, texts={"second": "better"})
    desk.build()
    assert [(found["message"], found["cell"]) for found in desk.edition()["findings"]] == [
        ("This text is too long.", "A3")
    ]
    assert "This text is too long." in desk.text("to-do.html")
    desk.save("Contoso.xlsx", texts={"first": "shorter", "second": "better"})
    desk.build()
    assert desk.edition()["findings"] == []


def test_a_document_with_errors_keeps_its_last_good_edition(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.save("Contoso.xlsx", findings=[("error", "7", "This is no date.", "first")], texts={"second": "better"})
    report = desk.build()
    assert (report.exit_code, desk.edition()["status"]) == (1, "blocked")
    assert (desk.text(FIRST), desk.text(SECOND)) == ("first, edition 1", "better, edition 2")
    assert desk.edition()["findings"] == [
        {
            "id": "told",
            "severity": "error",
            "sheet": "Sheet",
            "cell": "A7",
            "message": "This is no date.",
            "blocks": ["first"],
        }
    ]
    assert "This is no date." in desk.text("to-do.html")


def test_a_workbook_that_is_wrong_altogether_takes_no_number(desk: Desk) -> None:
    desk.save("Contoso.xlsx", findings=[("error", "7", "This is no date.")])
    desk.build()
    assert (desk.edition()["edition"], desk.files("Contoso (C-1)")) == (None, ["edition.json", "to-do.html"])
    desk.save("Contoso.xlsx")
    desk.build()
    assert (desk.edition()["edition"], desk.files("Contoso (C-1)")) == (1, ["edition.json", FIRST, SECOND])


def test_a_file_that_cannot_be_read_is_told_about_where_it_lies(desk: Desk) -> None:
    desk.drop("north/Broken.xlsx", b"no workbook")
    desk.save("Contoso.xlsx")
    report = desk.build()
    assert [(result.file, result.status) for result in report.results] == [
        ("Contoso.xlsx", Status.FINAL),
        ("north/Broken.xlsx", Status.BLOCKED),
    ]
    assert desk.files("_unreadable") == ["north/Broken.xlsx/to-do.html"]
    assert "This workbook is damaged." in desk.text("to-do.html", "_unreadable/north/Broken.xlsx")


def test_what_is_told_about_a_file_goes_when_it_is_fine_or_gone(desk: Desk) -> None:
    desk.drop("a.xlsx", b"no workbook")
    gone = desk.drop("b.xlsx", b"no workbook")
    desk.build()
    desk.save("a.xlsx")
    gone.unlink()
    desk.build()
    assert desk.files() == [f"Contoso (C-1)/{file}" for file in ("edition.json", FIRST, SECOND)]
    assert not (desk.root / "outbox" / "_unreadable").exists()


def test_an_account_keeps_its_documents_when_its_workbook_cannot_be_read_any_more(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.drop("Contoso.xlsx", b"cut off")
    desk.build()
    assert (desk.edition()["status"], desk.edition()["edition"]) == ("blocked", 1)
    assert desk.files("Contoso (C-1)") == ["edition.json", FIRST, SECOND, "to-do.html"]
    assert not (desk.root / "outbox" / "_unreadable").exists()


def test_a_document_edited_by_hand_is_moved_aside_and_never_overwritten(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    (desk.root / "outbox" / "Contoso (C-1)" / FIRST).write_text("polished on Sunday")
    desk.save("Contoso.xlsx", texts={"first": "news"})
    desk.build()
    aside = "internal/Contoso - first (edited by hand 2026-11-21).pptx"
    assert (desk.text(FIRST), desk.text(aside)) == ("news, edition 2", "polished on Sunday")
    assert "Contoso - first (edited by hand 2026-11-21).pptx" in desk.text("to-do.html")


def test_a_document_edited_by_hand_stays_where_nothing_new_takes_its_place(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    (desk.root / "outbox" / "Contoso (C-1)" / FIRST).write_text("polished on Sunday")
    desk.save("Contoso.xlsx", texts={"second": "news"})
    desk.build()
    assert desk.text(FIRST) == "polished on Sunday"


def test_a_deleted_document_is_put_back(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    (desk.root / "outbox" / "Contoso (C-1)" / FIRST).unlink()
    desk.build()
    assert (desk.text(FIRST), desk.edition()["edition"]) == ("first, edition 1", 1)


def test_a_new_name_renames_the_folder_and_takes_old_documents_away(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.save("Contoso.xlsx", name="Contoso Europe", texts={"first": "a", "second": "b"})
    desk.build()
    assert desk.files() == [
        "Contoso Europe (C-1)/edition.json",
        "Contoso Europe (C-1)/internal/Contoso Europe - first.pptx",
        "Contoso Europe (C-1)/internal/for approval/Contoso Europe - second.pdf",
    ]


@pytest.mark.parametrize("name", ["../../x", "CON", 'A/B: "C"', "n" * 300, "🚀 Rocket", "dots..."])
def test_no_name_leaves_the_outbox(desk: Desk, name: str) -> None:
    desk.save("Contoso.xlsx", name=name)
    desk.build()
    (folder,) = (desk.root / "outbox").iterdir()
    assert folder.name.endswith("(C-1)")
    assert len(desk.files()) == 3
    assert desk.edition(folder.name)["account"]["name"] == name


def test_forcing_makes_everything_again(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.build(force=True)
    assert (desk.text(FIRST), desk.text(SECOND)) == ("first, edition 2", "second, edition 2")


def test_rebuilding_the_same_bytes_keeps_the_day_they_came_in(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    desk.now = desk.now.replace(day=24)
    desk.build(force=True)
    assert desk.edition()["as_of"] == "2026-11-21"
    (desk.root / "inbox" / "Contoso.xlsx").rename(desk.root / "inbox" / "Moved.xlsx")
    desk.build()
    assert (desk.edition()["as_of"], desk.edition()["workbook"]["file"]) == ("2026-11-21", "Moved.xlsx")
    assert desk.edition()["edition"] == 2


def test_files_of_programs_and_feeds_are_nobodys_workbook(desk: Desk) -> None:
    for file in ("~$Contoso.xlsx", ".~lock.Contoso.xlsx#", "a.tmp", ".hidden.xlsx", "_finance/actuals.xlsx", "b.csv"):
        desk.drop(file, b"not for us")
    report = desk.build()
    assert (report.results, desk.files()) == ((), [])
