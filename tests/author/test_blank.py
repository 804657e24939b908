"""A blank workbook: what a person finds in it."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.extract import extract
from tests.author.paper import address, blank, garden, opened, typed
from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.openxml import new_errors
from tests.support.workbooks import arrival, shipped_template

STOP = None
"""The style of a validation that refuses a value is the one that files leave out."""
LIMITS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}


def validation_at(sheet: Worksheet, cell: str) -> DataValidation | None:
    return next((rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref), None)


def bare_workbook(folder: Path) -> bytes:
    path = folder / "bare.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
        workbook.add_worksheet()
    return path.read_bytes()


def test_equal_definitions_make_equal_bytes() -> None:
    assert blank(tier="large", name="Weidenhof") == blank(tier="large", name="Weidenhof")


@pytest.mark.parametrize(("tier", "language"), [("Growth", "en"), ("Key", "de"), ("Strategic", "ja")])
def test_the_account_plan_passes_the_validator(tier: str, language: str, tmp_path: Path) -> None:
    content = blank(shipped_template(), tier, language)
    assert new_errors(content, bare_workbook(tmp_path)) == []
    assert len(content) < 200_000


@requires_libreoffice
def test_it_opens_and_prints(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsx"
    source.write_bytes(blank(shipped_template(), "Key", "de"))
    assert convert(source, "pdf", tmp_path / "printed").stat().st_size > 50_000


def test_it_says_which_template_it_is_made_from() -> None:
    sheet = opened(blank(language="de"))["_planpress"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["template", "garden_plan"], ["version", 3], ["kind", "workbook"], ["language", "de"],
    ]  # fmt: skip
    assert sheet.sheet_state == "veryHidden"


def test_what_is_known_of_the_account_is_filled_in() -> None:
    workbook = opened(blank(tier="medium", language="de", account_id="0042", name="Weidenhof"))
    values = {path: workbook["Garten"][address(garden(), f"garden.{path}").partition("!")[2]].value
              for path in ("code", "name", "size", "currency", "language")}  # fmt: skip
    assert values == {"code": "0042", "name": "Weidenhof", "size": "Mittel", "currency": "EUR", "language": "Deutsch"}


@pytest.mark.parametrize(
    ("tier", "hidden"), [("small", ["Tools & co.", "Paths"]), ("medium", ["Paths"]), ("large", []), (None, [])]
)
def test_sheets_of_a_higher_tier_are_there_and_hidden(tier: str | None, hidden: list[str]) -> None:
    workbook = opened(blank(tier=tier))
    assert [sheet.title for sheet in workbook if sheet.sheet_state == "hidden"] == hidden
    assert workbook.sheetnames[:6] == ["Read me", "Garden", "Beds", "Tools & co.", "Paths", "Words"]


def test_fields_of_a_higher_tier_are_hidden_in_their_sheet() -> None:
    workbook = opened(blank(tier="small"))
    assert workbook["Beds"].column_dimensions["E"].hidden
    assert not workbook["Beds"].column_dimensions["D"].hidden
    rows = [garden_row("budget"), garden_row("story")]
    assert all(workbook["Garden"].row_dimensions[row].hidden for row in rows)
    assert not opened(blank(tier="medium"))["Garden"].row_dimensions[rows[0]].hidden


def garden_row(field: str) -> int:
    return int(address(garden(), f"garden.{field}").rpartition("C")[2])


def test_every_table_is_an_excel_table_with_its_labels_as_headings() -> None:
    for definition, language in ((garden(), "de"), (shipped_template(), "en")):
        workbook = opened(blank(definition, None, language))
        for name, table in definition.tables.items():
            if definition.is_form(name):
                continue
            sheet = workbook[definition.sheet_of[name].sheet.to(language)]
            listed = sheet.tables[f"table_{name}"]
            labels = [field.label.to(language) for field in table.fields]
            assert [column.name for column in listed.tableColumns] == labels
            assert [cell.value for cell in sheet[listed.ref][0]] == labels


def test_row_numbers_and_lists_are_prefilled() -> None:
    workbook = opened(blank(language="de"))
    assert [row[0].value for row in workbook["Beete"]["A5:A10"]] == ["B1", "B2", "B3", "B4", "B5", "B6"]
    assert [[cell.value for cell in row] for row in workbook["Wörter"]["A6:B8"]] == [
        ["Bohne", "Gemüse"], ["Rose", "Blume"], [None, None],
    ]  # fmt: skip


def test_units_and_marks_stand_above_the_headings() -> None:
    sheet = opened(blank(tier="large"))["Beds"]
    assert [sheet.cell(3, column).value for column in range(1, 8)] == ["●", "●", "●", None, "◐ m²", None, None]


def test_money_shows_the_currency_of_the_account() -> None:
    sheet = opened(blank(), values=True)["Garden"]
    assert sheet.cell(garden_row("budget"), 4).value == "EUR"


def test_headings_stay_in_sight_and_are_repeated_on_paper() -> None:
    sheet = opened(blank())["Beds"]
    assert sheet.freeze_panes == "C5"
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.page_setup.orientation == "landscape"


def test_choices_come_from_a_list_and_only_warn() -> None:
    workbook = opened(blank(language="de"))
    rule = validation_at(workbook["Beete"], "C5")
    assert rule is not None
    assert (rule.type, rule.errorStyle) == ("list", "warning")
    assert values_of(workbook, rule.formula1) == ["Sonne", "Schatten", "Unbekannt"]
    assert validation_at(workbook["Beete"], "C900") is rule


def values_of(workbook: openpyxl.Workbook, name: str | None) -> list[object]:
    sheet, _, area = str(workbook.defined_names[name or ""].attr_text).partition("!")
    return [cell.value for row in workbook[sheet.strip("'")][area.replace("$", "")] for cell in row]


def test_a_reference_offers_the_keys_in_use() -> None:
    workbook = opened(blank())
    rule = validation_at(workbook["Beds"], "B5")
    assert rule is not None
    assert workbook.defined_names[rule.formula1].attr_text == (
        "INDEX(Words!$A$6:$A$1005,1):INDEX(Words!$A$6:$A$1005,MAX(1,_calculations!$J$7))"
    )


@requires_libreoffice
def test_a_reference_to_several_tables_offers_the_used_keys_of_all(tmp_path: Path) -> None:
    cells = {address(garden(), "beds.plant", 2): "Rose", address(garden(), "paths.text", 1): "To the gate"}
    source = tmp_path / "garden.xlsx"
    source.write_bytes(typed(blank(tier="large"), cells))
    workbook = opened(convert(source, "xlsx", tmp_path / "calculated").read_bytes(), values=True)
    rule = validation_at(workbook["Tools & co."], "B5")
    assert rule is not None
    column = workbook.defined_names[rule.formula1].attr_text.partition("!$")[2][0]
    keys = [cell.value for cell in workbook["_lists"][column][1:6]]
    assert keys == ["B1", "B2", "W1", None, None]


@pytest.mark.parametrize(
    ("cell", "kind", "low", "high"),
    [("E5", "decimal", "0", "500"), ("G5", "decimal", "0", "1"), ("F5", "date", "1", "109574")],
)
def test_numbers_and_dates_are_checked(cell: str, kind: str, low: str, high: str) -> None:
    rule = validation_at(opened(blank(tier="large"))["Beds"], cell)
    assert rule is not None
    assert (rule.type, rule.formula1, rule.formula2, rule.errorStyle) == (kind, low, high, "warning")


def test_every_message_fits_and_says_what_is_expected() -> None:
    for language in ("en", "de", "ja"):
        for sheet in opened(blank(shipped_template(), None, language)):
            for rule in sheet.data_validations.dataValidation:
                assert all(len(getattr(rule, name) or "") <= most for name, most in LIMITS.items())
                assert not rule.showErrorMessage or rule.error
                assert rule.errorStyle in ("warning", STOP)


def test_a_heading_takes_no_other_text() -> None:
    workbook = opened(blank(tier="large"))
    rule = validation_at(workbook["Beds"], "B4")
    assert rule is not None
    assert (rule.type, rule.formula1, rule.errorStyle) == ("list", '"Plant"', STOP)
    quoted = validation_at(workbook["Paths"], "B4")
    assert quoted is not None
    assert quoted.formula1 == 'EXACT(B4,"Path, gate or ""stile""")'


