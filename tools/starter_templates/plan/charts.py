"""The plan's sample charts, in the notation of the deck."""

from __future__ import annotations

from tools.starter_templates.deck.charts import ACTUAL, FORECAST, INVISIBLE, PLAN, Chart, Plot, Series

_SMALL = 8
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLAN = (80, 82, 84, 86, 88, 90, 88, 86, 90, 92, 94, 96)
_PREVIOUS = (74, 76, 77, 79, 80, 82, 81, 80, 83, 85, 86, 88)
_ACTUAL = (78, 83, 82, 88, 90, 87, 89, 84, 92, 94, None, None)
_FORECAST = (*(None,) * 10, 95, 97)


def months_chart() -> Chart:
    """Return actual and forecast against plan and previous year by month."""
    return Chart(
        _MONTHS,
        (
            Plot(
                "column",
                (
                    Series("PL", _PLAN, PLAN),
                    Series("AC", _ACTUAL, ACTUAL, label="inBase", label_ink="background", label_size=_SMALL),
                    Series("FC", _FORECAST, FORECAST, label="inBase", label_fill="background", label_size=_SMALL),
                ),
                gap=45,
                overlap=70,
            ),
            Plot("line", (Series("PY", _PREVIOUS, INVISIBLE, marker="triangle", label_ink="previous"),)),
        ),
        lowest=0,
        room=(0.005, 0.1, 0.99, 0.8),
        size=9,
        title="{{ figure.unit }}",
    )
