"""The sample accounts in inbox/: seven workbooks as account managers would have saved them."""

import re
import zipfile
from functools import cache
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.judge.completeness import completeness_of
from pipeline.model import Severity, Workbook
from tests.author.paper import opened
from tests.author.plain_count import totals
from tests.support.repository import ROOT
from tests.support.workbooks import arrival, shipped_template

INBOX = ROOT / "inbox"
STRATEGIC = ["Brennholt Dairies Group", "Larkfield Biologics"]
GERMAN, GROWTH, JAPANESE, DRAFT = "Auerbrück Verpackungen", "Maplewick Bottling", "北嶺製薬", "Fenwick Harrow Foods"
FAULTY = "Calder Voss Chemicals"
ALL = [*STRATEGIC, GERMAN, GROWTH, JAPANESE, DRAFT, FAULTY]


def path(name: str) -> Path:
    return INBOX / f"{name}.xlsx"


@cache
def read(name: str) -> Workbook:
    definition = shipped_template()
    return extract(arrival(path(name).read_bytes(), f"{name}.xlsx"), {definition.template: definition})


def values(name: str, table: str, field: str) -> list[object]:
    return [row.values[field] for row in read(name).tables[table].rows]


def account(name: str, field: str) -> object:
    return values(name, "account", field)[0]


@pytest.mark.parametrize("name", ALL)
def test_it_is_small_saved_by_a_spreadsheet_program_and_names_no_place(name: str) -> None:
    assert path(name).stat().st_size < 500_000
    with zipfile.ZipFile(path(name)) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    assert b"LibreOffice" in parts["docProps/app.xml"]
    assert not [part for part, content in parts.items() if re.search(rb"/(?:work|home|root|tmp|Users)/", content)]


@pytest.mark.parametrize("name", ALL)
def test_tables_validation_and_hidden_sheets_survived_saving(name: str) -> None:
    workbook = opened(path(name).read_bytes())
    definition = shipped_template()
    language = workbook["_planpress"]["B4"].value
    for table, sheet in definition.sheet_of.items():
        page = workbook[sheet.sheet.to(language)]
        assert definition.is_form(table) or f"table_{table}" in page.tables
        assert page.data_validations.dataValidation
    assert {title for title in workbook.sheetnames if title.startswith("_")} == {
        "_planpress",
        "_calculations",
        "_lists",
    }
    assert all(workbook[title].sheet_state != "visible" for title in ("_planpress", "_calculations", "_lists"))


@pytest.mark.parametrize("name", [name for name in ALL if name != FAULTY])
def test_its_meter_shows_the_product_s_own_figure(name: str) -> None:
    definition, tier = shipped_template(), str(account(name, "tier"))
    workbook = opened(path(name).read_bytes(), values=True)
    shown = [workbook.worksheets[0][cell].value for cell in ("I5", "I6")]
    product = completeness_of(definition, read(name), tier)
    assert shown == [pytest.approx(float(share)) for share in (product.completeness, product.answered)]
    language = workbook["_planpress"]["B4"].value
    assert shown == [pytest.approx(float(share)) for share in totals(workbook, definition, tier, language)]


@pytest.mark.parametrize("name", [name for name in ALL if name != FAULTY])
def test_it_is_read_without_an_error(name: str) -> None:
    assert [finding for finding in read(name).findings if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", STRATEGIC)
def test_a_strategic_account_is_fully_filled(name: str) -> None:
    assert account(name, "tier") == "Strategic"
    assert all(table.rows for table in read(name).tables.values())
    rows = read(name).tables["financials"].rows
    months = sorted({str(row.values["period"]) for row in rows if row.values["actual"] is not None})
    assert (months[0], months[-1], len(months)) == ("2024-11-01", "2026-10-01", 24)
    ahead = {str(row.values["period"]) for row in rows if row.values["plan"] and row.values["forecast"]}
    assert ahead == {"2026-11-01", "2026-12-01"}
    for month in {row.values["period"] for row in rows}:
        combinations = {
            (row.values["line"], row.values["product"], row.values["unit"])
            for row in rows
            if row.values["period"] == month
        }
        assert len(combinations) >= 40
    contacts = read(name).tables["contacts"].rows
    assert len(contacts) >= 15
    assert {row.values["level"] for row in contacts} == {"executive", "management", "working"}
    assert sum(row.values["reports_to"] is not None for row in contacts) == len(contacts) - 1
    assert completeness_of(shipped_template(), read(name), "Strategic").completeness > 0.99


def test_the_german_account_is_german_with_numbers_and_dates_typed_as_text() -> None:
    assert (read(GERMAN).language, account(GERMAN, "currency"), account(GERMAN, "tier")) == ("de", "EUR", "Key")
    sheet = opened(path(GERMAN).read_bytes())["Kunde"]
    typed = [cell.value for cell in sheet["C"] if isinstance(cell.value, str)]
    assert {"6.400.000,00", "01.01.2026", "31.12.2026"} <= set(typed)
    assert str(account(GERMAN, "customer_spend")) == "6400000.00"


def test_the_growth_account_has_only_what_a_growth_account_needs() -> None:
    assert account(GROWTH, "tier") == "Growth"
    definition = shipped_template()
    filled = {name for name, table in read(GROWTH).tables.items() if table.rows}
    assert filled == {name for name, sheet in definition.sheet_of.items() if sheet.from_tier is None}
    hidden = {sheet.title for sheet in opened(path(GROWTH).read_bytes()) if sheet.sheet_state == "hidden"}
    assert {sheet.sheet.to("en") for sheet in definition.sheets if sheet.from_tier} <= hidden


def test_the_japanese_account_is_japanese_in_yen() -> None:
    assert (read(JAPANESE).language, account(JAPANESE, "currency")) == ("ja", "JPY")
    assert (account(JAPANESE, "language"), account(JAPANESE, "customer_language")) == ("ja", "ja")
    assert account(JAPANESE, "name") == "北嶺製薬株式会社"
    assert all(re.search("[一-龯]", str(name)) for name in values(JAPANESE, "contacts", "name"))


def test_the_half_empty_account_is_a_draft_and_knows_its_gaps() -> None:
    found = completeness_of(shipped_template(), read(DRAFT), "Key")
    assert found.draft
    assert 0.3 < found.completeness < found.answered < 0.6


def test_the_faulty_account_has_mistakes_of_at_least_eight_kinds() -> None:
    places = {(finding.id, finding.place) for finding in read(FAULTY).findings if finding.severity is Severity.ERROR}
    assert len({identity for identity, _ in places}) >= 7  # further kinds are found by the rules
    assert len(places) >= 9


def test_all_accounts_are_different_and_saved_before_the_demo_s_day() -> None:
    assert len({account(name, "account_id") for name in ALL}) == len(ALL)
    assert sorted(file.stem for file in INBOX.glob("*.xlsx")) == sorted(ALL)
    saved = [str(read(name).saved_at) for name in ALL]
    assert all("2026-10-30" <= day < "2026-11-09" for day in saved)
