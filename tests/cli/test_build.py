"""`planpress build`: what it says, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.cli.printing import print_rows
from tests.cli.conftest import Terminal
from tests.support.repository import ROOT
from tests.support.workspace import Desk


def test_it_ends_with_a_table_of_accounts_status_documents_and_findings(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    desk.save(
        "Fabrikam.xlsx", "F-1", "Fabrikam", findings=[("error", "7", "Wrong.", "first"), ("prompt", "8", "Open.")]
    )
    desk.drop("Broken.xlsx", b"no workbook")
    answer = planpress("build")
    assert answer.code == 1
    rows = [line.split("  ") for line in answer.lines]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells[0] == ["Account", "Status", "Edition", "Documents", "Findings"]
    assert cells[2:5] == [
        ["Broken.xlsx", "blocked", "–", "–", "1 error"],
        ["Contoso (C-1)", "final", "1", "1 final, 1 for approval", "–"],
        ["Fabrikam (F-1)", "blocked", "1", "1 for approval, 1 blocked", "1 error, 1 missing"],
    ]
    assert answer.lines[-2:] == [
        "What is blocked is explained in the to-do.html beside the documents.",
        f"Outbox: {desk.root / 'outbox'}",
    ]
    assert answer.err == ""


def test_all_is_well_is_zero(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    assert planpress("build").code == 0
    again = planpress("build")
    assert (again.code, "1 of 1 had not changed since the last build." in again.lines) == (0, True)


def test_an_empty_inbox_is_said(desk: Desk, planpress: Terminal) -> None:
    answer = planpress("build")
    assert (answer.code, answer.out) == (0, f"There is no workbook in {desk.root / 'inbox'}.\n")


def test_json_is_one_document(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    answer = planpress("build", "--json")
    (result,) = answer.json["files"]
    assert (result["file"], result["state"], result["status"], result["edition"]) == (
        "Contoso.xlsx",
        "built",
        "final",
        1,
    )
    assert [document["id"] for document in result["documents"]] == ["first", "second"]


def test_single_workbooks_and_another_day(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
    assert planpress("build", "inbox/Contoso.xlsx", "--as-of", "2026-10-01", "--jobs", "1").code == 0
    assert (desk.edition()["as_of"], desk.files()[0]) == ("2026-10-01", "Contoso (C-1)/edition.json")
    assert not [file for file in desk.files() if "Fabrikam" in file]


def test_a_workspace_elsewhere_is_named(desk: Desk, planpress: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.save("Contoso.xlsx")
    monkeypatch.chdir("/")
    assert planpress("build", "--workspace", desk.root).code == 0
    monkeypatch.setenv("PLANPRESS_WORKSPACE", str(desk.root))
    assert planpress("build").code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["inbox/Contosso.xlsx"], "There is no file inbox/Contosso.xlsx. Did you mean inbox/Contoso.xlsx?"),
        (["inbox"], "inbox is a folder. Name workbooks, or none for the whole inbox."),
        (["other.xlsx"], "lies outside the inbox"),
        (["inbox/notes.txt"], "is no workbook that planpress builds"),
    ],
)
def test_wrong_workbooks_are_refused_with_what_to_do(
    desk: Desk, planpress: Terminal, words: list[str], sentence: str
) -> None:
    desk.save("Contoso.xlsx")
    desk.drop("notes.txt", b"")
    (desk.root / "other.xlsx").touch()
    answer = planpress("build", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Error: ")
    assert sentence in answer.err


@pytest.mark.parametrize("words", [["--jobs", "0"], ["--as-of", "31.10.2026"], ["--unknown"]])
def test_wrong_options_are_refused(desk: Desk, planpress: Terminal, words: list[str]) -> None:
    answer = planpress("build", *words)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


def test_mistakes_in_definitions_are_listed_with_file_and_line(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    (desk.root / "rules" / "definitions.txt").write_text("mistake")
    answer = planpress("build")
    assert (answer.code, answer.err) == (
        2,
        "Error: 1 mistake in the definitions:\nrules/definitions.txt:1: Expected something else.\n",
    )
    assert planpress("build", "--json").json == {
        "error": "DefinitionError",
        "messages": ["rules/definitions.txt:1: Expected something else."],
    }
    assert desk.files() == []


def test_wrong_settings_are_listed(desk: Desk, planpress: Terminal) -> None:
    (desk.root / "planpress.toml").write_text("tme_zone = 'UTC'\nclose_days = 99\n")
    answer = planpress("build")
    assert answer.code == 2
    assert answer.err.splitlines() == [
        "Error: planpress.toml: `tme_zone` is no setting. Did you mean `time_zone`?",
        "planpress.toml: `close_days`: expected at most 60 (found 99).",
    ]


def test_no_workspace_is_said_with_what_to_do(tmp_path: Path, planpress: Terminal) -> None:
    answer = planpress("build", "--workspace", tmp_path)
    assert answer.code == 2
    assert f"{tmp_path} is no planpress workspace: there is no planpress.toml in it." in answer.err


def test_our_own_failure_leaves_a_reference_and_no_traceback(
    desk: Desk, planpress: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.service.inbox.build_inbox", stumble)
    answer = planpress("build", "--workspace", desk.root)
    assert answer.code == 3
    assert "Traceback" not in answer.err
    reference = answer.err.split("Please report ")[1].split(";")[0]
    assert "ZeroDivisionError" in (desk.root / ".planpress" / "log" / f"{reference}.log").read_text()
    assert planpress("build", "--json", "--workspace", desk.root).json["reference"] == reference


def test_a_failure_in_one_workbook_ends_with_three_after_all_others(desk: Desk, planpress: Terminal) -> None:
    desk.save("Bad.xlsx", "B-1", "Bad", does="stumble")
    desk.save("Contoso.xlsx")
    answer = planpress("build")
    assert answer.code == 3
    assert "Bad.xlsx failed in planpress itself; reference P-" in answer.out
    assert desk.edition()["status"] == "final"


def test_an_output_that_lacks_letters_gets_question_marks(desk: Desk) -> None:
    desk.save("北嶺.xlsx", name="北嶺 Söhne")
    command = [sys.executable, "-m", "pipeline.cli.main", "status", "--workspace", str(desk.root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    text = subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode("ascii")
    assert "??.xlsx" in text
    told = subprocess.run([*command, "--json"], env=environment, capture_output=True, check=True).stdout
    assert json.loads(told.decode("ascii"))["not_built"] == ["北嶺.xlsx"]


def test_our_own_failure_is_told_where_even_the_log_cannot_be_written(
    desk: Desk, planpress: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.root / ".planpress").write_text("no folder")
    monkeypatch.setattr("pipeline.cli.opening.open_workspace", lambda *_: 1 / 0)
    answer = planpress("build", "--workspace", desk.root)
    assert answer.code == 3
    log = Path(answer.err.rpartition("the details are in ")[2].strip().removesuffix("."))
    assert "ZeroDivisionError" in log.read_text()


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (60, ["Account         Status   Documents", "Contoso (C-1)   final    3 final, 1 for approval"]),
        (28, ["Account       Documents", "Contoso       3 final, 1", "(C-1)         for approval"]),
        (20, ["Contoso (C-1)", "Status: final", "Documents: 3", "final, 1 for", "approval"]),
    ],
)
def test_a_narrow_terminal_gets_fewer_columns_or_a_line_for_each_value(
    capsys: pytest.CaptureFixture[str], width: int, lines: list[str]
) -> None:
    rows = [("Contoso [dim](C-1)[/]", "final", "3 final, 1 for approval")]
    print_rows(Console(width=width), ("Account", "Status", "Documents"), rows, spare=("Status",))
    printed = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert [line for line in printed if not line.startswith("─")] == lines


def test_names_from_workbooks_cannot_play_with_the_terminal(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", name="[red]\x1b[31mContoso[/red]")
    answer = planpress("build")
    assert "\x1b[31m" not in answer.out
    assert "[red]�[31mContoso[/red]" in answer.out


def test_spaces_of_all_widths_are_printed(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", name="北嶺\u3000製薬 5\u00a0€ 7\u202f%")
    assert "北嶺\u3000製薬 5\u00a0€ 7\u202f%" in planpress("build").out


def test_a_bar_is_only_drawn_on_a_terminal(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    assert not sys.stderr.isatty()
    assert planpress("build").err == ""
