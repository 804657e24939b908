"""A ledger that does not answer is told as such, without its password, and goes on when it answers again."""

import sqlite3
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import LedgerUnavailable, SettingsError
from pipeline.store.address import database_url, shown
from pipeline.store.ledger import Ledger
from pipeline.store.queries import Queries
from tests.support.postgresql import PASSWORD, Server, running_server

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of this module's own: it is killed."""
    with running_server() as running:
        yield running


def test_a_locked_file_is_told_and_works_when_it_is_free(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with Ledger(f"sqlite:///{file}?timeout=0.1") as ledger, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match=r"ledger\.sqlite\) does not answer: database is locked\. Nothing"):
            ledger.receive("a.xlsx", "a" * 64, 1, NOON)
        other.rollback()
        assert ledger.receive("a.xlsx", "a" * 64, 1, NOON).id == 1


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        ledger.receive("a.xlsx", "a" * 64, 1, NOON)
        with ledger._transaction() as session:
            pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerUnavailable, match="database or disk is full"):
            ledger.receive("b.xlsx" * 4096, "b" * 64, 1, NOON)
        assert list(ledger.latest_submissions()) == ["a.xlsx"]


def test_a_file_in_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ledger.sqlite").mkdir()
    with pytest.raises(LedgerUnavailable, match="unable to open database file"):
        Ledger(f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite'}")


@pytest.mark.postgresql
def test_a_server_that_died_is_told_and_what_it_had_is_there_when_it_is_back(server: Server) -> None:
    address = server.database()
    with Ledger(address) as ledger:
        ledger.receive("a.xlsx", "a" * 64, 1, NOON)
        server.kill()
        with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1:\d+/ledger_\d+\) does not answer: .*refused"):
            ledger.receive("b.xlsx", "b" * 64, 1, NOON)
        with pytest.raises(LedgerUnavailable):
            Ledger(address)
        with pytest.raises(LedgerUnavailable):
            Queries(address)
        server.start()
        ledger.receive("b.xlsx", "b" * 64, 1, NOON)
        assert sorted(ledger.latest_submissions()) == ["a.xlsx", "b.xlsx"]


def write_half(ledger: Ledger, server: Server) -> None:
    with ledger._transaction() as session:
        session.connection().exec_driver_sql("INSERT INTO published (folder, sha256) VALUES ('C-1', 'half')")
        server.cut_connections()
        session.connection().exec_driver_sql("SELECT 1")


@pytest.mark.postgresql
def test_a_connection_that_is_cut_within_a_transaction_leaves_nothing_of_it(server: Server) -> None:
    with Ledger(server.database()) as ledger:
        with pytest.raises(LedgerUnavailable):
            write_half(ledger, server)
        assert ledger.written("C-1") == set()


@pytest.mark.postgresql
def test_a_connection_that_was_cut_while_nothing_happened_is_not_noticed(server: Server) -> None:
    with Ledger(server.database()) as ledger:
        server.cut_connections()
        assert ledger.receive("a.xlsx", "a" * 64, 1, NOON).id == 1


@pytest.mark.postgresql
def test_several_processes_may_open_a_new_ledger_at_once(server: Server) -> None:
    address = server.database()

    def owners(_: int) -> dict[str, str]:
        with Ledger(address) as ledger:
            return ledger.owners()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(owners, range(4))) == [{}] * 4


@pytest.mark.postgresql
def test_no_message_and_no_trace_holds_the_password(server: Server) -> None:
    wrong = server.database().replace(PASSWORD, "wrong-s3cret")
    with pytest.raises(LedgerUnavailable, match="password authentication failed") as refused:
        Ledger(wrong)
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:s3cret@host:port/name",
        "postgresql://user:s3c@ret@host/name",
        "host=host password=s3cret",
        "oracle+nosuch://user:s3cret@host/name",
    ],
)
def test_a_wrong_address_is_told_without_its_password(address: str) -> None:
    with pytest.raises(SettingsError, match=r"planpress\.toml: `ledger`: ") as refused:
        Ledger(address)
    told = "".join(traceback.format_exception(refused.value))
    assert [secret for secret in ("s3cret", "s3c", "ret@") if secret in told.replace(repr(address), "")] == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_is_shown_as_server_and_database(scheme: str) -> None:
    url = database_url(f"{scheme}://user:s3cret@host:5433/name?sslpassword=s3cret")
    assert (url.drivername, shown(url)) == ("postgresql+psycopg", "postgresql://user:***@host:5433/name")
