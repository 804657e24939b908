"""Writes docs/measures.md, the reference of measures for finance, from the rules and a sentence for each measure."""
