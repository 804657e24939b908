"""The invented accounts in inbox/, made from the blank workbook by `python -m tools.samples`."""
