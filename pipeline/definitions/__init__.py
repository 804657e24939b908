"""Typed YAML: workbook templates, rule sets, output sets and brands, every mistake with file and line."""
