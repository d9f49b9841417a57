"""Calls in progress on a page: from the records and, where switches are asked, on until now as they tell.

What the switches tell has customer and carrier, to a contact neither: its own calls come in the total alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tollbook.language import tr
from tollbook.live.figures import present_of
from tollbook.live.joined import polled
from tollbook.live.present import Present
from tollbook.live.unrecorded import SETTLED
from tollbook.metrics.groups import of_those
from tollbook.metrics.progress import WHO
from tollbook.show.lineup import MOST_LINES, NOT_TOLD, OTHERS, TOTAL
from tollbook.show.reading import QUARTER, Reading
from tollbook.show.words import NOTHING, number, shortly
from tollbook.tables import INSTANT, Dtype

if TYPE_CHECKING:
    from tollbook.show.figures import Figures

MINUTE: Final = timedelta(minutes=1)
_QUARTER_MIN: Final = 15
_NOW: Final[dict[str, Dtype]] = {"at": INSTANT, "series": pl.String, "value": pl.Int64}


def until_now(figures: "Figures", present: Present, *, moves: bool, follows: bool) -> "Figures":
    """These figures with what the switches told; where the page `follows` the present, until their latest answer.

    Where the start `moves` with the end, as the last 24 hours do, it does so a quarter of an hour at a time.

    Raises:
        TollbookError: the tables of what was seen cannot be read.
    """
    span, at = figures.span, present.at
    if follows and at is not None and (at >= span.end - QUARTER or datetime.now(UTC) - at < SETTLED):
        end = at.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
        start = _quarter(end - (span.end - span.start)) if moves else span.start
        span = replace(span, start=start, end=end) if start < end else span
    lake = figures.lake
    told = polled(lake.workspace, present, lake.scope, span.start, span.end)
    return replace(figures, span=span, polled=told, like=figures.like or figures, _kept={})


def _quarter(instant: datetime) -> datetime:
    return instant - timedelta(minutes=instant.minute % _QUARTER_MIN)


def present_for(lake: Reading) -> Present:
    """What the switches told last; nothing where the reader may not see it."""
    return present_of(lake.workspace) if lake.scope.may("see", "live") else Present()


def points(figures: "Figures", by: str) -> pl.DataFrame:
    """A row for each step of each line, and one for now: at, series, value, words.

    Raises:
        UsageError: they are asked for by destination.
    """
    names, steps = _names(figures, by), figures.steps()
    parts = [steps.with_columns(series=pl.lit(TOTAL))]
    if names:
        own = figures.in_progress((by,)).with_columns(series=pl.col(by).fill_null(NOT_TOLD))
        parts.append(own.filter(pl.col("series").is_in(names)))
    if others := figures.lineup.others(by):
        # The most of a step does not add up over lines: those who share one are counted together.
        parts.append(figures.in_progress((), {by: others}).with_columns(series=pl.lit(OTHERS)))
    found = pl.concat([part.select("at", "series", "channels") for part in parts])
    every = pl.DataFrame({"series": [TOTAL, *names]}).join(steps.select("at"), how="cross")
    full = every.join(found, on=["at", "series"], how="left", maintain_order="left")
    # None in progress is 0, but where there are neither records nor answers of a switch nothing is known.
    lake, span = figures.lake, figures.span
    outside = (pl.col("at") >= (lake.latest or span.start)) | (pl.col("at") < (lake.first or span.end))
    unknown = outside & ~_asked(figures, by)
    value = pl.coalesce("channels", pl.when(~unknown).then(0))
    known = full.select("at", "series", value=pl.when(~(unknown & (value == 0))).then(value))
    both = pl.concat([known, _now(figures, by, names)])
    words = [NOTHING if n is None else number(n) for n in both["value"]]
    return both.with_columns(pl.col("value").cast(pl.Float64), words=pl.Series(words, dtype=pl.String))


def beside(figures: "Figures", apart: Collection[str]) -> pl.DataFrame | None:
    """What is added to the records, where the switches tell what is told apart."""
    told = figures.polled
    return (
        told.changes
        if told is not None and all(_tells(figures, name) for name in apart or {"total"})
        else None
    )


def told(figures: "Figures") -> str:
    """What is said of the switches: until when they told, and what they do not."""
    polled_ = figures.polled
    if polled_ is None or polled_.at is None or not _is_now(figures):
        return ""
    parts = [tr("Last told {when}.").format(when=shortly(polled_.at.astimezone(figures.span.zone)))]
    if polled_.silent:
        parts.append(tr("A switch does not answer: what it told last counts on."))
    elif not polled_.complete:
        parts.append(tr("A switch does not tell of all of its calls."))
    return " ".join(parts)


def now(figures: "Figures") -> dict[str, Any] | None:
    """The number of calls in progress now: its words, the number, and of whom a page finds it in the stream (null: nowhere)."""
    if figures.polled is None or not _is_now(figures) or not _tells(figures, "total"):
        return None
    number_now = _now(figures, "total", ())["value"].item()
    whose = follows(figures, "total").get("lines", {}).get(TOTAL)
    return {"words": tr("now {count}"), "count": number(number_now), "whose": whose}


def follows(figures: "Figures", by: str) -> Mapping[str, Any]:
    """How a page goes on by itself: `at` (ms) of the last point, and of whom each line is in the stream of events.

    Empty where it cannot: the stream tells customers and carriers, but no carriers of picked customers.
    """
    told = figures.polled
    picked = {name: names for name, names in _whose(figures).items() if names is not None}
    if told is None or told.at is None or not _is_now(figures) or not _tells(figures, by):
        return {}
    if len(picked) > 1 or (by != "total" and picked and by not in picked):
        return {}
    whose: dict[str, Any] = {TOTAL: [word for kind, names in picked.items() for word in (kind, *names)]}
    several: dict[str, Sequence[str | None]] = {OTHERS: figures.lineup.others(by), NOT_TOLD: (None,)}
    for name in _names(figures, by):
        whose[name] = [by, *several.get(name, (name,))]
    moved_ms = int(told.at.timestamp() * 1000) + figures.span.offset_s * 1000
    return {"t": moved_ms, "offset_ms": figures.span.offset_s * 1000, "lines": whose}


def _names(figures: "Figures", by: str) -> list[str]:
    """The lines beside the total's: also, while there is room, of those who have no record yet."""
    names, told = figures.lineup.names(by), figures.polled
    if told is None or by == "total" or not _tells(figures, by):
        return names
    now = told.now.filter(pl.col("channels") > 0)[by].drop_nulls().to_list()
    wanted = _whose(figures)[by]
    picked = {name for name in now if wanted is None or name in wanted}
    fresh = sorted(picked.difference(figures.lineup.busiest(by)))
    return [*fresh[: max(0, MOST_LINES - len(names))], *names]


