"""Files that somebody may save into an inbox by mistake, or to do harm; each made of a good workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl

from tests.support.workbooks import edited

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OLD_EXCEL = OLE + "Workbook".encode("utf-16-le")
ENCRYPTED = OLE + "EncryptionInfo\0EncryptedPackage".encode("utf-16-le")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
SHEET = "xl/worksheets/sheet3.xml"
"""A table of the small workbook."""


def with_macros(good: bytes) -> bytes:
    """Return a workbook with a macro that would run on opening."""
    kind, macro_kind = (b"spreadsheetml.sheet.main+xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    content = edited(good, "xl/vbaProject.bin", b'Sub Auto_Open(): Kill "*": End Sub')
    return edited(
        content, "[Content_Types].xml",
        lambda xml: re.sub(rb'"[^"]*' + re.escape(kind) + b'"', b'"' + macro_kind + b'"', xml),
    )  # fmt: skip


def zip_bomb(good: bytes) -> bytes:
    """Return a small file that would unpack to fifty megabytes."""
    return edited(good, "xl/media/image1.png", bytes(50_000_000))


def entity_bomb(good: bytes) -> bytes:
    """Return a file with a billion laughs in its shared strings."""
    levels = "".join(f'<!ENTITY b{level} "{f"&b{level - 1};" * 10}">' for level in range(1, 10))
    prolog = f'<!DOCTYPE x [<!ENTITY b0 "boom">{levels}]>'.encode()
    return edited(good, SHEET, lambda xml: b'<?xml version="1.0"?>' + prolog + xml.split(b"?>", 1)[-1])


def many_empty_rows(good: bytes) -> bytes:
    """Return a workbook in which somebody formatted all 1,048,576 rows of a sheet."""
    rows = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(200, 1_048_577)).encode()
    return edited(good, SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def cut_off(good: bytes) -> bytes:
    """Return the first half of a file, as a copy that was interrupted."""
    return good[: len(good) // 2]


def plain_zip(_: bytes) -> bytes:
    """Return a zip that is no workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "a plain zip")
    return buffer.getvalue()


def changed(good: bytes, change: Callable[[openpyxl.Workbook], object]) -> bytes:
    """Return a workbook after somebody changed it in a spreadsheet program."""
    workbook = openpyxl.load_workbook(io.BytesIO(good))
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
