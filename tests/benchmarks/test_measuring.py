"""Measuring works: turns, medians, tables, the parts of a build. How long anything takes is never asserted."""

from pathlib import Path

import pytest

from benchmarks import throughput
from benchmarks.comparisons import Comparison
from benchmarks.table import RESULTS, marks, results, write_results
from benchmarks.throughput import Throughput
from benchmarks.timing import Timing, in_turn, median
from benchmarks.whole_build import REST, WholeBuild
from tests.support.repository import ROOT

BUILD = WholeBuild({"judge": 0.9, "deck": 0.3, REST: 0.1}, Timing(2.0, 1.3), 321.6)


def test_works_are_done_in_turn_after_a_warm_up_of_each() -> None:
    done: list[str] = []
    timings = in_turn([lambda: done.append("A"), lambda: done.append("B")], rounds=3)
    assert "".join(done) == "AB" + "AB" * 3
    assert len(timings) == 2


def test_the_median_is_taken_of_each_kind_of_time() -> None:
    assert median([Timing(1, 9), Timing(5, 2), Timing(3, 4)]) == Timing(3, 4)


def test_a_comparison_beyond_its_limit_says_so() -> None:
    kept = Comparison("Deck", "python-pptx by hand", 1.3, Timing(2, 1.3), Timing(1, 1.0))
    missed = Comparison("Plan", "python-docx by hand", 1.3, Timing(2, 1.4), Timing(1, 1.0))
    lines = results([kept, missed], BUILD, "Contoso.xlsx").splitlines()
    assert lines[2].split("|")[-2].strip() == "yes"
    assert lines[3].split("|")[-2].strip() == "**no**"
    assert "1.40 ×" in lines[3]


def test_the_largest_part_of_a_build_is_named_and_comes_first() -> None:
    text = results([], BUILD, "Contoso.xlsx")
    assert "the largest part is judge" in text
    assert text.index("| judge") < text.index("| deck") < text.index("| **whole build**")
    assert "322 MB, at most 500 MB: kept." in text


def test_results_replace_what_stands_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    (begin, end), (other, other_end) = marks(RESULTS), marks(throughput.SECTION)
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n{other}\n{other_end}\n", encoding="utf-8")
    write_results(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{begin}\nnew\n{end}\nafter\n{other}\n{other_end}\n"


@pytest.mark.parametrize("section", [RESULTS, throughput.SECTION])
def test_the_page_has_the_marks_once(section: str) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    begin, end = marks(section)
    assert text.count(begin) == text.count(end) == 1
    assert text.index(begin) < text.index(end)


def test_the_throughput_of_workers_is_that_of_the_median_round() -> None:
    measured = Throughput([40, 40, 40], workers=[10, 10, 20], bare=[9, 8, 10])
    assert measured.ratio == 0.8
    assert "The workers reach 80% of the bare processes' throughput" in measured.text()
    assert "at least 85%: **not kept**." in measured.text()
    assert "at least 85%: kept." in Throughput([40], workers=[10], bare=[9]).text()
