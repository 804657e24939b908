"""Figures shared by all renderers: their data, taken from what a view may see."""
