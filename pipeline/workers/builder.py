"""What a worker executes, and what passes between it and the process it works for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipeline.errors import PlanpressError
from pipeline.model import Arrival, Build, Calendar, History
from pipeline.settings import Settings

Result = TypeVar("Result")


class Builder(Protocol):
    """What a worker executes. Made once per process from the definitions of a workspace."""

    @property
    def hash(self) -> str:
        """Return the hash of all definitions."""

    def prove(self) -> None:
        """Try every output template on an account that has nothing; raise DefinitionError with every mistake."""

    def identify(self, arrival: Arrival) -> str | None:
        """Return the account id that a workbook carries, or None when it cannot be known."""

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        """Return all that comes of a workbook; `history` is that of the account it is taken to carry."""

    def check(self, arrival: Arrival, calendar: Calendar) -> Build:
        """Return the same without making any document."""

    def preview(self, arrival: Arrival, calendar: Calendar, document: str | None, history: History) -> Build:
        """Return the same with one document, the first where none is named; raise UsageError for an unknown one."""


Job = Callable[[Builder], Result]
"""What a worker is asked to do; picklable, so a bound dataclass or a function of a module."""
LoadBuilder = Callable[[Path, Settings], Builder]
"""Makes the builder: folder with the definitions and settings in; raises DefinitionError. It must leave no thread
running: workers are copies of the process it ran in, and threads are not copied."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the nursery gets: how to make the builder, from which folder, and where libraries may print."""

    load: LoadBuilder
    root: Path
    settings: Settings
    log: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker sends back: a value, or why there is none. A worker that is `spent` takes no further job."""

    value: Any = None
    error: PlanpressError | None = None
    out_of_memory: bool = False
    spent: bool = False
