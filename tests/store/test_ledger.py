"""The ledger: one file for all that must not be forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from pipeline.errors import SettingsError, UsageError, WorkspaceError
from pipeline.model import (
    Account,
    Audience,
    CellRef,
    Finding,
    Measure,
    MeasureRow,
    Quantity,
    RowState,
    Severity,
    Status,
    Text,
)
from pipeline.store.database import MIGRATIONS, NEWEST, open_database
from pipeline.store.ledger import Ledger
from pipeline.store.queries import Queries
from pipeline.store.records import DocumentRecord, Judgement, KnownFile, NewEdition
from pipeline.store.tables import Base
from pipeline.store.values import write_versions

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=9)))
CONTOSO = Account("C-1", "Contoso", "Key", "EUR", "de", "en")


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with Ledger(address) as opened:
        yield opened


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """Look into the database past the ledger."""
    engine = open_database(address)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def document(edition: int, name: str = "first") -> DocumentRecord:
    return DocumentRecord(
        name, f"key {edition}", str(edition) * 64, 10, f"internal/{name}.pptx", Audience.INTERNAL, Status.FINAL,
        edition, "w" * 64,
    )  # fmt: skip


def measure(name: str, value: str | None, *inputs: str) -> Measure:
    quantity = Quantity(Decimal(value)) if value else Quantity(None, "no_data")
    row = MeasureRow((), {"value": quantity}, (CellRef("Sheet", 5, 7), CellRef("Sheet", 6, 7)))
    return Measure(name, Text.plain(name.title()), "money", f"sum({name})", (), (row,), inputs)


def judge(ledger: Ledger, submission: int, edition: int | None = None, **more: object) -> int:
    """Write down a judgement of Contoso and return the number of its publication."""
    made = NewEdition(edition, Status.FINAL, NOON, (document(edition),)) if edition else None
    content = {"manifest": {"account": {"id": "C-1", "name": "Contoso"}}, "findings": []}
    values: dict[str, object] = {
        "findings": (Finding("told", Severity.ERROR, Text({"en": "Wrong.", "de": "Falsch."}), CellRef("Sheet", 5, 7)),),
        "measures": {"total": measure("total", "1234.50"), "share": measure("share", None, "total")},
        "edition": made,
        "written": frozenset({str(edition) * 64} if edition else ()),
        **more,
    }
    judgement = Judgement(
        submission, CONTOSO, date(2026, 11, 21), Status.FINAL, "f" * 64, folder="C-1", publication=content,
        claims="C-1", **values,  # type: ignore[arg-type]
    )  # fmt: skip
    return ledger.record(judgement)


def test_the_newest_migration_makes_the_tables_as_they_are(address: str) -> None:
    with connected(address) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


def test_a_ledger_is_opened_again_without_harm(address: str) -> None:
    with Ledger(address) as ledger:
        ledger.receive("a.xlsx", "a" * 64, 1, NOON)
    with Ledger(address) as ledger:
        assert list(ledger.latest_submissions()) == ["a.xlsx"]


def test_sqlite_keeps_a_write_ahead_log_and_waits_for_the_disk(tmp_path: Path) -> None:
    with connected(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_ledger_from_the_future_is_refused(address: str) -> None:
    with connected(address) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(WorkspaceError, match="written by a newer planpress"):
        Ledger(address)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(WorkspaceError, match=r"ledger\.sqlite\) cannot be opened: file is not a database"):
        Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


@pytest.mark.parametrize("address", ["no url", "nosuch://host/ledger"])
def test_an_address_that_leads_nowhere_is_a_wrong_setting(address: str) -> None:
    with pytest.raises(SettingsError, match=r"planpress\.toml: `ledger`"):
        Ledger(address)


def test_the_same_bytes_are_the_same_submission(ledger: Ledger) -> None:
    first = ledger.receive("a.xlsx", "a" * 64, 1, NOON)
    again = ledger.receive("a.xlsx", "a" * 64, 1, NOON + timedelta(days=3))
    other = ledger.receive("a.xlsx", "b" * 64, 1, NOON + timedelta(days=3))
    back = ledger.receive("a.xlsx", "a" * 64, 1, NOON + timedelta(days=4))
    assert (again.id, again.received) == (first.id, NOON.astimezone(UTC))
    assert len({first.id, other.id, back.id}) == 3


def test_only_the_latest_submission_of_a_file_is_told(ledger: Ledger) -> None:
    for number in range(5):
        ledger.receive("a.xlsx", str(number) * 64, 1, NOON)
        ledger.receive("b.xlsx", str(number) * 64, 1, NOON)
    latest = ledger.latest_submissions()
    assert {file: (found.id, found.sha256) for file, found in latest.items()} == {
        "a.xlsx": (9, "4" * 64),
        "b.xlsx": (10, "4" * 64),
    }


def test_a_file_is_known_as_it_was_when_its_bytes_were_read(ledger: Ledger) -> None:
    submission = ledger.receive("a.xlsx", "1" * 64, 5, NOON)
    ledger.know_file("a.xlsx", 5, 1_800_000_000_123_456_789, 2**64 - 3, "1" * 64, 1_800_000_000_123_456_790)
    assert ledger.known_files() == {
        "a.xlsx": KnownFile(5, 1_800_000_000_123_456_789, 2**64 - 3, "1" * 64, submission.id, 1_800_000_000_123_456_790)
    }
    ledger.know_file("a.xlsx", 6, 7, None, "2" * 64)
    assert ledger.known_files() == {"a.xlsx": KnownFile(6, 7, None, "2" * 64, None)}


def test_a_forgotten_file_is_read_again(ledger: Ledger) -> None:
    ledger.know_file("a.xlsx", 5, 7, None, "1" * 64)
    ledger.forget_file("a.xlsx")
    ledger.forget_file("never there.xlsx")
    assert ledger.known_files() == {}


def test_texts_may_be_long_and_hold_any_character(ledger: Ledger) -> None:
    odd = Finding("told", Severity.ERROR, Text({"en": "NUL \0 \U0001f600"}), sheet="Sheet \0")
    number = judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1, findings=(odd,), saved_by="A\0b")
    assert [found.id for found in ledger.pending()] == [number]
    long = "".join(sha256(bytes([step])).hexdigest() for step in range(200))
    with ledger._transaction() as session:
        write_versions(session, "C-1", 1, [RowState("actions", (long,), {"what": "\0"})])
    assert long in {version.state.key[0] for version in ledger.past("C-1")[1]}


def test_moments_keep_their_instant_whatever_their_zone(ledger: Ledger) -> None:
    ledger.receive("a.xlsx", "a" * 64, 1, NOON)
    received = ledger.latest_submissions()["a.xlsx"].received
    assert (received, received.utcoffset()) == (NOON, timedelta(0))


def test_the_documents_of_the_last_edition_are_those_to_keep(ledger: Ledger) -> None:
    for edition in (1, 2):
        judge(ledger, ledger.receive("a.xlsx", str(edition) * 64, 1, NOON).id, edition)
    record = ledger.account("C-1")
    assert record is not None
    assert (record.account, record.file, record.edition, record.documents) == (CONTOSO, "a.xlsx", 2, (document(2),))
    assert ledger.owners() == {"C-1": "a.xlsx"}
    assert ledger.account("C-2") is None


def test_a_judgement_without_edition_leaves_the_last_one(ledger: Ledger) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    judge(ledger, ledger.receive("a.xlsx", "2" * 64, 1, NOON).id)
    record = ledger.account("C-1")
    assert record is not None
    assert (record.edition, record.documents) == (1, (document(1),))


def test_an_edition_number_is_given_once(ledger: Ledger) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    with pytest.raises(Exception, match=r"(?i)unique constraint"):
        judge(ledger, ledger.receive("a.xlsx", "2" * 64, 1, NOON).id, 1)
    record = ledger.account("C-1")
    assert record is not None
    assert record.status is Status.FINAL


def test_what_was_decided_is_pending_until_it_is_finished(ledger: Ledger) -> None:
    submission = ledger.receive("a.xlsx", "1" * 64, 1, NOON)
    number = judge(ledger, submission.id, 1)
    assert [(found.id, found.folder, found.state) for found in ledger.pending()] == [(number, "C-1", "pending")]
    assert ledger.latest_submissions()["a.xlsx"].state == "judged"
    ledger.finish(number, {"manifest": None}, Status.WAITING)
    assert ledger.pending() == ()
    assert ledger.latest_submissions()["a.xlsx"].state == "published"
    record = ledger.account("C-1")
    assert record is not None
    assert record.status is Status.WAITING


def test_a_newer_decision_replaces_one_that_waits(ledger: Ledger) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    newer = judge(ledger, ledger.receive("a.xlsx", "2" * 64, 1, NOON).id, 2)
    assert [found.id for found in ledger.pending()] == [newer]


def test_it_knows_what_it_wrote_into_a_folder(ledger: Ledger) -> None:
    for edition in (1, 2):
        judge(ledger, ledger.receive("a.xlsx", str(edition) * 64, 1, NOON).id, edition)
    assert ledger.written("C-1") == {"1" * 64, "2" * 64}
    assert ledger.written("C-2") == set()


def test_a_measure_is_explained_down_to_its_inputs(ledger: Ledger, address: str) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    with Queries(address) as queries:
        chain = queries.chain("C-1", "share")
    assert list(chain) == ["share", "total"]
    assert chain["share"].rows[0]["series"] == {"value": {"value": None, "reason": "no_data", "text": "n.a."}}
    assert chain["total"].rows[0] == {
        "keys": [],
        "series": {"value": {"value": "1234.50", "text": "1.235\N{NO-BREAK SPACE}€"}},
        "sources": ["Sheet!G5:G6"],
    }


def test_an_unknown_measure_is_answered_with_near_ones(ledger: Ledger, address: str) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    with Queries(address) as queries, pytest.raises(UsageError, match="Did you mean total"):
        queries.chain("C-1", "totals")


def test_an_account_is_found_by_id_or_by_the_beginning_of_its_name(ledger: Ledger, address: str) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, 1)
    with Queries(address) as queries:
        assert {queries.account_id(name) for name in ("C-1", "c-1", "Cont", "contoso")} == {"C-1"}
        with pytest.raises(UsageError, match=r"no account 'Fabrikam'\. Accounts are C-1 \(Contoso\)\."):
            queries.account_id("Fabrikam")


def test_details_of_overtaken_submissions_are_not_kept(ledger: Ledger, address: str) -> None:
    for number in (1, 2, 3):
        judge(ledger, ledger.receive("a.xlsx", str(number) * 64, 1, NOON).id, 1 if number == 1 else None)
    with connected(address) as connection:
        rows = connection.execute(text("SELECT DISTINCT submission_id FROM measures ORDER BY 1")).scalars().all()
    assert rows == [1, 3]


def test_nothing_is_known_where_there_is_no_ledger_yet(tmp_path: Path) -> None:
    missing = tmp_path / "ledger.sqlite"
    with Queries(f"sqlite:///{missing}") as queries:
        assert queries.folders() == ()
    assert not missing.exists()
