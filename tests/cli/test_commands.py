"""The other commands, in a user's words."""

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.support.workspace import Desk


def test_check_lists_findings_worst_first_and_publishes_nothing(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", findings=[("prompt", "8", "Open."), ("error", "7", "Wrong.", "first")])
    answer = planpress("check")
    assert answer.code == 1
    assert [line.split() for line in answer.lines[3:]] == [
        ["error", "Sheet!A7", "Wrong.", "first"],
        ["missing", "Sheet!A8", "Open."],
    ]
    assert not (desk.root / "outbox").exists()
    assert planpress("check", "--json").json["files"][0]["findings"][0]["message"] == "Open."


def test_check_takes_any_workbook(desk: Desk, planpress: Terminal) -> None:
    path = desk.save("Contoso.xlsx").rename(desk.root / "mine.xlsx")
    answer = planpress("check", path)
    assert (answer.code, answer.out) == (0, "mine.xlsx: nothing to correct and nothing missing.\n")


def test_check_templates_needs_no_workbook(desk: Desk, planpress: Terminal) -> None:
    assert planpress("check", "--templates").out == "Workbook templates, rules and output templates are fine.\n"
    (desk.root / "rules" / "definitions.txt").write_text("mistake")
    assert planpress("check", "--templates").code == 2


def test_preview_writes_one_document_beside(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    answer = planpress("preview", "inbox/Contoso.xlsx", "--document", "second")
    assert (answer.code, answer.out) == (0, "Contoso - second (preview).pdf is ready to be looked at.\n")
    assert (desk.root / "Contoso - second (preview).pdf").read_text() == "second, edition 1"
    assert not (desk.root / "outbox").exists()


def test_preview_of_an_account_shows_what_the_next_edition_would_be(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    assert planpress("preview", "cont", "-o", "look.pptx").code == 0
    assert (desk.root / "look.pptx").read_text() == "first, edition 2"


def test_a_preview_goes_into_a_folder_under_its_own_name(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    (desk.root / "looks").mkdir()
    assert planpress("preview", "inbox/Contoso.xlsx", "-o", "looks").code == 0
    assert planpress("preview", "inbox/Contoso.xlsx", "-o", "other looks/mine.PPTX").code == 0
    assert (desk.root / "looks" / "Contoso - first (preview).pptx").is_file()
    assert (desk.root / "other looks" / "mine.PPTX").is_file()


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("look.txt", "look.txt must end in .pptx, as the document does."),
        ("inbox/look.pptx", "A preview must not lie in "),
        ("outbox/look.pptx", "A preview must not lie in "),
        ("planpress.toml/look.pptx", "look.pptx cannot be written (File exists). Name another file with --output."),
    ],
)
def test_a_preview_is_written_nowhere_else(desk: Desk, planpress: Terminal, target: str, sentence: str) -> None:
    desk.save("Contoso.xlsx")
    answer = planpress("preview", "inbox/Contoso.xlsx", "-o", target)
    assert (answer.code, answer.out, sentence in answer.err) == (2, "", True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Contoso"], "No workbook has been built yet. Run `planpress build` first."),
        (["inbox/Contoso.xlsx", "--document", "third"], "There is no document 'third'."),
    ],
)
def test_preview_of_what_is_not_there_is_refused(
    desk: Desk, planpress: Terminal, words: list[str], sentence: str
) -> None:
    desk.save("Contoso.xlsx")
    answer = planpress("preview", *words)
    assert (answer.code, sentence in answer.err) == (2, True)


def test_preview_of_a_blocked_document_shows_why(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", findings=[("error", "7", "Wrong.")])
    answer = planpress("preview", "inbox/Contoso.xlsx")
    assert (answer.code, "Wrong." in answer.out) == (1, True)


def test_status_shows_accounts_and_what_was_not_built(desk: Desk, planpress: Terminal) -> None:
    assert planpress("status").out == "The inbox is empty, and nothing has been built yet.\n"
    desk.save("Contoso.xlsx")
    desk.drop("Broken.xlsx", b"no workbook")
    planpress("build")
    desk.save("New.xlsx", "N-1", "New")
    answer = planpress("status")
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in answer.lines]
    assert (answer.code, cells[2:]) == (
        0,
        [
            ["Contoso (C-1)", "final", "1", "2026-11-21", "100%", "1 final, 1 for approval", "–", "Contoso.xlsx"],
            ["–", "blocked", "–", "–", "–", "–", "1 error", "Broken.xlsx"],
            ["–", "not built", "–", "–", "–", "–", "–", "New.xlsx"],
            ["Stopped: Broken.xlsx: This workbook is damaged."],
        ],
    )
    told = planpress("status", "--json").json
    assert [account["status"] for account in told["accounts"]] == ["final", "blocked"]
    assert told["not_built"] == ["New.xlsx"]


def test_explain_leads_from_a_number_to_its_cells(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    answer = planpress("explain", "C-1", "ratio")
    assert (answer.code, answer.lines) == (
        0,
        [
            "ratio = n.a. (zero_base)  Ratio",
            "├── Formula: total / nothing",
            "├── total = €1,235  Total",
            "│   ├── Formula: sum(amount)",
            "│   └── Cells: Sheet!G5:G7",
            "└── Workbook: Contoso.xlsx",
        ],
    )
    chain = planpress("explain", "contoso", "ratio", "--json").json["chain"]
    assert [found["id"] for found in chain] == ["ratio", "total"]


def test_explain_lists_the_rows_of_a_measure(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    lines = planpress("explain", "C-1", "monthly").lines
    assert [line.split()[1:] for line in lines if "2026-" in line] == [
        ["2026-09-01", "AC", "€9,", "PL", "n.a.", "(no_data)"],
        ["2026-10-01", "AC", "€10,", "PL", "n.a.", "(no_data)"],
    ]


def test_explain_proposes_what_may_have_been_meant(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    answer = planpress("explain", "C-1", "totl")
    assert (answer.code, answer.err) == (
        2,
        "Error: C-1 has no measure 'totl'. Did you mean total? `planpress explain C-1` lists those it has.\n",
    )


def test_explain_without_a_measure_lists_those_there_are(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    answer = planpress("explain", "C-1")
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in answer.lines]
    assert (answer.code, cells[2:]) == (
        0,
        [
            ["monthly", "2 rows by period", "By month"],
            ["ratio", "n.a. (zero_base)", "Ratio"],
            ["total", "€1,235", "Total"],
        ],
    )
    listed = planpress("explain", "C-1", "--json").json["measures"]
    assert [measure["id"] for measure in listed] == ["monthly", "ratio", "total"]


def test_doctor_looks_at_everything(desk: Desk, planpress: Terminal) -> None:
    answer = planpress("doctor", "--json")
    states = {check["name"]: check["state"] for check in answer.json["checks"]}
    assert states.keys() >= {"Python", "Libraries", "Latin fonts", "Japanese fonts", "Inbox", "Ledger", "Definitions"}
    assert (states["Libraries"], states["Ledger"], states["Definitions"]) == ("ok", "ok", "ok")
    (desk.root / "rules" / "definitions.txt").write_text("mistake")
    answer = planpress("doctor")
    assert answer.code == 1
    assert "rules/definitions.txt:1: Expected something else." in answer.out


def test_doctor_works_without_a_workspace(tmp_path: Path, planpress: Terminal) -> None:
    answer = planpress("doctor", "--workspace", tmp_path, "--json")
    assert answer.code == 1
    assert answer.json["checks"][-1]["name"] == "Workspace"


def test_init_makes_a_workspace_and_refuses_what_is_not_empty(tmp_path: Path, planpress: Terminal) -> None:
    folder = tmp_path / "new" / "workspace"
    answer = planpress("init", folder)
    assert answer.code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "inbox",
        "outbox",
        "output_templates",
        "planpress.toml",
        "rules",
        "workbook_templates",
    ]
    again = planpress("init", folder)
    assert (again.code, "is not empty" in again.err) == (2, True)


def test_a_new_workspace_gives_a_blank_workbook(tmp_path: Path, planpress: Terminal) -> None:
    folder = tmp_path / "workspace"
    planpress("init", folder)
    words = ["template", "account_plan", "-w", str(folder), "-o", str(tmp_path / "a.xlsx"), "--name", "Contoso"]
    answer = planpress(*words, "--tier", "key", "--language", "DE")
    assert (answer.code, (tmp_path / "a.xlsx").read_bytes()[:2]) == (0, b"PK")
    again = planpress(*words)
    assert (again.code, "exists already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["acount_plan", "-o", "a.xlsx"], "no workbook template 'acount_plan'. Did you mean account_plan?"),
        (["account_plan", "-o", "a.docx"], "a.docx must end in .xlsx."),
        (["account_plan", "-o", "a.xlsx", "--tier", "Gold"], "There is no tier 'Gold'. There are: Growth, Key,"),
        (["account_plan", "-o", "a.xlsx", "--tier", "strategc"], "Did you mean Strategic?"),
        (
            ["account_plan", "-o", "a.xlsx", "--account", "a b"],
            "'a b' cannot be an account id. The number of",
        ),
        (["account_plan", "-o", "workspace/planpress.toml/a.xlsx"], "a.xlsx cannot be written (File exists)."),
        (["account_plan", "-o", "a.xlsx", "--language", "xx"], "There is no language 'xx'."),
    ],
)
def test_a_wrong_wish_is_answered_with_what_there_is(
    tmp_path: Path, planpress: Terminal, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    planpress("init", "workspace")
    answer = planpress("template", *words, "-w", "workspace")
    assert (answer.code, sentence in answer.err) == (2, True)
    assert not (tmp_path / "a.xlsx").exists()
