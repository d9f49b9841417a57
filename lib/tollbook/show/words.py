"""Figures as people read them."""

from decimal import Decimal
from typing import Final

from tollbook.metrics import Metric

NOTHING: Final = "–"
Number = int | float | Decimal


def figure(metric: Metric, value: Number | None) -> str:
    """A metric's value with its unit: `46.36 %`, `70.6 s`, `1,010`; a dash where there is none."""
    if value is None:
        return NOTHING
    if metric.is_money and metric.unit == "money":
        return f"{value:,f}"
    places = {"%": 2, "s": 1, "ms": 0, "min": 1, "": 0}.get(metric.unit, 2)
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{value * metric.scale:,.{places}f}{unit}"


def of(numerator: Number | None, denominator: Number | None) -> str:
    """`  (409 / 1010)` behind a ratio; nothing behind a sum."""
    if numerator is None or denominator is None:
        return ""
    return f"  ({_count(numerator)} / {_count(denominator)})"


def _count(number: Number) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".") if isinstance(number, float) else f"{number}"
