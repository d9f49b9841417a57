"""The top of a page: what it shows, as of when, and the figures of the whole span in large."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from IPython.display import HTML

from tollbook.metrics import Metric
from tollbook.show.figures import Figures
from tollbook.show.words import figure, of

_STYLE: Final = """<style>
.tollbook-top { display: flex; flex-wrap: wrap; gap: 12px 20px; font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.tollbook-top p { flex-basis: 100%; margin: 0; font-size: 13px; color: var(--jp-ui-font-color2); }
.tollbook-tile { flex: 1 1 150px; display: grid; padding: 10px 18px 12px; border-radius: 12px; }
.tollbook-tile { border: 1px solid var(--jp-border-color2); background: var(--jp-layout-color1); }
.tollbook-tile span, .tollbook-tile small { font-size: 12.5px; color: var(--jp-ui-font-color2); min-height: 1.5em; }
.tollbook-tile strong { font-size: 25px; font-weight: 650; letter-spacing: -0.02em; line-height: 1.25; font-variant-numeric: tabular-nums; }
</style>"""


def top(figures: Figures, metrics: Sequence[Metric]) -> HTML:
    """As of when the figures are, the span and its zone, and each metric over the whole span."""
    row = figures.compute(metrics).to_dicts()[0]
    tiles = [_busiest(figures), *(_figure_tile(metric, row) for metric in metrics)]
    words = f"{as_of(figures.updated_at)} {figures.span.words}, a point every {figures.cut_words}."
    return HTML(f'{_STYLE}<div class="tollbook-top"><p>{escape(words)}</p>{"".join(tiles)}</div>')


def as_of(updated_at: datetime | None) -> str:
    """`Data as of 2026-10-06 01:00 UTC.`"""
    return f"Data as of {updated_at:%Y-%m-%d %H:%M} UTC." if updated_at else "No figures yet."


def _busiest(figures: Figures) -> str:
    minutes = figures.in_progress((), 1)
    most = minutes.row(minutes["channels"].arg_max() or 0, named=True)
    when = figures.span.local(most["at"]) if most["channels"] else ""
    meaning = "the most calls in progress at a minute's start, and when first"
    return _tile("channels", "Most live channels", f"{most['channels']:,}", when, meaning)


def _figure_tile(metric: Metric, row: dict[str, float | None]) -> str:
    parts = of(row[f"{metric.name}_numerator"], row[f"{metric.name}_denominator"]).strip(" ()")
    return _tile(metric.name, metric.label, figure(metric, row[metric.name]), parts, metric.meaning)


def _tile(name: str, label: str, value: str, small: str, meaning: str) -> str:
    return (
        f'<div class="tollbook-tile" data-metric="{name}" title="{escape(meaning)}"><span>{escape(label)}</span>'
        f"<strong>{value}</strong><small>{small}</small></div>"
    )
