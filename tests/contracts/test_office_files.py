"""What comes out of the samples is sound: validators, our own checks, charts and their data, LibreOffice, PDF/UA."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from openpyxl.utils.cell import range_boundaries

from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.office_checks import office_faults
from tests.support.openxml import kind_of, validation_errors
from tests.support.package import Package
from tests.support.pdf import pdf_faults
from tests.support.real_workspace import RealWorkspace
from tests.support.repository import ROOT

# The samples that make documents, and the one whose errors leave it with a list alone.
ACCOUNTS = ("AUB-3120", "BRE-1001", "FWH-6031", "HKR-5207", "LKF-2044", "MPW-4410")
BLOCKED = "CVC-7150"
OFFICE = {"deck": "deck.pptx", "plan": "plan.docx", "variance_report": None}
ACCEPTED = Path(__file__).parent / "accepted_openxml_errors.txt"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
Kind = tuple[str, str, str]


@pytest.fixture(params=ACCOUNTS)
def account(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=OFFICE)
def document(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@lru_cache(maxsize=8)
def errors_of_template(document: str) -> frozenset[Kind]:
    """Return the kinds of errors that were there before anything was filled in."""
    file = OFFICE[document]
    if file is not None:
        return kinds((ROOT / "output_templates/account_plan" / file).read_bytes())
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        workbook.add_worksheet()
    return kinds(buffer.getvalue())


def kinds(content: bytes) -> frozenset[Kind]:
    return frozenset(kind_of(error) for error in validation_errors(content))


def accepted(file: str) -> list[Kind]:
    """Return the accepted kinds of errors of a file: sort of part, path, beginning of the description."""
    lines = [line for line in ACCEPTED.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = [[cell.strip() for cell in line.split(" | ")] for line in (line.replace("| |", "|  |") for line in lines)]
    assert all(len(cells) == 5 and cells[4] for cells in found), "each line needs its reason"
    return [(part, path, description) for name, part, path, description, _ in found if name == file]


def unaccepted(found: frozenset[Kind], file: str) -> list[Kind]:
    return [kind for kind in sorted(found) if not any(is_like(kind, known) for known in accepted(file))]


def is_like(kind: Kind, known: Kind) -> bool:
    return kind[:2] == known[:2] and kind[2].startswith(known[2])


def test_no_document_has_an_error_its_template_has_not(samples: RealWorkspace, account: str, document: str) -> None:
    file = samples.document(account, document)
    assert unaccepted(kinds(file.read_bytes()) - errors_of_template(document), document) == []
    assert office_faults(file.read_bytes()) == []


@pytest.mark.parametrize("account", ["BRE-1001", "FWH-6031", BLOCKED])
def test_no_to_do_copy_has_an_error_the_workbook_has_not(samples: RealWorkspace, account: str) -> None:
    copy = (samples.folder(account) / "to-do.xlsx").read_bytes()
    workbook = samples.root / "inbox" / samples.edition(account)["workbook"]["file"]
    found = kinds(copy) - kinds(saved_again(workbook))
    assert unaccepted(found, "to-do.xlsx") == []
    for known in accepted("to-do.xlsx"):
        assert any(is_like(kind, known) for kind in found), "an error that is there no more need not be accepted"
    assert office_faults(copy) == []


def saved_again(workbook: Path) -> bytes:
    """Return what openpyxl makes of a workbook without any change."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know
        openpyxl.load_workbook(workbook, data_only=True).save(buffer)
    return buffer.getvalue()


def test_charts_show_what_their_workbooks_hold(samples: RealWorkspace, account: str, document: str) -> None:
    package = Package.read(samples.document(account, document).read_bytes())
    charts = [(part, root) for part, root in package.matching("") if root.tag == f"{CHART}chartSpace"]
    assert charts or (document, account) == ("variance_report", "FWH-6031"), "a chart without data is not drawn"
    for part, root in charts:
        book = workbook_of(package, part, samples.document(account, document))
        for reference, shown in caches(root):
            assert shown == cells(book, reference, len(shown)), f"{part}: {reference}"


def workbook_of(package: Package, part: str, file: Path) -> Any:
    """Return the workbook in which a chart's numbers are edited: its own, or the one that it stands in."""
    embedded = [item.target for item in package.relationships(part) if item.kind.endswith("/package")]
    content = package.parts[embedded[0]] if embedded else file.read_bytes()
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def caches(chart: etree._Element) -> Iterator[tuple[str, list[Any]]]:
    """Yield each reference of a chart into its workbook, with the values that viewers draw."""
    for reference in chart.iter(f"{CHART}strRef", f"{CHART}numRef"):
        cache = next(iter(reference.iter(f"{CHART}strCache", f"{CHART}numCache")), None)
        assert cache is not None
        count = cache.find(f"{CHART}ptCount")
        values: list[Any] = [None] * int(count.get("val") or 0) if count is not None else []
        for point in cache.iter(f"{CHART}pt"):
            text = point.findtext(f"{CHART}v") or ""
            values[int(point.get("idx") or 0)] = text if cache.tag == f"{CHART}strCache" else float(text)
        yield reference.findtext(f"{CHART}f") or "", values


def cells(book: Any, reference: str, count: int) -> list[Any]:
    """Return what stands in a range such as `Sheet1!$B$2:$B$13`, empty cells and texts for missing numbers as None."""
    sheet, _, area = reference.rpartition("!")
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    rows = book[sheet.strip("'").replace("''", "'")].iter_rows(top, bottom, left, right, values_only=True)
    found = [comparable(value) for row in rows for value in row]
    assert len(found) == count
    return found


def comparable(value: Any) -> Any:
    if isinstance(value, int | float):
        return pytest.approx(value, rel=1e-12)
    return value or None


def test_customers_pdfs_are_sound_and_accessible(samples: RealWorkspace, account: str) -> None:
    assert pdf_faults(samples.document(account, "joint_plan").read_bytes()) == []


def test_every_published_file_is_looked_at(samples: RealWorkspace) -> None:
    folders = {folder.name.rpartition("(")[2].rstrip(")") for folder in samples.outbox.iterdir()}
    assert folders == {*ACCOUNTS, BLOCKED}
    for account in ACCOUNTS:
        made = {found["id"] for found in samples.edition(account)["documents"]}
        assert made == {*OFFICE, "joint_plan"}


def test_zips_are_plain(samples: RealWorkspace) -> None:
    """No clock, no host, no names that Windows cannot unpack."""
    for file in samples.outbox.rglob("*"):
        if file.suffix in {".pptx", ".docx", ".xlsx"}:
            with zipfile.ZipFile(file) as package:
                assert package.testzip() is None
                assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}, file.name
                assert not [name for name in package.namelist() if re.search(r"[^\w./\[\]-]", name)]


@requires_libreoffice
@pytest.mark.parametrize("account", ["BRE-1001", "HKR-5207"])
def test_libreoffice_opens_it(samples: RealWorkspace, account: str, document: str, tmp_path: Path) -> None:
    drawn = convert(samples.document(account, document), "pdf", tmp_path)
    assert drawn.read_bytes().startswith(b"%PDF")
    assert drawn.stat().st_size > 20_000
