"""One saved workbook on its way from the inbox to the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto

from pipeline.model import Calendar, Finding
from pipeline.settings import Settings, calendar
from pipeline.store.records import Submission


class Stage(Enum):
    """Where a task is: a worker is asked whose workbook it is, it waits for its wave, or its documents are made."""

    IDENTIFYING = auto()
    WAITING = auto()
    BUILDING = auto()


@dataclass(eq=False)
class Task:
    """One submission under way; `is_left` says that its file is in the inbox no more.

    `account_id` is what its workbook is taken to carry, `told` what it must hear about other files, `refusal` why it
    is not built. `edition` is the number that its documents are told they will have. `started` is the monotonic instant
    at which it came in, `begun` that at which a worker got it, `returned` that at which its documents came back.
    """

    submission: Submission
    calendar: Calendar
    started: float
    force: bool = False
    refreshed: date | None = None
    is_left: bool = False
    refusal: Finding | None = None
    stage: Stage = Stage.WAITING
    told: tuple[Finding, ...] = ()
    account_id: str | None = None
    is_owner: bool = False
    is_identified: bool = False
    fingerprint: str = ""
    edition: int = 1
    begun: float = 0.0
    returned: float = 0.0
    deaths: int = 0
    wave: Wave | None = None

    @property
    def file(self) -> str:
        """Return the path in the inbox."""
        return self.submission.file


@dataclass(eq=False)
class Wave:
    """Files that came together: none of them is built before it is known whose each of them is."""

    tasks: list[Task]
    unknown: set[Task] = field(default_factory=set)


def days_of(settings: Settings, received: datetime, refreshed: date | None, as_of: date | None = None) -> Calendar:
    """Return the days by which a submission is judged: those of `as_of`, else of the settings, else of its receipt or
    of the day on which it was judged again, which is later unless the clock was wrong when it came.
    """
    days = calendar(settings, received)
    if as_of is None and settings.as_of is None and refreshed is not None:
        as_of = refreshed
    return days if as_of is None else calendar(settings.model_copy(update={"as_of": as_of}), received)
