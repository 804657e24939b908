"""How much memory something takes."""

import threading
import time
from collections.abc import Callable

import psutil

_INTERVAL = 0.001


def peak_growth(action: Callable[[], object]) -> int:
    """Return by how many bytes the process grew at most (resident size) while `action` ran, native code included."""
    process, peak, done = psutil.Process(), 0, threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, process.memory_info().rss)
            time.sleep(_INTERVAL)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        action()
        peak = max(peak, process.memory_info().rss)
    finally:
        done.set()
        watcher.join()
    return peak - before
