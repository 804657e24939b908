"""A bad workbook beside good ones: it has its sentence, they have their documents."""

from pathlib import Path

import pytest

from tests.support.workspace import Desk

LIMITS = "[limits]\nseconds = 3\nmemory_mb = 300\n"


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ("die", "The process that read this workbook ended unexpectedly"),
        ("hang", "took longer than 3 seconds and was stopped"),
        ("eat", "needed more than 300 MB of memory and was stopped"),
    ],
)
def test_a_workbook_that_breaks_its_worker_stops_nobody_else(tmp_path: Path, does: str, sentence: str) -> None:
    desk = Desk.at(tmp_path, LIMITS)
    desk.save("Bad.xlsx", "B-1", "Bad", does=does)
    for number in range(3):
        desk.save(f"Good {number}.xlsx", f"G-{number}", f"Good {number}")
    report = desk.build()
    assert report.exit_code == 1
    assert [result.state for result in report.results] == ["refused", "built", "built", "built"]
    assert sentence in desk.text("to-do.html", "_unreadable/Bad.xlsx")
    assert desk.edition("Good 1 (G-1)")["status"] == "final"


def test_a_fault_of_our_own_has_a_reference_into_the_log(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path)
    desk.save("Bad.xlsx", "B-1", "Bad", does="stumble")
    desk.save("Good.xlsx")
    report = desk.build()
    assert report.exit_code == 3
    failed = report.results[0]
    assert failed.reference is not None
    assert failed.reference in desk.text("to-do.html", "_unreadable/Bad.xlsx")
    assert "ZeroDivisionError" in (tmp_path / ".planpress" / "log" / f"{failed.reference}.log").read_text()
    assert desk.edition()["status"] == "final"


def test_a_known_account_whose_workbook_breaks_keeps_its_documents(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, LIMITS)
    desk.save("Contoso.xlsx")
    desk.build()
    desk.save("Contoso.xlsx", does="die")
    desk.build()
    assert (desk.edition()["status"], desk.edition()["edition"]) == ("blocked", 1)
    assert [document["status"] for document in desk.edition()["documents"]] == ["blocked", "blocked"]
    assert desk.text("internal/Contoso - first.pptx") == "first, edition 1"
    assert "ended unexpectedly" in desk.text("to-do.html")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, "[limits]\nfile_mb = 1\n")
    desk.drop("Large.xlsx", bytes(2 << 20))
    assert desk.build().exit_code == 1
    assert "at most 1 MB are read" in desk.text("to-do.html", "_unreadable/Large.xlsx")
