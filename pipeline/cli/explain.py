"""`planpress explain`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from rich.table import Table
    from rich.tree import Tree

    from pipeline.store.records import MeasureRecord


def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    measure: Annotated[
        str | None,
        typer.Argument(metavar="MEASURE", help="A measure by its id; without one all are listed.", show_default=False),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show where a number comes from, down to the cells.

    Prints its value, formula and rows, and the same of every measure it is computed from. Without a measure, lists
    those the account has, with their values.
    """
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import console, print_json
    from pipeline.store.queries import Queries

    opened = open_workspace(workspace)
    with Queries(opened.ledger_url) as queries:
        account_id = queries.account_id(account)
        file, _ = queries.source(account_id)
        found = queries.measures(account_id) if measure is None else queries.chain(account_id, measure)
    if as_json:
        listed = "measures" if measure is None else "chain"
        print_json({"account": account_id, "workbook": file, listed: [_as_json(one) for one in found.values()]})
    elif measure is None:
        console().print(_listing(found))
    else:
        console().print(_tree(measure, found, file))


def _as_json(measure: MeasureRecord) -> dict[str, Any]:
    return {
        "id": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "formula": measure.formula,
        "by": measure.by,
        "inputs": measure.inputs,
        "rows": measure.rows,
    }


def _listing(measures: Mapping[str, MeasureRecord]) -> Table:
    from pipeline.cli.printing import plain, table

    made = table("Measure", "Value", "What it is")
    for measure in measures.values():
        made.add_row(plain(measure.id), _shown(measure), plain(_label(measure)))
    return made


def _shown(measure: MeasureRecord) -> str:
    from pipeline.cli.printing import plain

    if measure.by:
        rows = len(measure.rows)
        return f"[dim]{rows} row{'' if rows == 1 else 's'} by {plain(', '.join(measure.by))}[/]"
    return plain(_text(measure.rows[0])) if measure.rows else "–"


def _label(measure: MeasureRecord) -> str:
    return measure.label.get("en") or next(iter(measure.label.values()), measure.id)


def _tree(measure: str, chain: Mapping[str, MeasureRecord], file: str) -> Tree:
    from rich.tree import Tree

    from pipeline.cli.printing import plain

    top = Tree(_heading(chain[measure]))
    _describe(top, chain[measure], chain, {measure})
    top.add(f"[dim]Workbook: {plain(file)}[/]")
    return top


def _heading(measure: MeasureRecord) -> str:
    from pipeline.cli.printing import plain

    value = f" = [bold]{plain(_text(measure.rows[0]))}[/]" if not measure.by and measure.rows else ""
    return f"[bold]{plain(measure.id)}[/]{value}  {plain(_label(measure))}"


def _describe(branch: Tree, measure: MeasureRecord, chain: Mapping[str, MeasureRecord], above: set[str]) -> None:
    from pipeline.cli.printing import plain

    branch.add(f"Formula: {plain(' '.join(measure.formula.split()))}")
    if measure.by:
        branch.add(_rows(measure))
    elif measure.rows and measure.rows[0]["sources"] and not measure.inputs:
        branch.add(f"Cells: {plain(', '.join(measure.rows[0]['sources']))}")
    for name in measure.inputs:
        if name in chain and name not in above:
            _describe(branch.add(_heading(chain[name])), chain[name], chain, {*above, name})


def _rows(measure: MeasureRecord) -> Table:
    from pipeline.cli.printing import plain, table

    made = table(*(plain(name) for name in measure.by), "Value", "Cells")
    for row in measure.rows:
        made.add_row(*(plain(key) for key in row["keys"]), plain(_text(row)), plain(", ".join(row["sources"])))
    return made


def _text(row: Mapping[str, Any]) -> str:
    series = row["series"]
    texts = {name: _quantity(quantity) for name, quantity in series.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{name} {text}" for name, text in texts.items())


def _quantity(quantity: Mapping[str, Any]) -> str:
    reason = quantity.get("reason")
    return f"{quantity['text']} ({reason})" if reason else str(quantity["text"])
