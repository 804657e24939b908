"""`planpress doctor`."""

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

STYLES = {"ok": "green", "note": "cyan", "fault": "red"}


def doctor(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Look whether all that planpress needs is there.

    Fonts, libraries, folders, ledger and definitions; exits with 1 when something must be done.
    """
    from dataclasses import asdict

    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import console, plain, print_json, progress, table
    from pipeline.errors import PlanpressError
    from pipeline.service.doctor import FAULT, Checkup, examine
    from pipeline.service.load import load_builder

    opened, refusal = None, tuple[Checkup, ...]()
    try:
        opened = open_workspace(workspace)
    except PlanpressError as error:
        refusal = (Checkup("Workspace", FAULT, str(error)),)
    with progress("Looking", quiet=as_json):
        checks = (*examine(opened, load_builder), *refusal)
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        made = table("State", "What", "Found", header=False)
        for check in checks:
            made.add_row(f"[{STYLES[check.state]}]{check.state}[/]", check.name, plain(check.message))
        console().print(made)
    raise typer.Exit(1 if any(check.state == FAULT for check in checks) else 0)
