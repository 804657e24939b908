"""planpress: one saved workbook per key account becomes a deck, a plan, a customer's PDF and a variance report."""
