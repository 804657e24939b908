"""Workers together with the definitions that they were loaded with."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline import __version__
from pipeline.send.files import place
from pipeline.service.frozen import Frozen
from pipeline.service.jobs import NameDefinitions, ProveTemplates
from pipeline.settings import Workspace
from pipeline.workers import LoadBuilder, Workers

PROVED = "proved"
"""File in .planpress/ that names the state of the definitions whose templates were tried."""


@dataclass
class Crew:
    """The workers of a workspace, all of which build by the same state of its definitions."""

    workspace: Workspace
    workers: Workers
    definitions: Frozen
    is_proved: bool = field(default=False, init=False)

    @classmethod
    def of(cls, workspace: Workspace, definitions: Frozen, load: LoadBuilder, jobs: int) -> Crew:
        """Return workers for these definitions; processes start with the first job. `workers` must be closed."""
        log = workspace.log / "workers.log"
        return cls(workspace, Workers(load, definitions.root, workspace.settings, jobs=jobs, log=log), definitions)

    def prove(self) -> None:
        """Find the mistakes of definitions before any workbook meets them: they are no fault of a workbook.

        Templates are tried once for each state of the definitions, which a marker names. Raise DefinitionError with
        every mistake.
        """
        if self.is_proved:
            return
        self.workers.run(NameDefinitions())
        marker, state = self.workspace.state / PROVED, f"{__version__} {self.definitions.hash}\n".encode()
        if not marker.is_file() or marker.read_bytes() != state:
            self.workers.run(ProveTemplates())
            place(marker, state)
        self.is_proved = True
