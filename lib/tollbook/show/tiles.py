"""The strip of large figures at a page's top: each over the whole span, against the span before, and its course."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

import polars as pl
import traitlets

from tollbook.language import tr, trn
from tollbook.metrics import Metric
from tollbook.show import channels
from tollbook.show.figures import Figures, said
from tollbook.show.widget import View
from tollbook.show.words import NOTHING, Number, change_of, exact, figure, of, shortly, signed

MOST_POINTS: Final = 48
"""Of a course that is as wide as a thumb."""

Tile = dict[str, Any]


class Tiles(View):
    """The strip. A tile has name, label, meaning, value, more (behind the value), parts, change and course."""

    module_file: ClassVar[str] = "tiles.js"
    tiles = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, figures: Figures, wanted: Sequence[Metric], until_now: Figures | None = None) -> None:
        words = {
            "tiles": tr("The whole span"),
            "before": tr("against the same span before"),
            "better": tr("better"),
            "worse": tr("worse"),
        }
        super().__init__(words=words)
        self._wanted = wanted
        self.show(figures, until_now)

    def show(self, figures: Figures, until_now: Figures | None = None) -> None:
        """The figures of another span, or of others; those of calls in progress are `until_now`'s."""
        self.tiles = list(tiles_of(figures, self._wanted, until_now))


def tiles_of(figures: Figures, wanted: Sequence[Metric], until_now: Figures | None = None) -> Iterator[Tile]:
    """A tile for each of the metrics; calls in progress are `until_now`'s, where it is given."""
    plain = [metric for metric in wanted if not metric.is_in_progress and not metric.is_money]
    now, before = (next(each.whole(plain).iter_rows(named=True), {}) for each in (figures, figures.before))
    courses = figures.course([metric for metric in wanted if not metric.is_in_progress], MOST_POINTS)
    for metric in wanted:
        if metric.is_in_progress:
            yield _in_progress(until_now or figures, metric)
        elif metric.is_money:
            yield _money(figures, metric) | {"course": _course(courses[metric.name])}
        else:
            values = now[metric.name], before[metric.name]
            parts = of(now[f"{metric.name}_numerator"], now[f"{metric.name}_denominator"]).strip(" ()")
            yield {
                **_tile(metric, figure(metric, now[metric.name]), parts),
                "change": change(figures, metric, *values),
                "course": _course(courses[metric.name]),
            }


def _tile(metric: Metric, value: str, parts: str = "", more: str = "") -> Tile:
    return {
        "name": metric.name,
        "label": tr(metric.label),
        "meaning": tr(metric.meaning),
        "value": value,
        "parts": parts,
        "more": more,
    }


def _money(figures: Figures, metric: Metric) -> Tile:
    """The amount in the currency of most calls; amounts in others stand behind it and are never added."""
    now, before = (_amounts(each, metric) for each in (figures, figures.before))
    main = figures.currency
    others = [f"{exact(value)} {code}" for code, value in now.items() if code not in {main, None}]
    more = trn("{count} more currency", "{count} more currencies", len(others)).format(count=len(others))
    tile = _tile(metric, said(metric, now.get(main), main), "", more if others else "")
    digits = ", ".join([f"{exact(now[main])} {main}", *others]) if main in now else ""
    return {**tile, "exact": digits, "change": change(figures, metric, now.get(main), before.get(main))}


def _amounts(figures: Figures, metric: Metric) -> dict[str | None, Decimal]:
    rows = figures.whole([metric]).select("currency", metric.name).iter_rows()
    return {code: value for code, value in rows if value is not None}


def _in_progress(figures: Figures, metric: Metric) -> Tile:
    if figures.asked.destinations is not None:
        why = tr("They are not counted by destination.")
        return {**_tile(metric, NOTHING, why), "change": change(figures, metric, None, None), "course": []}
    points = figures.channels("total")
    most, at = most_of(figures)
    at = at.astimezone(figures.span.zone)
    parts = tr("most, {when}").format(when=shortly(at)) if most else ""
    earlier = max(figures.before.steps()["channels"].to_list())
    return {
        **_tile(metric, figure(metric, most), parts),
        "change": change(figures, metric, most, earlier),
        "course": _highest(points["value"]),
        **({"now": now} if (now := channels.now(figures)) else {}),
    }


def most_of(figures: Figures) -> tuple[int, datetime]:
    """The most calls in progress at a minute's start, and at which first."""
    steps = figures.steps()
    step = steps.row(steps["channels"].arg_max() or 0, named=True)
    until = min(step["at"] + timedelta(minutes=figures.step_min), figures.span.end)
    minutes = figures.between(step["at"], until).in_progress((), step=1)
    first = minutes.row(minutes["channels"].arg_max() or 0, named=True)
    return first["channels"], first["at"]


def change(figures: Figures, metric: Metric, now: Number | None, before: Number | None) -> dict[str, str]:
    """`text` of how much more it is than before (– where nothing is known), `was`, and `good`: yes, no or empty."""
    first = figures.lake.first
    if first is None or first > figures.before.span.start:
        return {"text": NOTHING, "was": tr("There are no figures of the whole span before."), "good": ""}
    currency = figures.currency if metric.is_money else None
    was = tr("{value} in the span before").format(value=said(metric, before, currency))
    if now is None or before is None or (before == 0 and not _is_own_unit(metric)):
        return {"text": NOTHING, "was": was, "good": ""}
    text = _difference(metric, now, before)
    better = metric.better if any(digit in "123456789" for digit in text) else None
    good = "" if better is None else "yes" if (now > before) == (better == "higher") else "no"
    return {"text": text, "was": was, "good": good, "up": "yes" if now > before else ""}


def _is_own_unit(metric: Metric) -> bool:
    """Whether its change is told in its own unit: ratios and averages, whose percents of percents confuse."""
    return metric.of_calls.denominator is not None


def _difference(metric: Metric, now: Number, before: Number) -> str:
    if not _is_own_unit(metric):
        return change_of(now, before)
    difference = (Decimal(str(now)) - Decimal(str(before))) * metric.scale
    if metric.unit == "%":
        return tr("{change} pts").format(change=signed(difference, 1))
    return f"{signed(difference, 1)} {metric.unit}"


def _course(values: pl.Series) -> list[float | None]:
    return values.cast(pl.Float64).round_sig_figs(4).to_list()


def _highest(values: pl.Series) -> list[float | None]:
    each = -(-len(values) // MOST_POINTS)
    frame = pl.DataFrame({"value": values}).group_by(pl.int_range(pl.len()) // each, maintain_order=True)
    return frame.agg(pl.col("value").max())["value"].to_list()
