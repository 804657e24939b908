"""planpress: one saved workbook per key account becomes a deck, a plan, a customer's PDF and a variance report."""

__version__ = "0.1.0"
