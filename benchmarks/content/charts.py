"""A native chart as plain data."""

from __future__ import annotations

from typing import Any

from pptx.chart.chart import Chart


def chart_content(chart: Chart) -> dict[str, Any]:
    """Return the categories, name and values of every series, and python-pptx's name of the (first) plot's kind."""
    plots = list(chart.plots)
    return {
        "kind": chart.chart_type.name,
        "categories": [str(category) for category in plots[0].categories],
        "series": [{"name": series.name, "values": list(series.values)} for plot in plots for series in plot.series],
    }
