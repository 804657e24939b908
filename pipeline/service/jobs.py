"""What workers are asked to do, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import Arrival, Build, Calendar, History
from pipeline.workers import Engine


@dataclass(frozen=True, slots=True)
class NameDefinitions:
    """Return the hash of the definitions; fails where they are wrong."""

    def __call__(self, engine: Engine) -> str:
        """Do it."""
        return engine.hash


@dataclass(frozen=True, slots=True)
class Identify:
    """Return the account id that a workbook carries."""

    arrival: Arrival

    def __call__(self, engine: Engine) -> str | None:
        """Do it."""
        return engine.identify(self.arrival)


@dataclass(frozen=True, slots=True)
class BuildDocuments:
    """Return all that comes of a workbook."""

    arrival: Arrival
    calendar: Calendar
    history: History

    def __call__(self, engine: Engine) -> Build:
        """Do it."""
        return engine.build(self.arrival, self.calendar, self.history)


@dataclass(frozen=True, slots=True)
class Check:
    """Return what a workbook comes to, without documents."""

    arrival: Arrival
    calendar: Calendar

    def __call__(self, engine: Engine) -> Build:
        """Do it."""
        return engine.check(self.arrival, self.calendar)


@dataclass(frozen=True, slots=True)
class Preview:
    """Return one document of a workbook."""

    arrival: Arrival
    calendar: Calendar
    document: str | None

    def __call__(self, engine: Engine) -> Build:
        """Do it."""
        return engine.preview(self.arrival, self.calendar, self.document)
