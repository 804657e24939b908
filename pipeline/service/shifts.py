"""Changing the workers when the definitions change: new ones are tried before they take over, old ones finish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Self

from pipeline.errors import DefinitionError, PlanpressError
from pipeline.service.crew import Crew
from pipeline.service.events import EventKind
from pipeline.service.frozen import frozen_definitions
from pipeline.service.troubles import Tell, Troubles
from pipeline.service.unchanged import DefinitionFiles
from pipeline.settings import Workspace
from pipeline.workers import LoadBuilder

DEFINITIONS = "definitions"
CHECK_SECONDS = 2.0
"""How often it is looked whether definitions changed, and how long they must have stood still."""


class Shifts:
    """The crew that builds now, and the next one while it is being tried; a context that ends all workers."""

    def __init__(self, workspace: Workspace, load: LoadBuilder, troubles: Troubles, tell: Tell) -> None:
        self._workspace, self._load, self._troubles, self._tell = workspace, load, troubles, tell
        self._files = DefinitionFiles(workspace.root)
        self._crew: Crew | None = None
        self._trial: _Trial | None = None
        self._seen = self._refused = ""
        self._next_check = 0.0
        self.on_change: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for crew in (self._crew, self._trial.crew if self._trial else None):
            if crew is not None:
                crew.workers.stop()

    @property
    def crew(self) -> Crew:
        """Return the workers that build now."""
        if self._crew is None:
            raise RuntimeError("there are no workers before `begin`")
        return self._crew

    def begin(self) -> None:
        """Start with the definitions as they are; raise DefinitionError when they are wrong."""
        self._crew = self._new_crew()
        self._crew.prove()

    def check(self) -> None:
        """See whether definitions changed, try those that stand still, and let them take over when they work."""
        if self._trial is not None:
            self._take_trial(self._trial)
        elif time.monotonic() >= self._next_check:
            self._next_check = time.monotonic() + CHECK_SECONDS
            self._look()

    def _look(self) -> None:
        try:
            found = self._files.hash()
            stands, self._seen = found == self._seen, found
            if stands and found == self.crew.definitions.hash:
                self._forgive()
            elif stands and found != self._refused:
                self._trial = _Trial(self._new_crew())
        except (OSError, DefinitionError) as failure:
            self._troubles.tell(DEFINITIONS, f"The definitions cannot be read: {failure}. The last ones stay in use.")

    def _forgive(self) -> None:
        """Say that it is well again when a mistake was taken back: the definitions are those that work."""
        self._troubles.heal(DEFINITIONS)
        if self._refused:
            self._refused = ""
            self._tell(EventKind.HEALED, DEFINITIONS, "The mistakes were taken back.")

    def _new_crew(self) -> Crew:
        return Crew.of(self._workspace, frozen_definitions(self._workspace), self._load, self._workspace.settings.jobs)

    def _take_trial(self, trial: _Trial) -> None:
        if not trial.is_over:
            return
        self._trial = None
        if trial.failure is not None:
            self._refuse(trial, trial.failure)
            return
        old, self._crew = self.crew, trial.crew
        self._troubles.heal(DEFINITIONS)
        self._tell(EventKind.DEFINITIONS_CHANGED, DEFINITIONS, "")
        self.on_change()
        threading.Thread(target=old.workers.close, daemon=True).start()

    def _refuse(self, trial: _Trial, failure: Exception) -> None:
        trial.crew.workers.stop()
        self._refused = trial.crew.definitions.hash
        if isinstance(failure, DefinitionError):
            detail = "; ".join(str(fault) for fault in failure.faults)
        else:
            detail = str(failure)
        self._tell(EventKind.DEFINITIONS_WRONG, DEFINITIONS, f"{detail} The last definitions stay in use.")


class _Trial:
    """A new crew that is being tried beside the one at work."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._try, daemon=True)
        self._thread.start()

    def _try(self) -> None:
        try:
            self.crew.prove()
        except (PlanpressError, OSError, CancelledError) as failure:
            self.failure = failure

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()