def test_a_form_is_protected_without_a_password_and_its_values_are_open() -> None:
    workbook = opened(blank())
    sheet = workbook["Garden"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    row = garden_row("code")
    assert (sheet.cell(row, 2).protection.locked, sheet.cell(row, 3).protection.locked) == (True, False)
    assert not workbook["Beds"].protection.sheet


def test_named_styles_carry_the_look() -> None:
    workbook = opened(blank())
    assert workbook["Garden"].cell(garden_row("code"), 3).style == "Planpress Form input"
    assert workbook["Beds"]["B5"].style == "Planpress Table input"
    assert workbook["Beds"]["B4"].style == "Planpress Column"
    assert workbook["Beds"]["F4"].style == "Planpress Optional column"


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_blank_account_plan_is_read_without_a_fault_of_form(language: str) -> None:
    definition = shipped_template()
    content = blank(definition, "Strategic", language, account_id="CON-0042", name="Contoso")
    book = extract(arrival(content), {definition.template: definition})
    assert (book.template, book.language) == ("account_plan", language)
    assert all(table.present for table in book.tables.values())
    assert {finding.id for finding in book.findings} == set()
    assert [name for name, table in book.tables.items() if table.rows] == ["account", "lists_lines"]


@pytest.mark.parametrize(
    ("tier", "language"), [("Growth", "en"), ("Key", "de"), ("Strategic", "en"), ("Strategic", "ja")]
)
def test_a_part_of_a_form_that_does_not_fit_on_a_page_begins_the_next_one(tier: str, language: str) -> None:
    sheet = opened(blank(shipped_template(), tier, language)).worksheets[1]
    headings = [row for row in range(4, sheet.max_row) if sheet.cell(row, 2).value and not sheet.cell(row, 5).value]
    breaks = [one.id for one in sheet.row_breaks.brk]
    assert breaks
    assert {row + 1 for row in breaks} <= set(headings)
    for first, last in itertools.pairwise([0, *breaks]):
        rows = [sheet.row_dimensions[row] for row in range(first + 1, last + 1)]
        assert sum(row.height or 15 for row in rows if not row.hidden) * (sheet.page_setup.scale or 0) / 100 < 500
