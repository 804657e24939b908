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
    measure: Annotated[str, typer.Argument(metavar="MEASURE", help="A measure by its id, such as those in rules/.")],
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show where a number comes from, down to the cells.

    Prints its value, formula and rows, and the same of every measure it is computed from.
    """
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import console, print_json
    from pipeline.store.queries import Queries

    opened = open_workspace(workspace)
    with Queries(opened.ledger_url) as queries:
        account_id = queries.account_id(account)
        file, _ = queries.source(account_id)
        chain = queries.chain(account_id, measure)
    if as_json:
        print_json({"account": account_id, "workbook": file, "chain": [_as_json(found) for found in chain.values()]})
    else:
        console().print(_tree(measure, chain, file))


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


def _tree(measure: str, chain: Mapping[str, MeasureRecord], file: str) -> Tree:
    from rich.tree import Tree

    from pipeline.cli.printing import plain

    top = Tree(_heading(chain[measure]))
    _describe(top, chain[measure], chain, {measure})
    top.add(f"[dim]Workbook: {plain(file)}[/]")
    return top


def _heading(measure: MeasureRecord) -> str:
    from pipeline.cli.printing import plain

    label = measure.label.get("en") or next(iter(measure.label.values()), measure.id)
    value = f" = [bold]{plain(_text(measure.rows[0]))}[/]" if not measure.by and measure.rows else ""
    return f"[bold]{plain(measure.id)}[/]{value}  {plain(label)}"


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
