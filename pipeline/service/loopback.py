"""Pages for monitoring, on a port of this computer that no other computer reaches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
PROGRAM = "planpress"
HEALTH, METRICS = "/health", "/metrics"
RETRY_SECONDS = 10.0
PATIENCE_SECONDS = 5.0
_OWN_NAMES = frozenset({LOOPBACK, "localhost"})


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered: status, type of the content, content."""

    status: HTTPStatus
    kind: str
    content: bytes


class LoopbackServer:
    """Answers GET for a few paths while it is open, in threads of its own.

    A port that somebody else holds is tried again until it is free; `tell` is called with a sentence when that
    begins, and with an empty one when it is over.
    """

    def __init__(self, port: int, pages: Mapping[str, Callable[[], Page]], tell: Callable[[str], None]) -> None:
        self._port, self._pages, self._tell = port, pages, tell
        self._closing = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread = threading.Thread(target=self._serve, name="planpress-loopback", daemon=True)

    def __enter__(self) -> Self:
        self._server = self._bound()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._server is not None:
            self._server.shutdown()
        self._thread.join(PATIENCE_SECONDS)

    def _serve(self) -> None:
        was_taken = self._server is None
        while self._server is None and not self._closing.wait(RETRY_SECONDS):
            self._server = self._bound(again=True)
        if self._server is None:
            return
        if was_taken:
            self._tell("")
        with self._server:
            self._server.serve_forever(poll_interval=0.2)

    def _bound(self, *, again: bool = False) -> ThreadingHTTPServer | None:
        try:
            return ThreadingHTTPServer((LOOPBACK, self._port), _handler(self._pages))
        except OSError as error:
            if not again:
                self._tell(port_is_taken(self._port, error))
            return None


def port_is_taken(port: int, error: OSError) -> str:
    """Return the sentence for a port that cannot be opened."""
    return (
        f"Port {port} cannot be opened ({error.strerror or error}), so nobody can ask how the watcher is. End what "
        "holds it, or set `metrics_port` to another port."
    )


def answers_as_planpress(port: int) -> bool:
    """Return whether a watcher of planpress, of whatever workspace, answers on a port of this computer."""
    asked = HTTPConnection(LOOPBACK, port, timeout=PATIENCE_SECONDS)
    try:
        asked.request("GET", HEALTH)
        answer = asked.getresponse()
        answer.read()
        return (answer.getheader("Server") or "").startswith(PROGRAM)
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _handler(pages: Mapping[str, Callable[[], Page]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS

        def version_string(self) -> str:
            """Say which program answers."""
            return PROGRAM

        def do_GET(self) -> None:
            page = self._page()
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(page.content)

        def _page(self) -> Page:
            if self.headers.get("Host", LOOPBACK).partition(":")[0] not in _OWN_NAMES:
                return _refusal(HTTPStatus.FORBIDDEN)  # a page of the web that made its own name point here
            make = pages.get(self.path.partition("?")[0])
            return make() if make else _refusal(HTTPStatus.NOT_FOUND)

        def log_message(self, *_: object) -> None:
            """Keep what monitoring asks every few seconds out of the log."""

    return Handler


def _refusal(status: HTTPStatus) -> Page:
    return Page(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode())
