"""The Word plan's starter template."""