def _tells(figures: "Figures", by: str) -> bool:
    """Whether the switches tell the reader of these lines."""
    told = figures.polled
    wanted = {by} - {"total"} | {name for name, names in _whose(figures).items() if names is not None}
    return told is not None and wanted.issubset(told.by)


def _whose(figures: "Figures") -> dict[str, Sequence[str] | None]:
    wanted = figures.asked.who()
    return {name: wanted[f"{name}s"] for name in WHO}


def _asked(figures: "Figures", by: str) -> pl.Expr:
    """Whether a switch answered in the step that begins at `at`, of the lines that it tells of."""
    told = figures.polled
    if told is None or not _tells(figures, "total"):
        return pl.lit(value=False)
    starts, length = figures.steps()["at"], MINUTE * figures.step_min
    asked = [at for at in starts if told.minutes.is_between(at, at + length, closed="left").any()]
    known = pl.col("at").is_in(pl.Series(asked, dtype=INSTANT).implode())
    return known if _tells(figures, by) else known & (pl.col("series") == TOTAL)


def _is_now(figures: "Figures") -> bool:
    told = figures.polled
    end = figures.span.end
    return told is not None and told.at is not None and end - MINUTE <= told.at <= end


def _now(figures: "Figures", by: str, names: Sequence[str]) -> pl.DataFrame:
    """The end of each line: what the switches told last."""
    told = figures.polled
    if told is None or not _is_now(figures) or not _tells(figures, "total"):
        return pl.DataFrame(schema=_NOW)
    wanted = {name: names for name, names in _whose(figures).items() if name in told.by}
    now = of_those(told.now.lazy(), wanted, told.by).collect()
    rows: list[tuple[datetime | None, str, int]] = [(told.at, TOTAL, int(now["channels"].sum()))]
    if by != "total" and _tells(figures, by):
        others = pl.col(by).is_in(figures.lineup.others(by))
        line = pl.when(others).then(pl.lit(OTHERS)).otherwise(pl.col(by)).fill_null(NOT_TOLD)
        sums = dict(now.group_by(series=line).agg(pl.col("channels").sum()).iter_rows())
        rows += [(told.at, name, sums.get(name, 0)) for name in names]
    return pl.DataFrame(rows, schema=_NOW, orient="row")
