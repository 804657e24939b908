"""Noticing that the computer's clock was set, since plans are judged by the day it says."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from pipeline.service.publisher import Clock

MOST = timedelta(hours=1)
"""A clock that is put right by less is nobody's business."""
BELIEVED_AFTER_SECONDS = 3600.0
"""So long after a jump the new time is taken for the right one."""


class Timekeeper:
    """Compares a clock with the time that passed since it was right, which nobody can set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start, self._began = clock(), _seconds()
        self._jumped: float | None = None

    def jump(self) -> str:
        """Return what the clock did, in a sentence, or nothing where it goes as it should."""
        now, seconds = self._clock(), _seconds()
        expected = self._start + timedelta(seconds=seconds - self._began)
        if abs(now - expected) <= MOST:
            self._jumped = None
            return ""
        self._jumped = seconds if self._jumped is None else self._jumped
        if seconds - self._jumped > BELIEVED_AFTER_SECONDS:
            self._start, self._began = now, seconds
        return f"The clock of this computer was set to {_minute(now)} when it should be {_minute(expected)}. {DECIDES}"


DECIDES = "Plans are judged by the day it says; those judged meanwhile are judged again when it is put right."


def _seconds() -> float:
    """Return seconds since the computer's start, those included for which it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
