"""Annotated copies: what the account manager opens to see what to correct."""

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from pipeline.author import annotated_copy
from pipeline.model import CellRef, Finding, Severity, Text
from tests.author.paper import blank, opened
from tests.support.brands import shipped_brand
from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.openxml import new_errors
from tests.support.workbooks import At, Formula, workbook

DOCUMENTS = {"deck": Text({"en": "Deck", "de": "Präsentation"})}


def finding(severity: Severity, message: str, cell: CellRef | None = None, **more: object) -> Finding:
    return Finding("some-check", severity, Text.plain(message), cell, **more)  # type: ignore[arg-type]


def copied(content: bytes, *findings: Finding, language: str = "en") -> Workbook:
    return opened(annotated_copy(content, findings, language, shipped_brand(), DOCUMENTS))


def simple() -> bytes:
    return workbook({"Actions": [["No.", "Action", "Value"], ["A1", "Call", Formula("=2*21", 42)], ["A2", "Write", 3]]})


def lines(book: Workbook) -> list[list[object]]:
    """Return the list: kind, where, what to do, what it stops."""
    return [[cell.value for cell in row[1:5]] for row in book.worksheets[0].iter_rows(min_row=6) if row[3].value]


DUE = CellRef("Actions", 2, 2)
ERROR = finding(Severity.ERROR, "Due is missing.", DUE)


def test_it_opens_on_a_list_that_leads_to_the_cells() -> None:
    book = copied(simple(), ERROR)
    assert book.active is not None
    assert book.active.title == "To do"
    assert lines(book) == [["Error", "Actions: B2", "Due is missing.", "all documents"]]
    link = book.active["C6"].hyperlink
    assert link is not None
    assert link.location == "Actions!B2"


def test_what_stops_everything_comes_first_and_prompts_of_a_sheet_stand_together() -> None:
    book = copied(
        simple(),
        finding(Severity.PROMPT, "Owner is open.", CellRef("Actions", 2, 4)),
        finding(Severity.WARNING, "This is late."),
        finding(Severity.ERROR, "Not for the deck.", CellRef("Actions", 3, 2), blocks=("deck",)),
        finding(Severity.PROMPT, "Result is open.", CellRef("Actions", 2, 5)),
        ERROR,
    )
    assert lines(book) == [
        ["Error", "Actions: B2", "Due is missing.", "all documents"],
        ["Error", "Actions: B3", "Not for the deck.", "Deck"],
        ["Warning", "The file", "This is late.", None],
        ["Missing", "Actions: D2, E2", "2 welcome values are still open.", None],
    ]


def test_a_long_list_ends_after_twenty_lines_and_every_cell_is_marked() -> None:
    many = [finding(Severity.WARNING, f"Row {row} is late.", CellRef("Actions", row, 2)) for row in range(2, 52)]
    book = copied(simple(), *many)
    listed = lines(book)
    assert len(listed) == 21
    assert listed[-1] == [None, None, "… and 30 more: every cell concerned is coloured in its sheet.", None]
    assert all(book["Actions"].cell(row, 2).comment for row in range(2, 52))


def test_a_cell_is_coloured_and_tells_all_its_findings() -> None:
    book = copied(simple(), finding(Severity.WARNING, "Sounds odd.", DUE), ERROR)
    cell = book["Actions"]["B2"]
    assert cell.comment is not None
    assert cell.comment.text == "Due is missing.\n\nSounds odd."
    assert cell.fill.fill_type == "solid"
    assert (
        cell.fill.start_color.rgb
        != copied(simple(), finding(Severity.PROMPT, "x", DUE))["Actions"]["B2"].fill.start_color.rgb
    )
    assert book["Actions"]["A2"].comment is None


def test_formulas_become_their_last_known_value() -> None:
    book = copied(simple(), finding(Severity.WARNING, "High.", CellRef("Actions", 2, 3)))
    assert book["Actions"]["C2"].value == 42


def test_text_of_cells_and_messages_never_becomes_a_formula() -> None:
    evil = '=HYPERLINK("http://x.example")'
    content = annotated_copy(
        workbook({"Actions": [["No."], [evil]]}),
        [finding(Severity.ERROR, evil, CellRef("Actions", 2, 1))],
        "en",
        shipped_brand(),
    )
    book = opened(content)
    assert (book["Actions"]["A2"].value, book["Actions"]["A2"].data_type) == (evil, "s")
    assert (book["To do"]["D6"].value, book["To do"]["D6"].data_type) == (evil, "s")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert all(b"<f>" not in package.read(name) for name in package.namelist())


def test_control_characters_are_left_out() -> None:
    book = copied(simple(), finding(Severity.ERROR, "A\x07\x0bB", DUE))
    assert book["Actions"]["B2"].comment is not None
    assert book["Actions"]["B2"].comment.text == "AB"
    assert lines(book)[0][2] == "AB"


