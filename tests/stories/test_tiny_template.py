"""Another trade, other words: a small workbook template, all of YAML, HTML and CSS, goes the whole way."""

import io
import json
import shutil
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.found_texts import texts_of_file
from tests.support.office_checks import office_faults
from tests.support.pdf import pdf_faults
from tests.support.real_workspace import Answer, RealWorkspace
from tests.support.tiny import tiny_blank, tiny_workbook, tiny_workspace

ACCOUNT = "L-042"
PDF, REPORT = "internal/for approval/Lift Nord - Merkblatt.pdf", "internal/Lift Nord - Bericht.xlsx"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWorkspace]:
    """Return a workspace that knows nothing but lifts, with one of them built."""
    workspace = tiny_workspace(tmp_path_factory.mktemp("tiny") / "workspace")
    workspace.drop("Lift Nord.xlsx", tiny_workbook(ACCOUNT, "Lift Nord"))
    answer = workspace.build()
    assert answer.code == 0, answer.out + answer.err
    yield workspace
    shutil.rmtree(workspace.root, ignore_errors=True)


def test_the_command_line_writes_its_blank_workbook(workspace: RealWorkspace) -> None:
    assert workspace.blank("aufzugsakte") == tiny_blank()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know
        blank = openpyxl.load_workbook(io.BytesIO(tiny_blank()))
    visible = [sheet.title for sheet in blank.worksheets if sheet.sheet_state == "visible"]
    assert visible == ["Anleitung", "Anlage", "Prüfungen", "Kosten", "Wörter"]
    words = {str(cell.value) for row in blank["Wörter"].iter_rows() for cell in row if cell.value is not None}
    assert words >= {"Posten", "Wartung", "Ersatzteile", "Ertrag", "Aufwand"}


def test_both_documents_lie_in_the_outbox(workspace: RealWorkspace) -> None:
    assert workspace.files(workspace.folder(ACCOUNT)) == ["edition.json", REPORT, PDF]
    edition = workspace.edition(ACCOUNT)
    assert (edition["template"], edition["status"], edition["as_of"]) == ("aufzugsakte", "final", "2026-04-12")
    assert [(item["id"], item["status"]) for item in edition["documents"]] == [
        ("merkblatt", "for_approval"),
        ("bericht", "final"),
    ]
    assert edition["measures"]["ertrag"]["value"] == "2950.00"
    assert edition["measures"]["ertrag"]["sources"] == ["Kosten!C5", "Kosten!C7"]


def test_the_customer_reads_what_is_meant_for_him(workspace: RealWorkspace) -> None:
    texts = "\n".join(texts_of_file(workspace.folder(ACCOUNT) / PDF))
    for shown in ("1 von 2 Prüfungen bestanden", "Bahnhofstraße 1", "03.02.2026", "Türkontakt erneuert"):
        assert shown in texts
    for hidden in ("Seil wird dünn", "Zahlt schlecht", "Maja Prüfer", "2.950", "Ersatzteile", "1987"):
        assert hidden not in texts
    assert pdf_faults((workspace.folder(ACCOUNT) / PDF).read_bytes()) == []


def test_finance_reads_signed_sums(workspace: RealWorkspace) -> None:
    file = workspace.folder(ACCOUNT) / REPORT
    report = openpyxl.load_workbook(file, data_only=True)
    assert report.sheetnames == ["Überblick", "Posten", "Methode"]
    rows: list[Any] = [row[:5] for row in report["Posten"].iter_rows(min_row=7, max_row=9, values_only=True)]
    assert rows == [
        ("Wartung", 2950, 3000, -50, pytest.approx(-50 / 3000)),
        ("Ersatzteile", -420, -200, -220, pytest.approx(-220 / 200)),
        ("Ergebnis", 2530, 2800, -270, pytest.approx(-270 / 2800)),
    ]
    assert report["Überblick"]["A1"].value == "Der Ertrag liegt unter dem Soll"
    assert office_faults(file.read_bytes()) == []


def test_its_own_check_holds_back_one_document_and_says_so(workspace: RealWorkspace) -> None:
    workspace.drop("Lift Süd.xlsx", tiny_workbook("L-043", "Lift Süd", pruefungen={"geprueft_am": date(2026, 5, 1)}))
    answer = workspace.build()
    assert answer.code == 1
    assert states(answer) == {"Lift Nord.xlsx": ("unchanged", "final"), "Lift Süd.xlsx": ("built", "blocked")}
    (finding,) = answer.files["Lift Süd.xlsx"]["findings"]
    assert finding["message"] == "Bremse: in Ordnung: Eine Prüfung am 01.05.2026 liegt in der Zukunft."
    assert (finding["sheet"], finding["cell"], finding["blocks"]) == ("Prüfungen", "B5", ["merkblatt"])
    assert "L-043" in json.dumps(workspace.edition("L-043"))


def states(answer: Answer) -> dict[str, tuple[str, str]]:
    return {file: (found["state"], found["status"]) for file, found in answer.files.items()}


def test_the_engine_knows_none_of_its_words(workspace: RealWorkspace) -> None:
    code = Path(__file__).parents[2] / "pipeline"
    text = "\n".join(path.read_text("utf-8") for path in code.rglob("*.py"))
    for word in ("aufzug", "merkblatt", "pruefung", "posten"):
        assert word not in text
