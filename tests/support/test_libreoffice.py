from pathlib import Path

import openpyxl
import pytest

from tests.support.libreoffice import ConversionError, convert, requires_libreoffice

pytestmark = requires_libreoffice


def test_formulas_are_calculated_on_the_way(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"] = 40
    sheet["A2"] = "=A1+2"
    workbook.save(tmp_path / "sum.xlsx")
    calculated = openpyxl.load_workbook(convert(tmp_path / "sum.xlsx", "xlsx", tmp_path / "out"), data_only=True)
    assert calculated.worksheets[0]["A2"].value == 42


def test_a_workbook_becomes_a_pdf(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"] = "Hello"
    workbook.save(tmp_path / "page.xlsx")
    assert convert(tmp_path / "page.xlsx", "pdf", tmp_path / "out").read_bytes().startswith(b"%PDF")


def test_a_file_is_never_overwritten_by_its_own_conversion(tmp_path: Path) -> None:
    file = tmp_path / "same.xlsx"
    file.write_bytes(b"x")
    with pytest.raises(ConversionError, match="give another folder"):
        convert(file, "xlsx", tmp_path)
    assert file.read_bytes() == b"x"


def test_what_cannot_be_converted_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="made no pdf"):
        convert(tmp_path / "missing.xlsx", "pdf", tmp_path / "out")
