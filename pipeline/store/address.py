"""The address of the ledger's database, and how it is told without its password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import SettingsError

SQLITE = "sqlite"
DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
"""The driver that is meant where an address names none, or names the system as its own tools do."""


def database_url(address: str) -> URL:
    """Return a parsed address; raise SettingsError for what is none. No message repeats it: it may hold a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "planpress.toml: `ledger`: expected a database URL such as sqlite:////srv/ledger.sqlite or "
            "postgresql://user:password@host:5432/name."
        ) from None
    if "@" in (url.host or ""):
        raise SettingsError(
            "planpress.toml: `ledger`: the password holds an @, which ends it too early. Write %40 for @, %3A for :, "
            "%2F for / and %25 for % in it."
        )
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def is_sqlite(url: URL) -> bool:
    """Return whether the ledger is a file."""
    return url.get_backend_name() == SQLITE


def is_missing(url: URL) -> bool:
    """Return whether the ledger is a file that is not there."""
    return is_sqlite(url) and not (url.database and Path(url.database).is_file())


def shown(url: URL) -> str:
    """Return what people may read of an address: the file, or server and database without any secret."""
    if is_sqlite(url):
        return url.database or ""
    return url.set(drivername=url.get_backend_name(), password=None, query={}).render_as_string()
