"""Tollbook's own: calls and seizures as CSV with a header or as Parquet, the way in for every other source.

A calls file needs `call_id` and `started_at`; a seizures file, which has a column `seizure` besides, is read
with its calls in one import. The other columns are those of the tables and may be left out; unknown ones are
refused. Instants are ISO 8601 with a zone; a file whose times have none needs the zone named. A call that
names a carrier and has no seizure in the import is one try on that carrier, with the times of the call.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from tollbook.cdr import rules
from tollbook.cdr.columns import elapsed, local, numbers, schema, text, whole, zoned
from tollbook.cdr.format import Format, Layout, Sample, Zone
from tollbook.cdr.outcomes import outcome
from tollbook.errors import UsageError, did_you_mean
from tollbook.tables import INSTANT, OUTCOMES

_SCHEMA: Final = schema(
    seizure=pl.Int32,
    call_id=pl.String,
    customer=pl.String,
    carrier=pl.String,
    caller=pl.String,
    called=pl.String,
    started_at=INSTANT,
    answered_at=INSTANT,
    ended_at=INSTANT,
    talk_ms=pl.Int64,
    pdd_ms=pl.Int64,
    sip_code=pl.Int32,
    q850=pl.Int32,
    outcome=pl.String,
    dtmf_digits=pl.Int32,
    codec=pl.String,
    mos=pl.Float64,
)
"""`seizure`: null in the row of a call."""

_REQUIRED: Final = {"call_id", "started_at"}
_TIMES: Final = ("started_at", "answered_at", "ended_at")
_WHOLE: Final = ("talk_ms", "pdd_ms", "sip_code", "q850", "dtmf_digits", "seizure")
_IDENTITY: Final = ("call_id", "started_at")
_COURSE: Final = (
    "started_at", "answered_at", "ended_at", "talk_ms", "pdd_ms", "sip_code", "q850", "outcome",
)  # fmt: skip

Instant = Callable[[pl.Expr], pl.Expr]


def _record(instant: Instant) -> Mapping[str, pl.Expr]:
    at = {name: instant(text(name)) for name in _TIMES}
    spoken = pl.coalesce(whole(text("talk_ms")), (at["ended_at"] - at["answered_at"]).dt.total_milliseconds())
    talk = pl.when(at["answered_at"].is_not_null()).then(spoken.fill_null(0)).otherwise(0)
    code, cause = (whole(text(name)).cast(pl.Int32, strict=False) for name in ("sip_code", "q850"))
    released = pl.coalesce(at["answered_at"] + elapsed(talk), at["started_at"])
    return {
        **{name: text(name) for name in ("call_id", "customer", "carrier", "caller", "called", "codec")},
        **{name: whole(text(name)) for name in _WHOLE},
        **at,
        "ended_at": pl.coalesce(at["ended_at"], released),
        "talk_ms": talk,
        "outcome": pl.coalesce(text("outcome"), outcome(at["answered_at"], code, cause)),
        "mos": text("mos").cast(pl.Float64, strict=False),
    }


def _rules(instant: Instant) -> Mapping[str, pl.Expr]:
    cells = [text(name) for name in _TIMES]
    start, answer, end = (instant(cell) for cell in cells)
    is_answered = answer.is_not_null()
    whole_numbers = [text(name) for name in _WHOLE]
    return {
        **rules.has_call_id(text("call_id")),
        "no_time": cells[0].is_not_null(),
        **rules.real_times(cells, (start, answer, end)),
        **rules.in_order(start, answer, end),
        **rules.durations([text("mos"), *whole_numbers]),
        "not_whole": pl.all_horizontal(cell.is_null() | whole(cell).is_not_null() for cell in whole_numbers),
        **rules.plain_numbers(text("caller"), text("called")),
        "unknown_outcome": text("outcome").is_in(OUTCOMES).fill_null(value=True),
        "outcome_against_answer": ((text("outcome") == "answered") == is_answered).fill_null(value=True),
        "talk_without_answer": is_answered | (whole(text("talk_ms")) > 0).ne_missing(other=True),
    }


def _local_or_zoned(zone: Zone) -> Instant:
    return lambda cell: pl.coalesce(zoned(cell), zone.to_utc(local(cell)))


def _either(cell: pl.Expr) -> pl.Expr:
    return pl.coalesce(zoned(cell), local(cell).dt.replace_time_zone("UTC"))


def _is_ours(sample: Sample) -> bool:
    """Its header has the required columns and mostly known ones.

    Raises:
        UsageError: it is ours but for a column that there is not.
    """
    columns = set(sample.header)
    unknown = [column for column in sample.header if column not in _SCHEMA]
    if not columns >= _REQUIRED or 2 * len(unknown) >= len(columns):
        return False
    if unknown:
        raise UsageError(f"{sample.name}: unknown column '{unknown[0]}'{did_you_mean(unknown[0], _SCHEMA)}")
    return True


def _is_parquet(sample: Sample) -> bool:
    return sample.text == "PAR1" and _is_ours(sample)


def _is_csv(sample: Sample, *, with_zone: bool) -> bool:
    """Once any of the first rows names a zone, those without are bad rows."""
    if sample.text == "PAR1" or not _is_ours(sample):
        return False
    at = sample.header.index("started_at")
    return any(len(row) > at and _ends_in_zone(row[at]) for row in sample.rows[1:]) == with_zone


def _ends_in_zone(cell: str) -> bool:
    return cell[-1:] in {"Z", "z"} or cell[-6:-5] in {"+", "-"} or cell[-5:-4] in {"+", "-"}


def _assemble(records: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    told = records.filter(pl.col("seizure").is_null())
    calls = told.filter(_is_last(*_IDENTITY))
    tried = records.filter(pl.col("seizure").is_not_null()).filter(
        _is_last("call_id", "seizure", "started_at")
    )
    tries = _tries_of(calls, tried)
    return _call_rows(calls, tries), _seizure_rows(calls, tries)


def _is_last(*identity: str) -> pl.Expr:
    """Of rows that tell of the same, the last one read."""
    return pl.col("record_no") == pl.col("record_no").max().over(identity)


def _tries_of(calls: pl.LazyFrame, tried: pl.LazyFrame) -> pl.LazyFrame:
    """Seizures that began within their call, with that call's beginning as `call_from`."""
    spans = calls.select("call_id", "ended_at", call_from="started_at", of_customer="customer")
    theirs = tried.join(spans, on="call_id", suffix="_of_call")
    within = pl.col("started_at").is_between("call_from", pl.max_horizontal("ended_at_of_call", "call_from"))
    return theirs.filter(within).with_columns(customer=pl.coalesce("customer", "of_customer"))


