"""The plan's Word template: what is bad news stays in it, and colours follow impact."""

import re

from docx import Document

from tests.support.repository import ROOT

PLAN = ROOT / "output_templates" / "account_plan" / "plan.docx"
ROWS = [[cell.text for cell in row.cells] for table in Document(str(PLAN)).tables for row in table.rows]


def test_a_row_is_left_out_for_want_of_a_value_and_not_for_a_value_of_0() -> None:
    """0 % of decision makers covered is what a reader must see first."""
    conditions = [row[0] for row in ROWS if row[0].startswith("{%tr if")]
    assert any("decision_maker_coverage" in condition for condition in conditions)
    assert not [condition for condition in conditions if not condition.endswith(".value is not none %}")]


def test_differences_by_line_take_the_colour_of_their_impact_so_that_neutral_lines_have_none() -> None:
    cells = [cell for row in ROWS for cell in row if re.search(r"\bv\.absolute\b", cell)]
    assert cells
    assert all("rag(v.impact)" in cell and "| impact" not in cell for cell in cells)
