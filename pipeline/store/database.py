"""Opening the ledger's database: SQLite with a write-ahead log, or any that SQLAlchemy knows, migrated in place."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import SettingsError, WorkspaceError

NEWEST = "0002"
"""Revision of the newest migration; a test holds that it is."""
MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 15


def open_database(address: str) -> Engine:
    """Return the database at `address` in its newest form; raise SettingsError or WorkspaceError when unusable."""
    url = database_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = _engine(url)
        with engine.begin() as connection:
            _migrate(connection)
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise WorkspaceError(
            f"The ledger ({_shown(url)}) cannot be opened: {reason}. Correct the permissions of this file and its "
            "folder, or `ledger` in planpress.toml."
        ) from error
    return engine


def database_url(address: str) -> URL:
    """Return a parsed address; raise SettingsError for what is none."""
    try:
        return make_url(address)
    except ArgumentError as error:
        raise SettingsError(
            "planpress.toml: `ledger`: expected a database URL such as sqlite:////srv/ledger.sqlite "
            f"(found {address!r})."
        ) from error


def _shown(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True)
        except (NoSuchModuleError, ImportError) as error:
            raise SettingsError(f"planpress.toml: `ledger`: no driver for {url.drivername} is installed.") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: object, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    # sqlite3 must not open transactions of its own: table definitions would slip out of them.
    setattr(connection, "isolation_level", None)  # noqa: B010 - the driver's connection is untyped here
    cursor = getattr(connection, "cursor")()  # noqa: B009 - the same
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    found = _revision(connection)
    if found == NEWEST:
        return
    if found is not None and found > NEWEST:
        raise WorkspaceError(
            f"The ledger was written by a newer planpress (form {found}, this one knows {NEWEST}). Update planpress."
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
