"""The graphs that a dashboard can show: what each is called, what its lines may be of, and how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

import polars as pl

from tollbook import metrics
from tollbook.language import later, tr
from tollbook.metrics import Metric, compute
from tollbook.show import channels, charts, codes, delays, limits
from tollbook.show.drawing import Drawing
from tollbook.show.figures import Figures
from tollbook.show.lineup import NOT_TOLD
from tollbook.show.reading import Reading
from tollbook.show.span import Span
from tollbook.show.words import figure, number
from tollbook.values import LINES_OF

MOST_BARS: Final = 16
_PARTS: Final = {
    "asr": (later("Answers"), later("Attempts")),
    "acd": (later("Talk (s)"), later("Answers")),
    "dtmf": (later("Answers with digits"), later("Answers whose digits are told")),
    "cps": (later("Attempts"), later("Length (s)")),
    "short_calls": (later("Short answers"), later("Answers")),
}
"""What ratios are made of."""
_HOUR_MIN: Final = 60


@dataclass(frozen=True)
class Asking:
    """What is to be drawn: the figures, what lines are of, whether the span before is drawn too, what was agreed."""

    figures: Figures
    by: str
    compared: bool = False
    agreed: limits.Limits | None = None


@dataclass(frozen=True)
class Plan:
    """One graph. `draw` makes it; `bys` are what its lines may be of, none where they are of its own, `own_by`.

    `every` says how finely it is drawn: by pieces of time, by steps of calls in progress, or not over time. `nothing`
    and `hint` are what a reader is told where it has nothing to draw, if not that there are no calls.
    """

    name: str
    title: str
    note: str
    draw: Callable[[Asking], Drawing]
    bys: tuple[str, ...] = LINES_OF
    own_by: str = ""
    every: Literal["piece", "step", ""] = "piece"
    metric: Metric | None = None
    needs_limits: bool = False
    nothing: str = ""
    hint: str = ""

    @property
    def is_in_progress(self) -> bool:
        """Whether it is of calls in progress, of which no destination is known."""
        return self.metric is metrics.CHANNELS

    def by(self, wanted: str) -> str:
        """What its lines are of where the page wants this: the first that it knows, where it does not know that."""
        return self.own_by or (wanted if wanted in self.bys else self.bys[0])

    def explained(self, asking: Asking) -> str:
        """A line below the title: what is shown, of whom, and how finely."""
        told = channels.told(asking.figures) if self.is_in_progress else ""
        parts = (_sentence(tr(self.note)), self._counted(asking), self._finely(asking), told)
        return " ".join(part for part in parts if part)

    def _counted(self, asking: Asking) -> str:
        figures, metric = asking.figures, self.metric
        if metric is None:
            return ""
        if metric.unit == "money" and len(figures.currencies) > 1:
            main, *others = figures.currencies
            return tr("In {currency}; amounts in {others} are not drawn.").format(
                currency=main, others=", ".join(others)
            )
        if (
            asking.by == "carrier"
            and figures.asked.destinations is not None
            and not figures.lake.scope.sees_cost
        ):
            return tr("The destinations of a carrier's seizures are not told.")
        if figures.asked.carriers is not None and metric.of_carrier is not None:
            return tr("Carriers are picked, so seizures count in place of calls.")
        return ""

    def _finely(self, asking: Asking) -> str:
        if self.every == "step":
            minutes = asking.figures.step_min
            if minutes % _HOUR_MIN == 0:
                return tr("A step every {count} h.").format(count=number(minutes // _HOUR_MIN))
            return tr("A step every {count} min.").format(count=number(minutes))
        if self.every == "piece":
            figures = asking.figures
            return _PIECES[figures.cut(asking.by) if asking.by in LINES_OF else codes.cut(figures)]()
        return ""


_PIECES: Final[Mapping[str, Callable[[], str]]] = {
    "quarter": lambda: tr("A point every 15 minutes."),
    "hour": lambda: tr("A point every hour."),
    "day": lambda: tr("A point every day."),
    "week": lambda: tr("A point every week."),
    "month": lambda: tr("A point every month."),
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def by_names() -> Mapping[str, str]:
    """What lines are of, in words."""
    return {
        "total": tr("Total"),
        "carrier": tr("Carrier"),
        "customer": tr("Customer"),
        "destination": tr("Destination"),
    }


def _lines_of(metric: Metric, asking: Asking) -> Drawing:
    figures, by = asking.figures, asking.by
    before = figures.moved(figures.before.lines(metric, by), by) if asking.compared else None
    unit = (figures.currency or "") if metric.unit == "money" else metric.unit
    return replace(_lines(asking, figures.lines(metric, by), before, unit), parts=_parts_of(metric, asking))


def _parts_of(metric: Metric, asking: Asking) -> tuple[str, str] | None:
    """What a ratio is made of, in words: of a carrier, its seizures."""
    if metric.name not in _PARTS:
        return None
    top, bottom = _PARTS[metric.name]
    if bottom == "Attempts" and asking.figures.asked.carriers is not None:
        bottom = "Seizures"
    elif bottom == "Attempts" and asking.by == "carrier":
        bottom = later("Attempts, of carriers seizures")
    return tr(top), tr(bottom)


def _channels(asking: Asking) -> Drawing:
    figures, by = asking.figures, asking.by
    points, before = figures.channels(by), None
    if asking.compared:
        length = figures.span.end - figures.span.start
        before = figures.before.channels(by).with_columns(pl.col("at") + length)
    return _lines(asking, points, before, "", step=True)


def _delay(share: float, asking: Asking) -> Drawing:
    figures, by = asking.figures, asking.by
    before = figures.moved(delays.points(figures.before, share, by), by) if asking.compared else None
    return _lines(asking, delays.points(figures, share, by), before, "s")


def _lines(
    asking: Asking, points: pl.DataFrame, before: pl.DataFrame | None, unit: str, *, step: bool = False
) -> Drawing:
    return charts.lines(
        points,
        asking.figures.span,
        unit=unit,
        note=asking.figures.span.words,
        labels=asking.figures.lineup.labels(asking.by),
        before=before,
        label=by_names()[asking.by],
        step=step,
        known=asking.figures.lake.offered.get(asking.by, ()),
    )


def _codes(asking: Asking) -> Drawing:
    figures = asking.figures
    rows, said = codes.rows(figures).head(MOST_BARS), codes.labels(figures)
    before = codes.rows(figures.before) if asking.compared else None
    drawing = charts.bars(
        rows, unit="", note=figures.span.words, labels=said, before=before, label=tr("SIP code")
    )
    return replace(drawing, parts=_parts_of_codes(figures))


def _code_shares(asking: Asking) -> Drawing:
    figures = asking.figures
    points, said = codes.shares(figures), codes.labels(figures)
    drawing = charts.stacked(
        points,
        figures.span,
        unit="%",
        note=figures.span.words,
        labels=said,
        label=tr("SIP code"),
        known=codes.USUAL,
    )
    return replace(drawing, parts=_parts_of_codes(figures))


def _parts_of_codes(figures: Figures) -> tuple[str, str]:
    if codes.counted(figures) == "attempts":
        return tr("Calls"), tr("All calls")
    return tr("Seizures"), tr("All seizures")


def _destinations(asking: Asking) -> Drawing:
    shown, span = _talked(asking.figures, asking.figures.span).head(MOST_BARS), asking.figures.span
    before = _talked(asking.figures, span.before) if asking.compared else None
    said = asking.figures.lineup.labels("destination")
    return charts.bars(
        shown, unit="min", note=span.words, labels=said, before=before, label=tr("Destination")
    )


def _talked(figures: Figures, span: Span) -> pl.DataFrame:
    """Destinations as bars, those with most minutes first."""
    told = (metrics.MINUTES, metrics.ASR, metrics.ACD)
    asked = figures.asked.all()
    every = compute(figures.lake, told, ("destination",), span.start, span.end, span.zone.key, **asked)
    if not figures.lake.scope.sees_cost:
        every = every.filter(pl.col("asr_denominator") > 0)  # seizures alone, whose destination is not told
    rows = every.sort(-pl.col("minutes"), "destination", nulls_last=True)
    words = [
        ", ".join(_said(metric, row[metric.name]) for metric in told) for row in rows.iter_rows(named=True)
    ]
    return rows.select(
        series=pl.col("destination").fill_null(NOT_TOLD),
        value="minutes",
        words=pl.Series(words, dtype=pl.String),
    )


def _said(metric: Metric, value: float | None) -> str:
    label = "" if metric is metrics.MINUTES else f"{tr(metric.label)} "
    return f"{label}{figure(metric, value)}"


def _breaches(asking: Asking) -> Drawing:
    rows = limits.breaches(asking.figures, asking.agreed or {}, asking.by)
    return charts.bars(rows, unit="min", note=asking.figures.span.words, label=by_names()[asking.by])


def _against(asking: Asking) -> Drawing:
    span = asking.figures.span
    points, agreed = limits.against(asking.figures, asking.agreed or {}, asking.by)
    label = by_names()[asking.by]
    known = asking.figures.lake.offered[asking.by]
    return charts.lines(
        points, span, unit="", note=span.words, limits=agreed, label=label, step=True, known=known
    )


def _of(metric: Metric, title: str = "") -> Plan:
    return Plan(metric.name, title or metric.label, metric.meaning, partial(_lines_of, metric), metric=metric)


_LIMITED: Final = ("customer", "carrier")
_ALL: Final = (
    Plan(
        "channels",
        later("Live Channels"),
        later("Calls in progress, first INVITE to release: the most at a minute's start."),
        _channels,
        ("total", "carrier", "customer"),
        every="step",
        metric=metrics.CHANNELS,
    ),
    _of(metrics.ASR),
    _of(metrics.ACD),
    _of(metrics.DTMF, later("DTMF %")),
    _of(metrics.ATTEMPTS),
    _of(metrics.CPS),
    Plan(
        "codes",
        later("SIP codes"),
        later("Calls by the final SIP code that their customer saw; of picked carriers, their seizures."),
        _codes,
        (),
        "code",
        every="",
    ),
    Plan(
        "code_shares",
        later("Shares of SIP codes"),
        later("Each final code's share of all calls; of picked carriers, of their seizures."),
        _code_shares,
        (),
        "code",
    ),
    Plan(
        "pdd_median",
        later("PDD, median"),
        later(
            "Half of the calls ring sooner after their INVITE, half later; within 4.4 % of the true value."
        ),
        partial(_delay, 0.5),
    ),
    Plan(
        "pdd_p95",
        later("PDD, 95 %"),
        later("95 of 100 calls ring sooner after their INVITE; within 4.4 % of the true value."),
        partial(_delay, 0.95),
    ),
    _of(metrics.MINUTES),
    _of(metrics.CHARGE),
    _of(metrics.COST),
    _of(metrics.MARGIN, later("Profit")),
    Plan(
        "destinations",
        later("Destinations"),
        later("Minutes of talk by destination, with ASR and ACD; those with most."),
        _destinations,
        (),
        "destination",
        every="",
    ),
    Plan(
        "breaches",
        later("Channel limit breaches"),
        later(
            "Minutes at whose start more calls were in progress than agreed; of all calls, other filters do not count."
        ),
        _breaches,
        _LIMITED,
        every="",
        needs_limits=True,
        nothing=later("No limit was exceeded in this span."),
        hint=later("The graph of channels against limits shows how near they came."),
    ),
    Plan(
        "limits",
        later("Channels against limits"),
        later("Those nearest to their limit: calls in progress, and how many were agreed."),
        _against,
        _LIMITED,
        every="",
        needs_limits=True,
    ),
    _of(metrics.SHORT_CALLS),
)
PLANS: Final[Mapping[str, Plan]] = {plan.name: plan for plan in _ALL}
"""Every graph by its name in the address."""


def plans_of(lake: Reading) -> Mapping[str, Plan]:
    """Those that there are for a reader, their lines of what there is for it."""
    return {name: _for(lake, plan) for name, plan in PLANS.items() if name not in lake.lacks}


def _for(lake: Reading, plan: Plan) -> Plan:
    if plan.needs_limits and "customer" in lake.lacks:
        return replace(
            plan, bys=(), own_by="customer"
        )  # its own limit is the only one that such a reader has
    return replace(plan, bys=tuple(by for by in plan.bys if by not in lake.lacks))
