"""What rows held: one line for each state of a row, and each edition can be read back."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model import PastEdition, RowState
from pipeline.row_states import states_in
from pipeline.store.ledger import Ledger
from tests.store.test_ledger import NOON, judge

TODAY = NOON.date()


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with Ledger(address) as opened:
        yield opened


def state(key: str, **values: str | bool | list[str]) -> RowState:
    return RowState("ships", (key,), values)


def publish(ledger: Ledger, *contents: tuple[RowState, ...] | None) -> None:
    for edition, states in enumerate(contents, start=1):
        judge(ledger, ledger.receive("a.xlsx", f"{edition:064}", 1, NOON).id, edition, states=states, last_closed=TODAY)


def test_a_row_is_written_down_when_it_changes(ledger: Ledger) -> None:
    anna, other = state("Ä1", crew="12", shared=False, fleet=["S1", "S2"]), state("Ä1", crew="13")
    publish(ledger, (anna, state("S2")), (anna,), (other,))
    editions, versions = ledger.past("C-1")
    assert editions == tuple(PastEdition(number, TODAY, TODAY) for number in (1, 2, 3))
    assert [(item.state, item.first_edition, item.last_edition) for item in versions] == [
        (anna, 1, 2), (state("S2"), 1, 1), (other, 3, None),
    ]  # fmt: skip


def test_an_account_without_editions_has_no_past(ledger: Ledger) -> None:
    judge(ledger, ledger.receive("a.xlsx", "1" * 64, 1, NOON).id, states=(state("S1"),))
    assert ledger.past("C-1") == ledger.past("C-2") == ((), ())


def test_editions_without_known_content_are_no_past(ledger: Ledger) -> None:
    publish(ledger, None, (state("S1"),), None)
    editions, versions = ledger.past("C-1")
    assert [edition.number for edition in editions] == [2, 3]
    assert [list(states_in(versions, number)) for number in (2, 3)] == [[state("S1")], [state("S1")]]


CONTENTS = st.lists(
    st.dictionaries(st.sampled_from(["S1", "S2", "S3"]), st.sampled_from(["1", "2"]), max_size=3),
    min_size=1,
    max_size=6,
)


@given(CONTENTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_every_edition_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, contents: list[dict[str, str]]
) -> None:
    expected = [[state(key, crew=value) for key, value in content.items()] for content in contents]
    with Ledger(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}") as ledger:
        publish(ledger, *map(tuple, expected))
        _, versions = ledger.past("C-1")
    for number, states in enumerate(expected, start=1):
        assert sorted(map(repr, states_in(versions, number))) == sorted(map(repr, states))
    assert len(versions) <= sum(map(len, expected))
