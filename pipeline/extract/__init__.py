"""From the bytes of a saved file to typed values that remember their cell.

The way of a file: `guard` (may it be opened?) -> `grid` (cells of each sheet) -> `mark` and `sheets` (which template,
which sheet is which) -> `forms` and `tables` (cells of fields) -> `values` (typed values or flaws) -> `workbook`.
"""

from pipeline.extract.content import content_key
from pipeline.extract.workbook import extract

__all__ = ["content_key", "extract"]
