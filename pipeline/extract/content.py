"""Telling workbooks that hold the same from such that do not, whatever their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pipeline.model import Row, Workbook


def content_key(workbook: Workbook) -> str:
    """Return the hash of all that was read of a workbook: values with their types and cells, gaps, findings.

    Two workbooks of one account with the same key come to the same documents, by the same rules on the same day. Who
    saved a workbook, when, and under which name is not part of it.
    """
    digest = hashlib.sha256()
    for part in _parts(workbook):
        digest.update(part.encode(errors="surrogatepass"))
        digest.update(b"\n")
    return digest.hexdigest()


def _parts(workbook: Workbook) -> Iterator[str]:
    yield repr((workbook.template, workbook.version, workbook.language))
    for name, table in sorted(workbook.tables.items()):
        yield repr((name, table.sheet, table.present))
        for row in table.rows:
            yield repr(_content(row))
    for finding in workbook.findings:
        yield repr((finding, sorted(finding.message.by_language.items())))


def _content(row: Row) -> tuple[object, ...]:
    cells = sorted((name, cell.sheet, cell.row, cell.column) for name, cell in row.cells.items())
    return row.number, sorted(row.values.items()), sorted(row.unknown), cells
