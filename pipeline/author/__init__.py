"""Writing workbooks for people: blank ones to fill in, and annotated copies of filled ones."""

from __future__ import annotations

from pipeline.author.blank import blank_workbook
from pipeline.author.copies import annotated_copy

__all__ = ["annotated_copy", "blank_workbook"]
