"""Which workbook speaks for an account."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.ownership import Ownership, decide


def codes(ownership: Ownership) -> dict[str, list[str]]:
    return {file: [finding.id for finding in told] for file, told in ownership.findings.items()}


def test_one_workbook_speaks_for_its_account() -> None:
    decided = decide({"a.xlsx": "C-1", "b.xlsx": "C-2"}, {}, ["a.xlsx", "b.xlsx"])
    assert (decided.owners, decided.findings) == ({"C-1": "a.xlsx", "C-2": "b.xlsx"}, {})


def test_of_several_new_ones_none_does() -> None:
    decided = decide({"a.xlsx": "C-1", "b.xlsx": "C-1"}, {}, ["a.xlsx", "b.xlsx"])
    assert decided.owners == {}
    assert codes(decided) == {"a.xlsx": ["file-claims-new-account"], "b.xlsx": ["file-claims-new-account"]}


def test_the_one_in_the_ledger_keeps_it_and_both_are_told() -> None:
    decided = decide({"a.xlsx": "C-1", "b.xlsx": "C-1"}, {"C-1": "b.xlsx"}, ["a.xlsx", "b.xlsx"])
    assert decided.owners == {"C-1": "b.xlsx"}
    assert codes(decided) == {"a.xlsx": ["file-claimed-twice"], "b.xlsx": ["file-shares-account"]}


def test_one_in_the_ledger_that_was_not_asked_keeps_it_too() -> None:
    decided = decide({"a.xlsx": "C-1"}, {"C-1": "b.xlsx"}, ["a.xlsx", "b.xlsx"])
    assert (decided.owners, codes(decided)["a.xlsx"]) == ({"C-1": "b.xlsx"}, ["file-claimed-twice"])


def test_a_renamed_workbook_takes_its_account_along() -> None:
    decided = decide({"new.xlsx": "C-1"}, {"C-1": "old.xlsx"}, ["new.xlsx"])
    assert (decided.owners, decided.findings) == ({"C-1": "new.xlsx"}, {})


def test_one_that_carries_another_id_now_gives_its_account_up() -> None:
    decided = decide({"a.xlsx": "C-2", "b.xlsx": "C-1"}, {"C-1": "a.xlsx"}, ["a.xlsx", "b.xlsx"])
    assert (decided.owners, decided.findings) == ({"C-2": "a.xlsx", "C-1": "b.xlsx"}, {})


FILES, IDS = st.sampled_from("abcdef"), st.sampled_from(["C-1", "C-2", "C-3"])


@given(st.dictionaries(FILES, IDS), st.dictionaries(IDS, FILES), st.sets(FILES))
def test_an_account_has_at_most_one_file_and_nobody_loses_without_being_told(
    claimed: dict[str, str], known: dict[str, str], others: set[str]
) -> None:
    decided = decide(claimed, known, {*claimed, *others})
    for file, account_id in claimed.items():
        owner = decided.owners.get(account_id)
        assert owner == file or decided.findings[file]
    assert set(decided.owners) <= set(claimed.values())
