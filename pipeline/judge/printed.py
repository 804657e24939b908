"""Measures and variances as templates see them: values that print by their unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.definitions.rule_set import MeasureDefinition, VarianceDefinition
from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.formats import Formatter
from pipeline.judge.materiality import settings_for
from pipeline.judge.measures import VALUE
from pipeline.judge.rows import Rows
from pipeline.model import Measure, MeasureRow, Quantity, Scalar, Variance, VarianceRow, ranges
from pipeline.wording import Value, ViewList, ViewRow

DimensionFields = Mapping[str, FieldDefinition | None]
"""The field that each dimension of a measure is taken from, by name."""


def printed_quantity(quantity: Quantity, unit: str, formatter: Formatter, label: str = "") -> Value:
    """Return a computed number that prints by its unit, `n.a.` where there is none."""
    return Value(quantity.value, unit, formatter, reason=quantity.reason, label=label)


def printed_measure(
    measure: Measure, definition: MeasureDefinition | None, rows: Rows, formatter: Formatter, fields: DimensionFields
) -> Value | ViewRow | ViewList:
    """Return a measure: one value, a row of its series, or along dimensions a list of rows found by their keys."""
    text = (definition.short_label if definition else None) or measure.label
    label = text.to(formatter.language)
    if measure.by:
        found = [ViewRow(_row_names(measure, row, rows, formatter, fields)) for row in measure.rows]
        return ViewList(found, [_key(row.keys) for row in measure.rows])
    series = {name: printed_quantity(item, measure.unit, formatter, label)
              for name, item in measure.rows[0].series.items()}  # fmt: skip
    return series[VALUE] if list(series) == [VALUE] else ViewRow(series)


def _row_names(
    measure: Measure, row: MeasureRow, rows: Rows, formatter: Formatter, fields: DimensionFields
) -> dict[str, object]:
    dimensions = {name: rows.dimension(fields.get(name), key) for name, key in zip(measure.by, row.keys, strict=True)}
    series = {name: printed_quantity(item, measure.unit, formatter) for name, item in row.series.items()}
    return {**dimensions, **series}


def _key(keys: tuple[Scalar, ...]) -> object:
    return keys[0] if len(keys) == 1 else keys


def printed_variance(
    variance: Variance, unit: str, rows: Rows, formatter: Formatter, fields: DimensionFields
) -> ViewList:
    """Return the lines of a variance; a subtotal's further dimensions are empty, `level` counts those given."""
    return ViewList(ViewRow(_line_names(variance, row, unit, rows, formatter, fields)) for row in variance.rows)


def _line_names(
    variance: Variance, row: VarianceRow, unit: str, rows: Rows, formatter: Formatter, fields: DimensionFields
) -> dict[str, object]:
    dimensions = {name: rows.dimension(fields.get(name), row.dimensions.get(name)) for name in variance.by}
    amounts = {name: getattr(row, name) for name in ("actual", "against", "absolute")}
    texts = {name: getattr(row, name) for name in ("span", "reference", "nature", "impact", "commentary", "note")}
    return {
        **dimensions,
        **{name: printed_quantity(amount, unit, formatter) for name, amount in amounts.items()},
        **{name: Value(text, "text", formatter) for name, text in texts.items()},
        "percent": printed_quantity(row.percent, "percent", formatter),
        "material": Value(row.material, "yes_no", formatter),
        "level": len(row.dimensions),
        "sources": Value(", ".join(ranges(row.sources)), "text", formatter),
    }


def printed_thresholds(definition: VarianceDefinition, currency: str | None, formatter: Formatter) -> ViewRow:
    """Return from when on a difference is material, by span: `absolute` and `percent` (empty without), and `mode`."""
    return ViewRow({span: _thresholds(definition, span, currency, formatter) for span in definition.spans})


def _thresholds(definition: VarianceDefinition, span: str, currency: str | None, formatter: Formatter) -> ViewRow:
    settings = settings_for(definition.material, span)
    share = None if settings.percent is None else settings.percent / 100
    return ViewRow(
        {
            "absolute": Value(settings.absolute.get(currency or ""), definition.unit, formatter),
            "percent": Value(share, "percent", formatter),
            "mode": settings.mode,
        }
    )


class LazyNames(Mapping[str, object]):
    """Names whose values are made when first asked for."""

    def __init__(self, makers: Mapping[str, object]) -> None:
        """Take a function without arguments for each name."""
        self._makers = makers
        self._made = cache(self._make)

    def _make(self, name: str) -> object:
        maker = self._makers[name]
        return maker() if callable(maker) else maker

    def __getitem__(self, name: str) -> object:
        return self._made(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
