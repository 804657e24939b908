"""`planpress diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.service.diff import EditionsCompared, RowChanged

ROW_COLUMNS = ("Sheet", "Row", "What", "Before", "After")
MEASURE_COLUMNS = ("Measure", "Before", "After", "What it is")


def diff(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    before: Annotated[
        int | None,
        typer.Argument(metavar="A", help="An edition; without any, the last but one.", show_default=False),
    ] = None,
    after: Annotated[
        int | None,
        typer.Argument(metavar="B", help="The edition to compare it with; without, the last one.", show_default=False),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two editions: rows that came and went, cells, numbers.

    Rows are matched by their key, such as the No., wherever they stand.
    """
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import print_json
    from pipeline.service.diff import compare_editions

    found = compare_editions(open_workspace(workspace), account, before, after)
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)


def _as_json(found: EditionsCompared) -> dict[str, Any]:
    return {
        "account": found.account_id,
        **{
            name: {"edition": edition.number, "as_of": edition.as_of.isoformat()}
            for name, edition in (("before", found.before), ("after", found.after))
        },
        "rows": [
            {
                "table": row.section,
                "key": list(row.key),
                "change": row.kind,
                "cells": [{"field": cell.field, "before": cell.before, "after": cell.after} for cell in row.cells],
            }
            for row in found.rows
        ],
        "measures": [{"id": item.id, "before": item.before, "after": item.after} for item in found.measures],
    }


def _print(found: EditionsCompared) -> None:
    from pipeline.cli.printing import console, plain, print_rows

    terminal = console()
    terminal.print(
        f"{plain(found.account_id)}: edition {found.before.number} (as of {found.before.as_of}) → edition "
        f"{found.after.number} (as of {found.after.as_of})"
    )
    if found.rows:
        print_rows(terminal, ROW_COLUMNS, [line for row in found.rows for line in _lines(row)], spare=("Sheet",))
    else:
        terminal.print("No value of the workbook changed.")
    if found.measures:
        cells = [[plain(item.id), plain(item.before_text), plain(item.after_text), plain(item.label)]
                 for item in found.measures]  # fmt: skip
        print_rows(terminal, MEASURE_COLUMNS, cells, spare=("What it is",))


def _lines(row: RowChanged) -> Iterator[list[str]]:
    """Yield a line for each cell of a changed row, one for a row that came or went."""
    from pipeline.cli.printing import plain

    place = [plain(row.title), plain(row.key_text or "–")]
    if row.kind == "added":
        yield [*place, "[green]added[/]", "", plain(row.name)]
    elif row.kind == "removed":
        yield [*place, "[red]removed[/]", plain(row.name), ""]
    else:
        for cell in row.cells:
            yield [*place, plain(cell.label), plain(cell.before_text or "–"), plain(cell.after_text or "–")]
