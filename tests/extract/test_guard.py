"""What must not be opened: each kind of file has its own sentence, and costs next to nothing."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import date

import docx
import pptx
import pytest

from pipeline.errors import UnreadableWorkbook
from pipeline.extract.guard import MOST_BYTES, MOST_PARTS
from pipeline.model import Finding, Severity
from tests.extract.small import TASKS, found, good, read
from tests.support.memory import peak_growth
from tests.support.workbooks import Formula, edited, workbook

GOOD = workbook(good(Tasks=[TASKS, ["T1", "Call", date(2026, 11, 3)]]), version=2)
TASKS_PART = "xl/worksheets/sheet2.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def refusal(content: bytes) -> Finding:
    with pytest.raises(UnreadableWorkbook) as caught:
        read(content)
    finding = caught.value.finding
    assert finding.severity is Severity.ERROR
    assert all(finding.message.to(language) for language in ("en", "de", "ja"))
    return finding


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]  # python-docx and python-pptx share no type
    return buffer.getvalue()


def other_files() -> Iterator[tuple[str, bytes]]:
    yield "file-empty", b""
    yield "file-not-a-workbook", b"No.;Task\nT1;Call\n"
    yield "file-not-a-workbook", b"<html><table><tr><td>T1</td></tr></table></html>"
    yield "file-not-a-workbook", zipped(**{"readme.txt": b"a plain zip"})
    yield "file-is-pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
    yield "file-is-old-excel", OLE + "Workbook".encode("utf-16-le")
    yield "file-is-encrypted", OLE + "EncryptionInfo\0EncryptedPackage".encode("utf-16-le")
    yield "file-is-word", saved(docx.Document())
    yield "file-is-powerpoint", saved(pptx.Presentation())
    yield "file-is-binary-excel", zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"})
    yield (
        "file-is-opendocument",
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<x/>"}),
    )
    yield "file-damaged", GOOD[: len(GOOD) // 2]
    yield "file-damaged", b"PK\x03\x04" + bytes(100)
    yield "file-damaged", edited(GOOD, "xl/workbook.xml", b"<workbook><sheets>")
    yield "file-damaged", edited(GOOD, TASKS_PART, lambda xml: xml[: len(xml) * 2 // 3])
    yield "file-damaged", edited(GOOD, TASKS_PART, lambda xml: xml.decode().encode("utf-16"))
    yield "file-damaged", edited(GOOD, "_rels/.rels", b"<Relationships/>")


@pytest.mark.parametrize(("code", "content"), list(other_files()))
def test_what_is_no_workbook_is_told_by_its_content(code: str, content: bytes) -> None:
    assert refusal(content).id == code


def test_every_refusal_says_something_of_its_own() -> None:
    sentences = {refusal(content).message.to("en") for _, content in other_files()}
    assert len(sentences) == len({code for code, _ in other_files()})


def test_a_part_that_was_changed_on_the_way_is_noticed() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as target, zipfile.ZipFile(io.BytesIO(GOOD)) as source:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert refusal(stored.getvalue().replace(b">Call<", b">Cull<")).id == "file-damaged"


def test_a_zip_with_a_password_is_told_as_encrypted() -> None:
    flagged = bytearray(GOOD)
    directory = flagged.rfind(b"PK\x01\x02")
    flagged[directory + 8] |= 1
    assert refusal(bytes(flagged)).id == "file-is-encrypted"


def test_a_file_far_too_large_is_not_looked_into() -> None:
    finding = refusal(bytes(MOST_BYTES + 1))
    assert finding.id == "file-too-large"
    assert "100 MB" in finding.message.to("en")


def test_a_zip_bomb_is_told_by_the_sizes_it_declares() -> None:
    bomb = edited(GOOD, "xl/media/image1.png", bytes(20_000_000))
    assert len(bomb) < 100_000
    finding = refusal(bomb)
    assert finding.id == "file-unpacks-too-large"
    assert "20 MB" in finding.message.to("en")


def test_a_zip_bomb_that_lies_about_its_size_is_never_unpacked() -> None:
    bomb = bytearray(edited(GOOD, TASKS_PART, b"<worksheet>" + bytes(50_000_000)))
    directory = bomb.find(b"PK\x01\x02")
    while TASKS_PART.encode() not in bomb[directory : directory + 46 + len(TASKS_PART)]:
        directory = bomb.find(b"PK\x01\x02", directory + 4)
    struct.pack_into("<I", bomb, directory + 24, 1000)
    content = bytes(bomb)
    assert peak_growth(lambda: refusal(content)) < 10_000_000
    assert refusal(content).id == "file-damaged"


def test_a_zip_of_very_many_parts_is_told_by_its_directory() -> None:
    end = GOOD.rfind(b"PK\x05\x06")
    content = GOOD[: end + 8] + struct.pack("<HH", MOST_PARTS + 1, MOST_PARTS + 1) + GOOD[end + 12 :]
    assert refusal(content).id == "file-too-many-parts"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", TASKS_PART, "docProps/core.xml"])
def test_an_entity_bomb_is_refused_in_whatever_part_it_stands(part: str) -> None:
    levels = "".join(f'<!ENTITY b{level} "{f"&b{level - 1};" * 10}">' for level in range(1, 10))
    prolog = f'<!DOCTYPE sst [<!ENTITY b0 "boom">{levels}]>'.encode()
    content = edited(GOOD, part, lambda xml: xml.replace(b"?>", b"?>" + prolog, 1))
    assert refusal(content).id == "file-declares-entities"


def test_a_macro_workbook_is_read_and_its_macros_are_not() -> None:
    book = read(edited(GOOD, "xl/vbaProject.bin", b"Sub Auto_Open()"))
    assert found(book) == [("file-has-macros", "")]
    assert len(book.tables["tasks"].rows) == 1


def test_links_to_other_files_and_programs_are_told_and_not_followed() -> None:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook/></externalLink>'
    dde = link.replace(b"externalBook", b'ddeLink ddeService="cmd" ddeTopic="/c calc"')
    content = edited(
        edited(GOOD, "xl/externalLinks/externalLink1.xml", link), "xl/externalLinks/externalLink2.xml", dde
    )
    assert found(read(content)) == [("file-has-dde", ""), ("file-has-external-links", "")]


def test_1048576_formatted_rows_cost_next_to_nothing() -> None:
    rows = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(3, 1_048_577)).encode()
    content = edited(GOOD, TASKS_PART, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    book = read(content)
    assert found(book) == []
    assert [row.values["what"] for row in book.tables["tasks"].rows] == ["Call"]


def test_a_stray_cell_in_the_last_corner_is_cut_off_and_told() -> None:
    stray = b'<row r="1048576"><c r="XFD1048576"><v>3</v></c></row></sheetData>'
    content = edited(GOOD, TASKS_PART, lambda xml: xml.replace(b"</sheetData>", stray))
    assert peak_growth(lambda: read(content)) < 10_000_000
    book = read(content)
    assert found(book) == [("sheet-far-out", "Tasks!XFD1048576")]
    assert len(book.tables["tasks"].rows) == 1


def test_rows_far_down_are_read_while_they_fit() -> None:
    cells = "".join(f'<c r="{column}99999" t="inlineStr"><is><t>T2</t></is></c>' for column in "AB")
    rows = f'<row r="99999">{cells}</row>'.encode()
    book = read(edited(GOOD, TASKS_PART, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")))
    assert found(book) == []
    assert [str(row.cells["what"]) for row in book.tables["tasks"].rows] == ["Tasks!B2", "Tasks!B99999"]


@pytest.mark.parametrize("address", [b"A99999999999", b"ZZZZ1", b"A0", b"1A", b"a1", b"", b"XFE1"])
def test_an_address_that_is_none_is_refused_before_the_native_reader_sees_it(address: bytes) -> None:
    stray = b'<row><c r="' + address + b'"><v>3</v></c></row></sheetData>'
    assert refusal(edited(GOOD, TASKS_PART, lambda xml: xml.replace(b"</sheetData>", stray))).id == "file-damaged"


def test_counts_that_promise_too_much_are_not_believed() -> None:
    content = edited(GOOD, "xl/sharedStrings.xml", lambda xml: xml.replace(b'uniqueCount="', b'uniqueCount="99999999'))
    content = edited(content, "xl/styles.xml", lambda xml: xml.replace(b'cellXfs count="', b'cellXfs count="99999999'))
    assert found(read(content)) == []


def test_200_columns_do_no_harm() -> None:
    wide = [f"Column {number}" for number in range(200)]
    book = read(good(Tasks=[[*wide, *TASKS], [*wide, "T1", "Call", date(2026, 11, 3)]]))
    assert found(book) == []
    assert str(book.tables["tasks"].rows[0].cells["what"]) == "Tasks!GT2"


def test_prefixed_names_and_cells_without_addresses_are_read_too() -> None:
    content = edited(
        GOOD, TASKS_PART, lambda xml: xml.replace(b' r="A2"', b"").replace(b' r="B2"', b"").replace(b' r="2"', b"")
    )
    assert read(content).tables == read(GOOD).tables


def test_a_formula_is_never_calculated_here() -> None:
    book = read(good(Tasks=[TASKS, ["T1", Formula('=HYPERLINK("http://evil.example","Call")', "Call")]]))
    assert book.tables["tasks"].rows[0].values["what"] == "Call"
