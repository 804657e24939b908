"""`planpress retire`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder


def retire(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    undo: Annotated[bool, typer.Option("--undo", help="Let the account go on.")] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """End an account: its documents and history stay, and nothing new is made of its workbook."""
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import console, plain, print_json
    from pipeline.service.retire import retire

    opened = open_workspace(workspace)
    account_id, is_new = retire(opened, account, clock_of(opened), undo=undo)
    if as_json:
        print_json({"account": account_id, "retired": not undo, "changed": is_new})
        return
    now = "goes on" if undo else "is retired"
    console().print(f"{plain(account_id)} {now}{'' if is_new else ' already'}.", soft_wrap=True)
