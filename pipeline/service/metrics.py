"""What a watcher does, in figures that Prometheus collects."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from pipeline import __version__
from pipeline.model import Status
from pipeline.service.events import ENDS, Event, EventKind
from pipeline.service.health import Health
from pipeline.service.loopback import Page

SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)
_FAILURES = (EventKind.FAILED, EventKind.SET_ASIDE)
_STAGES = ("queued", "built", "published")


class Metrics:
    """Counts the events of a watcher, and says how much waits now."""

    def __init__(self, health: Health) -> None:
        # When each figure began says nothing: they begin together.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library annotates it not
        registry = CollectorRegistry()
        self._registry = registry
        self._events = Counter("planpress_events", "What happened, by kind.", ["kind"], registry=registry)
        self._builds = Counter("planpress_builds", "Workbooks built, by what became of them.", ["status"],
                               registry=registry)  # fmt: skip
        self._failures = Counter(
            "planpress_failures", "Workbooks that planpress itself could not build.", registry=registry
        )
        self._stages = Histogram(
            "planpress_stage_seconds", "How long a workbook took, by stage.", ["stage"], buckets=SECONDS,
            registry=registry,
        )  # fmt: skip
        self._begin_at_zero()
        Info("planpress", "The program.", registry=registry).info({"version": __version__})
        ProcessCollector(registry=registry)
        registry.register(_Now(health))

    def _begin_at_zero(self) -> None:
        """Show what has not happened yet as zero, so that its first time is an increase."""
        for kind in EventKind:
            self._events.labels(kind.value)
        for status in Status:
            self._builds.labels(status.value)
        for stage in _STAGES:
            self._stages.labels(stage)

    def __call__(self, event: Event) -> None:
        """Count an event."""
        self._events.labels(event.kind.value).inc()
        if event.kind is EventKind.BUILT:
            self._builds.labels(event.status or "").inc()
        if event.kind in _FAILURES:
            self._failures.inc()
        if event.kind in ENDS:
            for stage, seconds in event.seconds.items():
                self._stages.labels(stage).observe(seconds)

    def page(self) -> Page:
        """Return the answer to `/metrics`, in the text format that every Prometheus reads."""
        return Page(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self._registry))


class _Now(Collector):
    """What is true at the moment of asking."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        state = self._health.state
        since = state.since.timestamp() if state.since else 0
        for name, words, value in (
            ("watcher_alive", "1 while the watcher gives signs of life, 0 when it hangs.", self._health.is_alive),
            ("watcher_started_timestamp_seconds", "When the watcher began, 0 before.", since),
            ("queue_length", "Saves that wait to be built.", len(state.waiting)),
            ("building", "Workbooks that are being built.", len(state.building)),
            (
                "held",
                "Workbooks that wait for a target in use, a full outbox or their account's interval.",
                len(state.held),
            ),
            ("oldest_unbuilt_seconds", "Age of the oldest save without its documents.", self._health.oldest_seconds),
            ("troubles", "What is wrong now and may heal.", len(state.troubles)),
        ):
            yield GaugeMetricFamily(f"planpress_{name}", words, value=float(value))
