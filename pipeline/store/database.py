"""Opening the ledger's database: SQLite with a write-ahead log, or PostgreSQL, migrated in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import LedgerUnavailable, SettingsError, WorkspaceError
from pipeline.store.address import database_url, is_sqlite, shown
from pipeline.store.postgresql import BUSY_SECONDS, OPTIONS, hold_any_text, is_never_possible
from pipeline.store.tables import Base

NEWEST = "0002"
"""Revision of the newest migration; a test holds that it is."""
MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 0x706C616E
"""Number of the lock under which one of several processes changes a server's tables."""
_UNAVAILABLE = (OperationalError, InterfaceError, InternalError)
"""What drivers raise when a database is locked, full, read-only, shutting down, or gone."""


def open_database(address: str) -> Engine:
    """Return the database at `address` in its newest form.

    Raise SettingsError for an address that leads nowhere, LedgerUnavailable for a database that does not answer now,
    and WorkspaceError for one that cannot be used.
    """
    engine = _engine(database_url(address))
    try:
        _prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _prepare(engine: Engine) -> None:
    url = engine.url
    try:
        if is_sqlite(url) and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        with answering(engine), engine.begin() as connection:
            _migrate(connection)
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise WorkspaceError(
            f"The ledger ({shown(url)}) cannot be opened: {_words(reason)}. Correct the permissions of this file and "
            "its folder, or `ledger` in planpress.toml."
        ) from error


@contextmanager
def answering(engine: Engine) -> Iterator[None]:
    """Do something with the database; raise LedgerUnavailable, naming it and the reason, where it does not answer."""
    try:
        yield
    except DBAPIError as error:
        if not _may_heal(error):
            raise
        raise LedgerUnavailable(
            f"The ledger ({shown(engine.url)}) does not answer: {_words(error.orig)}. Nothing is lost; see to the "
            "database, its disk and its permissions, and planpress goes on."
        ) from error


def _may_heal(error: DBAPIError) -> bool:
    if is_never_possible(error.orig):
        return False
    return isinstance(error, _UNAVAILABLE) or error.connection_invalidated or _is_damage(error)


def _is_damage(error: DBAPIError) -> bool:
    """Return whether SQLite found its file damaged, for which it has no class of its own."""
    return type(error) is DatabaseError and "malformed" in str(error.orig)


def _words(reason: object) -> str:
    return " ".join(str(reason).split()).rstrip(".")


def _engine(url: URL) -> Engine:
    if not is_sqlite(url):
        return _server(url)
    patience = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=patience, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server(url: URL) -> Engine:
    said = {name: value for name, value in OPTIONS.items() if name not in url.query}
    try:
        engine = create_engine(url, connect_args=said, pool_pre_ping=True, hide_parameters=True)
    except (NoSuchModuleError, ImportError) as error:
        raise SettingsError(
            f"planpress.toml: `ledger`: no driver for {url.get_backend_name()} is installed. SQLite and PostgreSQL are "
            "supported; for PostgreSQL install planpress[postgresql]."
        ) from error
    event.listen(engine, "connect", hold_any_text)
    return engine


def _prepare_sqlite(connection: object, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    # sqlite3 must not open transactions of its own: table definitions would slip out of them.
    setattr(connection, "isolation_level", None)  # noqa: B010 - the driver's connection is untyped here
    cursor = getattr(connection, "cursor")()  # noqa: B009 - the same
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("begins", True):
        connection.exec_driver_sql("BEGIN" if options.get("reads_only") else "BEGIN IMMEDIATE")


def sweep(engine: Engine) -> None:
    """Overwrite what was deleted: write the tables anew, and empty the write-ahead log."""
    with answering(engine), engine.connect() as connection:
        if is_sqlite(engine.url):
            alone = connection.execution_options(begins=False)
            alone.exec_driver_sql("VACUUM")
            alone.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in Base.metadata.tables:
                alone.exec_driver_sql(f"VACUUM (FULL) {table}")


def _migrate(connection: Connection) -> None:
    found = _revision(connection)
    if found == NEWEST:
        return
    if found is not None and found > NEWEST:
        raise WorkspaceError(
            f"The ledger was written by a newer planpress (form {found}, this one knows {NEWEST}). Update planpress."
        )
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    _upgrade(connection)


def _upgrade(connection: Connection) -> None:
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
