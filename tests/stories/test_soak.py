"""The administrator starts it and forgets it: a watcher takes no more memory after many saves than after some."""

from pathlib import Path

import pytest

from tests.support.soaking import Plan, cheap_soak

SHORT = Plan(accounts=50, saves=150, first=50, at_once=50)


@pytest.mark.slow
def test_a_watcher_does_not_grow_with_what_is_saved(tmp_path: Path) -> None:
    soak = cheap_soak(tmp_path, SHORT)
    soak.run(lambda _: None)
    assert soak.faults() == []
    assert soak.progress.saves == SHORT.saves


def test_a_soak_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    cheap_soak(tmp_path, Plan(accounts=3, saves=6, first=3, at_once=3)).run(lambda _: None)
    again = cheap_soak(tmp_path, Plan(accounts=3, saves=9, first=3, at_once=3))
    assert again.progress.saves == 6
    again.run(lambda _: None)
    assert (again.progress.saves, again.progress.starts) == (9, 2)
