"""Final SIP codes of a span: how many calls ended with each, and its share over time."""

from typing import Final

import polars as pl

from tollbook.language import tr, trn
from tollbook.show.figures import Figures
from tollbook.show.lineup import NOT_TOLD, OTHERS
from tollbook.show.words import number
from tollbook.tables import CODES

MOST_AREAS: Final = 9
"""Codes that have an area of their own; the others share one."""

USUAL: Final = ("200", "486", "487", "480", "404", "503")
"""Those that have their colours first, whatever else comes."""

REASONS: Final = {
    200: "OK",
    202: "Accepted",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    305: "Use Proxy",
    380: "Alternative Service",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    421: "Extension Required",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    485: "Ambiguous",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    493: "Undecipherable",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}
"""Reason phrases of RFC 3261: names in the protocol, the same in every language."""


def counted(figures: Figures) -> str:
    """What is counted: calls, and tries as soon as carriers are picked."""
    return "attempts" if figures.asked.carriers is None else "seizures"


def rows(figures: Figures) -> pl.DataFrame:
    """A row per code, the commonest first: series, value (how many), numerator, denominator (of all), words."""
    found = _named(figures).group_by("series").agg(value=pl.col("count").sum())
    share = 100 * pl.col("value") / pl.col("value").sum()
    ranked = found.sort(-pl.col("value"), "series").with_columns(
        share=share, numerator="value", denominator=pl.col("value").sum()
    )
    words = [f"{number(n)}, {number(part, 2)} %" for n, part in ranked.select("value", "share").iter_rows()]
    return ranked.select(
        "series", "value", "numerator", "denominator", words=pl.Series(words, dtype=pl.String)
    )


def shares(figures: Figures) -> pl.DataFrame:
    """Each code's share of its piece of time: at, series, value (percent), numerator, denominator, words."""
    own, pieces = _own(figures), cut(figures)
    counts = _named(figures, pieces)
    line = pl.when(pl.col("series").is_in([*own, NOT_TOLD])).then("series").otherwise(pl.lit(OTHERS))
    added = counts.group_by("at", line.alias("series")).agg(numerator=pl.col("count").sum())
    there = [name for name in [*own, OTHERS, NOT_TOLD] if name in added["series"]]
    lines = pl.DataFrame({"series": there}, schema={"series": pl.String})
    every = lines.join(figures.pieces(cut=pieces).select("at"), how="cross")
    full = every.join(added, on=["at", "series"], how="left", maintain_order="left")
    parts = full.with_columns(pl.col("numerator").fill_null(0))
    whole = parts.with_columns(denominator=pl.col("numerator").sum().over("at"))
    share = 100 * pl.col("numerator") / pl.col("denominator")
    told = whole.with_columns(value=pl.when(pl.col("denominator") > 0).then(share))
    words = [None if value is None else f"{number(value, 2)} %" for value in told["value"]]
    return told.with_columns(words=pl.Series(words, dtype=pl.String))


def cut(figures: Figures) -> str:
    """How the time is cut for as many areas as there are."""
    return figures.cut_for(max(1, min(rows(figures).height, MOST_AREAS + 2)))


def _own(figures: Figures) -> list[str]:
    """The codes that have an area of their own."""
    names = [name for name in rows(figures)["series"] if name != NOT_TOLD]
    return names[:MOST_AREAS] if len(names) > MOST_AREAS + 1 else names


def labels(figures: Figures) -> dict[str, str]:
    """`486 Busy Here`, and what readers see for codes without an area of their own."""
    names = rows(figures)["series"].to_list()
    count = max(0, len([name for name in names if name != NOT_TOLD]) - MOST_AREAS)
    more = trn("{count} more code", "{count} more codes", count).format(count=count)
    codes = {name: f"{name} {REASONS.get(int(name), '')}".strip() for name in names if name != NOT_TOLD}
    return codes | {NOT_TOLD: tr("not told"), OTHERS: more}


def _named(figures: Figures, cut: str = "") -> pl.DataFrame:
    """Columns at, series (the code as text) and count."""

    def collected() -> pl.DataFrame:
        column = counted(figures)
        found = figures.grouped(CODES, "total", ("sip_code",), (column,), cut).filter(pl.col(column) > 0)
        code = pl.col("sip_code").cast(pl.String).fill_null(NOT_TOLD)
        return found.select("at", series=code, count=column)

    return figures.once(("codes", cut), collected)
