"""What workers are asked to do, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import Arrival, Build, Calendar, History
from pipeline.service.search import says
from pipeline.store.person import Person
from pipeline.workers import Builder


@dataclass(frozen=True, slots=True)
class NameDefinitions:
    """Return the hash of the definitions; fails where they are wrong."""

    def __call__(self, builder: Builder) -> str:
        """Do it."""
        return builder.hash


@dataclass(frozen=True, slots=True)
class ProveTemplates:
    """Try every output template; fails with what is wrong with them."""

    def __call__(self, builder: Builder) -> None:
        """Do it."""
        builder.prove()


@dataclass(frozen=True, slots=True)
class Identify:
    """Return the account id that a workbook carries."""

    arrival: Arrival

    def __call__(self, builder: Builder) -> str | None:
        """Do it."""
        return builder.identify(self.arrival)


@dataclass(frozen=True, slots=True)
class BuildDocuments:
    """Return all that comes of a workbook."""

    arrival: Arrival
    calendar: Calendar
    account_id: str | None
    history: History

    def __call__(self, builder: Builder) -> Build:
        """Do it."""
        return builder.build(self.arrival, self.calendar, self.account_id, self.history)


@dataclass(frozen=True, slots=True)
class Check:
    """Return what a workbook comes to, without documents."""

    arrival: Arrival
    calendar: Calendar

    def __call__(self, builder: Builder) -> Build:
        """Do it."""
        return builder.check(self.arrival, self.calendar)


@dataclass(frozen=True, slots=True)
class Preview:
    """Return one document of a workbook."""

    arrival: Arrival
    calendar: Calendar
    document: str | None
    history: History

    def __call__(self, builder: Builder) -> Build:
        """Do it."""
        return builder.preview(self.arrival, self.calendar, self.document, self.history)


@dataclass(frozen=True, slots=True)
class Search:
    """Return whether a file, called `name`, says anything of a person; None when it cannot be looked into."""

    name: str
    content: bytes
    person: Person

    def __call__(self, _builder: Builder) -> bool | None:
        """Do it."""
        return says(self.person, self.name, self.content)
