"""Options that several commands share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

WorkspaceFolder = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        envvar="PLANPRESS_WORKSPACE",
        help="The workspace: the folder that holds planpress.toml.",
        show_default="here",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text, for other programs.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="Judge plans by this day (YYYY-MM-DD) instead of the day on which each workbook was received.",
    ),
]
Workbooks = Annotated[
    list[Path] | None,
    typer.Argument(metavar="WORKBOOK", help="Paths of workbooks; none means the whole inbox.", show_default=False),
]
HERE = Path()
