"""The columns of calls that people choose from, and calls as CSV."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from tollbook.calls.query import Query, pieces
from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.language import later
from tollbook.spreadsheets import RISKY
from tollbook.tables import CALLS, INSTANT

_TALK: Final = "talk_s"


@dataclass(frozen=True)
class Shown:
    """One column: its name, the head that people read, and whether figures stand in it."""

    name: str
    label: str
    is_figure: bool = False

    @property
    def source(self) -> str:
        """The column of the table from which it comes."""
        return "talk_ms" if self.name == _TALK else self.name

    @property
    def is_instant(self) -> bool:
        """Whether it is read on a zone's clock."""
        return CALLS.schema[self.source] == INSTANT

    @property
    def meaning(self) -> str:
        """What it means, as in the data dictionary."""
        return next(column.meaning for column in CALLS.columns if column.name == self.source)


_SHOWN: Final = (
    Shown("started_at", later("Start")),
    Shown("customer", later("Customer")),
    Shown("caller", later("Caller")),
    Shown("called", later("Called")),
    Shown("destination", later("Destination")),
    Shown("carrier", later("Carrier")),
    Shown("outcome", later("Outcome")),
    Shown("sip_code", later("SIP code"), is_figure=True),
    Shown(_TALK, later("Duration (s)"), is_figure=True),
    Shown("billed_s", later("Billed (s)"), is_figure=True),
    Shown("charge", later("Charge"), is_figure=True),
    Shown("currency", later("Currency")),
    Shown("answered_at", later("Answer")),
    Shown("ended_at", later("End")),
    Shown("pdd_ms", later("PDD (ms)"), is_figure=True),
    Shown("q850", later("Q.850 cause"), is_figure=True),
    Shown("prefix", later("Prefix")),
    Shown("unrated", later("Unrated")),
    Shown("dtmf_digits", later("DTMF digits"), is_figure=True),
    Shown("codec", later("Codec")),
    Shown("mos", later("MOS"), is_figure=True),
    Shown("caller_raw", later("Caller as written")),
    Shown("called_raw", later("Called as written")),
    Shown("switch", later("Switch")),
    Shown("call_id", later("Call id")),
    Shown("records", later("Records"), is_figure=True),
)
COLUMNS: Final[Mapping[str, Shown]] = {column.name: column for column in _SHOWN}
USUAL: Final = tuple(COLUMNS)[:12]
"""Shown where nobody has chosen."""


def columns_of(names: Collection[str]) -> Mapping[str, Shown]:
    """The columns of whoever has these of the table."""
    return {name: column for name, column in COLUMNS.items() if column.source in names}


def chosen_columns(names: Sequence[str], known: Mapping[str, Shown] = COLUMNS) -> tuple[Shown, ...]:
    """The columns named, of those known, in that order and each once; the usual ones without any.

    Raises:
        UsageError: there is no such column.
    """
    for name in names:
        if name not in known:
            raise UsageError(f"no column '{name}'{did_you_mean(name, known)}")
    return tuple(known[name] for name in dict.fromkeys(names or USUAL) if name in known)


def csv_pieces(
    lake: Lake, query: Query, columns: Sequence[Shown], zone: ZoneInfo, *, customers: Collection[str] | None
) -> Iterator[str]:
    """The query's calls as CSV, head first, a piece at a time; all from one state of the tables, in the query's order.

    Instants stand on the zone's clock, to the microsecond, with the zone in the head; in another zone than UTC, whose
    clock may show an hour twice, they stand in UTC beside it. Amounts are exact; no cell is taken for a formula.
    """
    names = list(dict.fromkeys(column.source for column in columns))
    cells = [cell for column in columns for cell in _cells(column, zone)]
    yield pl.DataFrame(
        schema=dict.fromkeys((cell.meta.output_name() for cell in cells), pl.String)
    ).write_csv()
    for piece in pieces(lake, query, names, customers=customers):
        yield piece.select(cells).write_csv(include_header=False)


def _cells(column: Shown, zone: ZoneInfo) -> Iterator[pl.Expr]:
    dtype, value = CALLS.schema[column.source], pl.col(column.source)
    if column.is_instant:
        for key in dict.fromkeys((zone.key, "UTC")):
            local = value.dt.convert_time_zone(key).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
            yield local.alias(f"{column.name} ({key})")
    elif column.name == _TALK:
        thousandths = (value % 1000).cast(pl.String).str.zfill(3)
        yield _trimmed((value // 1000).cast(pl.String) + "." + thousandths).alias(_TALK)
    elif isinstance(dtype, pl.Decimal):
        yield _trimmed(value.cast(pl.String)).alias(column.name)
    elif dtype == pl.String:
        risky = pl.any_horizontal(value.str.starts_with(sign) for sign in RISKY)
        # A carriage return alone is not put in quotes by Polars, and readers of CSV take it for the end of a line.
        text = value.str.replace_all("\r", " ", literal=True)
        yield pl.when(risky).then("'" + text).otherwise(text).alias(column.name)
    else:
        yield value.alias(column.name)


def _trimmed(decimals: pl.Expr) -> pl.Expr:
    """As `money.plain`: no zeros at the end, and no point before nothing."""
    return decimals.str.strip_chars_end("0").str.strip_chars_end(".")
