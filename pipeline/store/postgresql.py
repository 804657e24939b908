"""What PostgreSQL needs besides an address: connections that notice a lost server, and texts that it can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 15
OPTIONS: Mapping[str, str] = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "options": f"-c lock_timeout={BUSY_SECONDS}s",
    "application_name": "planpress",
}
"""How a connection notices within half a minute that its server is gone; what the address says wins."""
_LIMIT_EXCEEDED = "54"
"""Class of errors that say that a statement is too much for the server, today and tomorrow."""


def hold_any_text(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    """Let a connection write texts that no PostgreSQL text can hold: what cannot be held becomes a replacement mark.

    A cell may contain NUL (`_x0000_` in Open XML), a file name half a character; neither may stop the others.
    """
    from psycopg.types.string import StrDumper

    class Holdable(StrDumper):
        def dump(self, obj: str) -> bytes:
            return obj.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", errors="replace")

    connection.adapters.register_dumper(str, Holdable)


def is_never_possible(error: Any) -> bool:
    """Return whether a driver's error says that trying again later is of no use."""
    return str(getattr(error, "sqlstate", None) or "").startswith(_LIMIT_EXCEEDED)