def _call_rows(calls: pl.LazyFrame, tries: pl.LazyFrame) -> pl.LazyFrame:
    tried = tries.group_by("call_id", started_at="call_from").agg(tries=pl.len())
    last = (
        tries.sort("seizure").group_by("call_id", started_at="call_from").agg(last=pl.col("carrier").last())
    )
    joined = calls.join(tried, on=_IDENTITY, how="left").join(last, on=_IDENTITY, how="left")
    return joined.select(
        "call_id",
        "customer",
        pl.coalesce("carrier", "last").alias("carrier"),
        *numbers(),
        *_COURSE,
        "dtmf_digits",
        "codec",
        "mos",
        (1 + pl.col("tries").fill_null(0)).cast(pl.Int32).alias("records"),
    )


def _seizure_rows(calls: pl.LazyFrame, tries: pl.LazyFrame) -> pl.LazyFrame:
    told = tries.select("call_id", started_at="call_from").unique()
    alone = calls.filter(pl.col("carrier").is_not_null()).join(told, on=_IDENTITY, how="anti")
    implied = alone.with_columns(seizure=pl.lit(1, pl.Int32))
    rows = pl.concat([tries.select(implied.collect_schema().names()), implied])
    return rows.select(
        "call_id",
        "seizure",
        "customer",
        "carrier",
        *numbers(),
        *_COURSE,
        pl.lit(1, pl.Int32).alias("records"),
    )


FORMAT: Final = Format(
    name="tollbook",
    description="Tollbook's own calls and seizures: CSV with a header, or Parquet",
    schema=_SCHEMA,
    layouts=(
        Layout(
            name="csv",
            recognise=lambda sample: _is_csv(sample, with_zone=True),
            record=lambda _: _record(zoned),
            rules=_rules(zoned),
        ),
        Layout(
            name="csv-local",
            recognise=lambda sample: _is_csv(sample, with_zone=False),
            record=lambda zone: _record(_local_or_zoned(zone)),
            rules=_rules(_either),
            local_times=True,
        ),
        Layout(
            name="parquet",
            recognise=_is_parquet,
            record=lambda _: _record(zoned),
            kind="parquet",
            rules=_rules(zoned),
        ),
    ),
    assemble=_assemble,
)
