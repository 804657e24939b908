"""What of the inbox is a workbook."""

from pathlib import PurePosixPath

import pytest

from pipeline.collect.names import holds_workbooks, is_workbook


@pytest.mark.parametrize(
    "file", ["Contoso.xlsx", "north/a.XLSX", "a.xlsm", "b.xls", "c.xlsb", "d.ods", "株式会社.xlsx"]
)
def test_workbooks_of_all_kinds_are_looked_at(file: str) -> None:
    assert is_workbook(PurePosixPath(file))


@pytest.mark.parametrize(
    "file",
    [
        "~$Contoso.xlsx",
        ".~lock.Contoso.xlsx#",
        ".Contoso.xlsx",
        "Contoso.xlsx.tmp",
        "Contoso.xlsx.part",
        "_finance/actuals.xlsx",
        "north/_crm/contacts.xlsx",
        ".sync/Contoso.xlsx",
        "(A Document Being Saved By Microsoft Excel 2)/Contoso.xlsx",
        "#recycle/north/Contoso.xlsx",
        "$RECYCLE.BIN/$RABC123.xlsx",
        "notes.txt",
        "Contoso.pdf",
        "bad\udcff.xlsx",
    ],
)
def test_other_files_are_nobodys_business(file: str) -> None:
    assert not is_workbook(PurePosixPath(file))


@pytest.mark.parametrize("folder", ["_finance", ".sync", "#recycle", "copy.tmp", "bad\udcff"])
def test_in_folders_of_others_nobody_looks(folder: str) -> None:
    assert holds_workbooks("north")
    assert not holds_workbooks(folder)
    assert not is_workbook(PurePosixPath(folder, "Contoso.xlsx"))
