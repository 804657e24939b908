"""What is wrong with the surroundings now: told once, tried again ever more seldom, told once more when it is well."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.service.events import EventKind

FIRST_SECONDS, MOST_SECONDS = 1.0, 60.0
Tell = Callable[[EventKind, str, str], None]
"""Called with what happened, the topic and a sentence."""


class Troubles:
    """What is wrong, by topic, each with how long it is waited until the next attempt."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._now: dict[str, str] = {}
        self._seconds: dict[str, float] = {}

    def tell(self, topic: str, detail: str) -> float:
        """Say what is wrong, unless that was said; return in how many seconds to try again."""
        if self._now.get(topic) != detail:
            self._now[topic] = detail
            self._tell(EventKind.TROUBLE, topic, detail)
        seconds = self._seconds.get(topic, FIRST_SECONDS)
        self._seconds[topic] = min(2 * seconds, MOST_SECONDS)
        return seconds

    def heal(self, topic: str) -> None:
        """Say that something is well again, if it was not."""
        self._seconds.pop(topic, None)
        if self._now.pop(topic, None) is not None:
            self._tell(EventKind.HEALED, topic, "")
