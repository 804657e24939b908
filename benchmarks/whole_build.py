"""One whole build in a process of its own, as in a warm worker: its parts, and the most memory it ever held."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.product import Product
from benchmarks.timing import ROUNDS, Timing, peak_megabytes, timed
from pipeline import pages, run

MEMORY_LIMIT_MB = 500
REST = "the rest"


@dataclass(frozen=True, slots=True)
class WholeBuild:
    """A build of the fullest sample: processor seconds by part, all of it, peak resident memory in megabytes."""

    parts: dict[str, float]
    whole: Timing
    peak_megabytes: float

    @property
    def largest(self) -> str:
        """Return the part that takes longest."""
        return max(self.parts, key=lambda part: self.parts[part])


def measure_in_new_process(rounds: int) -> WholeBuild:
    """Return the build as measured by a new process."""
    command = [sys.executable, "-m", "benchmarks.whole_build", str(rounds)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return WholeBuild(answer["parts"], Timing(*answer["whole"]), answer["peak_megabytes"])


class _Stopwatch:
    """Takes the processor time of functions by replacing them for a while; what is timed is not counted twice."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, module: ModuleType, function: str, part: Callable[..., str]) -> Iterator[None]:
        """Time a function of a module as a part, whose name is made from its arguments."""
        original = getattr(module, function)

        def watched(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return original(*arguments, **named)
            finally:
                self.seconds[part(*arguments)] += time.process_time() - start

        setattr(module, function, watched)
        try:
            yield
        finally:
            setattr(module, function, original)


def _parts(product: Product) -> dict[str, float]:
    watch = _Stopwatch()
    start = time.process_time()
    with ExitStack() as stack:
        for module, function, part in (
            (run, "extract", lambda *_: "extract"),
            (run, "judge", lambda *_: "judge"),
            (pages, "view", lambda _plan, _prepared, audience, *_: f"view ({audience})"),
            (pages, "document_key", lambda *_: "keys"),
            (pages, "leaks_in", lambda *_: "search for leaks"),
            (pages, "render_document", lambda document, *_: document.definition.id),
            (run, "annotated_copy", lambda *_: "to-do.xlsx"),
            (run, "todo_page", lambda *_: "to-do.html"),
        ):
            stack.enter_context(watch.on(module, function, part))
        product.build()
    whole = time.process_time() - start
    return {**watch.seconds, REST: whole - sum(watch.seconds.values())}


def _measure(rounds: int) -> dict[str, Any]:
    product = Product.warm()
    product.build()
    found = [_parts(product) for _ in range(rounds)]
    timings = [timed(product.build) for _ in range(rounds)]
    return {
        "parts": {part: statistics.median(one[part] for one in found) for part in found[0]},
        "whole": [statistics.median(getattr(one, kind) for one in timings) for kind in ("wall", "processor")],
        "peak_megabytes": peak_megabytes(),
    }


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)))