def test_it_is_marked_as_a_copy() -> None:
    marks = copied(blank(), ERROR)["_planpress"]
    assert [marks["A3"].value, marks["B3"].value] == ["kind", "copy"]
    assert [marks["A1"].value, marks["B1"].value] == ["template", "garden_plan"]
    unmarked = copied(workbook({"Actions": [["No."]]}, template=None), ERROR)["_planpress"]
    assert [unmarked["A3"].value, unmarked["B3"].value] == ["kind", "copy"]


def test_a_hidden_sheet_with_a_finding_comes_to_light() -> None:
    content = workbook({"Cover": [["x"]], "Actions": At("A1", [["No."], ["A1"]], hidden=(2,))}, hidden=("Actions",))
    book = copied(content, finding(Severity.ERROR, "Odd.", CellRef("Actions", 2, 1)))
    assert book["Actions"].sheet_state == "visible"
    assert not book["Actions"].row_dimensions[2].hidden


def test_a_finding_within_merged_cells_marks_their_first_cell() -> None:
    content = workbook({"Actions": At("A1", [["Title", None], ["A1", "x"]], merged=("A1:B1",))})
    book = copied(content, finding(Severity.ERROR, "Odd.", CellRef("Actions", 1, 2)))
    assert book["Actions"]["A1"].comment is not None


def test_a_title_that_is_taken_gets_a_number() -> None:
    book = copied(workbook({"to do": [["x"]]}), finding(Severity.ERROR, "Odd.", CellRef("to do", 1, 1)))
    assert book.sheetnames[:2] == ["To do (2)", "to do"]


@pytest.mark.parametrize("language", ["de", "ja"])
def test_it_speaks_the_language_of_the_account(language: str) -> None:
    book = copied(simple(), ERROR, language=language)
    assert book.sheetnames[0] == {"de": "Zu erledigen", "ja": book.sheetnames[0]}[language]
    assert book.sheetnames[0] != "To do"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_a_workbook_that_cannot_be_opened_gives_the_list_alone(content: bytes) -> None:
    book = copied(content, ERROR)
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == ["To do"]
    assert lines(book) == [["Error", "Actions: B2", "Due is missing.", "all documents"]]
    assert "list only" in str(book["To do"]["B3"].value)
    assert book["_planpress"]["B3"].value == "copy"


def test_a_workbook_too_large_to_copy_gives_the_list_in_time() -> None:
    row = b"<row>" + b'<c t="inlineStr"><is><t>some text in a cell</t></is></c>' * 40 + b"</row>"
    source, buffer = simple(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", row * 12_000 + b"</sheetData>")
            new.writestr(name, part)
    began = time.monotonic()
    book = copied(buffer.getvalue(), ERROR)
    assert time.monotonic() - began < 5
    assert lines(book) == [["Error", "Actions: B2", "Due is missing.", "all documents"]]


def test_many_findings_take_bounded_time() -> None:
    many = [finding(Severity.PROMPT, f"Cell {row} is open.", CellRef("Actions", row, 2)) for row in range(2, 30_002)]
    began = time.monotonic()
    book = copied(simple(), *many)
    assert time.monotonic() - began < 15
    assert sum(1 for row in book["Actions"].iter_rows() for cell in row if cell.comment) == 1_500


def test_equal_arguments_make_equal_bytes() -> None:
    first = annotated_copy(simple(), [ERROR], "en", shipped_brand())
    time.sleep(2)  # the clock of zip entries ticks in steps of two seconds
    assert annotated_copy(simple(), [ERROR], "en", shipped_brand()) == first


def resaved(content: bytes) -> bytes:
    """Return a workbook as openpyxl alone saves it."""
    buffer = io.BytesIO()
    opened(content).save(buffer)
    return buffer.getvalue()


def test_it_passes_the_validator_like_a_bare_copy() -> None:
    commented = openpyxl.load_workbook(io.BytesIO(resaved(blank())))
    commented["Beds"]["B5"].comment = openpyxl.comments.Comment("x", "y")
    commented["Beds"]["B6"].hyperlink = "#Beds!A1"
    buffer = io.BytesIO()
    commented.save(buffer)
    content = annotated_copy(blank(), [finding(Severity.ERROR, "Odd.", CellRef("Beds", 5, 2))], "en", shipped_brand())
    assert new_errors(content, buffer.getvalue()) == []


@requires_libreoffice
def test_it_opens_and_prints(tmp_path: Path) -> None:
    source = tmp_path / "to-do.xlsx"
    source.write_bytes(
        annotated_copy(blank(), [finding(Severity.ERROR, "Odd.", CellRef("Beds", 5, 2))], "en", shipped_brand())
    )
    assert convert(source, "pdf", tmp_path / "printed").stat().st_size > 10_000
