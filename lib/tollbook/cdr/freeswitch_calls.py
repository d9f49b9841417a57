"""FreeSWITCH's legs put together: which leg is a call, and which is a try on a carrier, of which call.

mod_json_cdr says so itself. A row of mod_cdr_csv does not: it is a B leg if its bleg_uuid names another row
of the import (of two that name each other, the one that began later), or if it never had a codec and a row
that had one covers it, with the same numbers and account. Every other row is a call, so that a file with A
legs only (`legs=a`) counts each of its rows.
"""

import polars as pl

from tollbook.cdr.columns import numbers
from tollbook.cdr.freeswitch_json import expanded
from tollbook.cdr.outcomes import outcome

_PARTIES = ("caller", "called", "customer")


def assemble(records: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Calls and seizures of one import's records. The legs are tied once here, since both are read from them."""
    distinct = _distinct(expanded(records)).collect(engine="streaming").lazy()
    legs = _with_parents(distinct).collect(engine="streaming").lazy()
    calls = legs.filter(pl.col("parent").is_null())
    tries = _tries(legs, calls)
    return _call_rows(calls, tries), _seizure_rows(tries)


def _distinct(records: pl.LazyFrame) -> pl.LazyFrame:
    """Each leg once; mod_json_cdr's telling goes before mod_cdr_csv's."""
    fine = records.filter("fine").unique("uuid", keep="any")
    coarse = records.filter(~pl.col("fine")).unique("uuid", keep="any")
    return pl.concat([fine, coarse.join(fine.select("uuid"), on="uuid", how="anti")])


def _with_parents(legs: pl.LazyFrame) -> pl.LazyFrame:
    """`parent`: of a leg that is a try, the uuid of its call; null where the leg is a call itself."""
    named = _named_by_other(legs)
    covering = named.filter(pl.col("parent").is_null(), ~pl.col("unheard"), pl.col("side").ne_missing("b"))
    open_ = (
        pl.col("parent").is_null() & ~pl.col("fine") & (pl.col("unheard") | pl.col("side").eq_missing("b"))
    )
    covered = _covered(named.filter(open_), covering)
    return pl.concat([named.filter(~open_), covered], how="diagonal")


def _named_by_other(legs: pl.LazyFrame) -> pl.LazyFrame:
    """Parents told by a name: a leg that knows its side names its caller's; of two rows one names the other."""
    there = legs.select(
        other="uuid", its_other="other", its_start="started_at", its_end="ended_at", its_no="record_no"
    )
    namers = legs.filter(pl.col("side").is_null(), pl.col("other").is_not_null()).select(
        "other", namer="uuid", namer_start="started_at"
    )
    namers = namers.rename({"other": "uuid"}).unique("uuid", keep="any")
    paired = legs.join(there, on="other", how="left").join(namers, on="uuid", how="left")
    mutual = (pl.col("its_other") == pl.col("uuid")).fill_null(value=False)
    # `bleg_uuid` is the inner leg's, as its name says; some versions write the outer leg's into the inner's row.
    names_outer = pl.when(mutual).then(_began_later()).otherwise(pl.col("started_at") > pl.col("its_start"))
    of_row = (
        pl.when(pl.col("its_no").is_not_null() & names_outer)
        .then("other")
        .when(~mutual & (pl.col("namer_start") <= pl.col("started_at")))
        .then("namer")
    )
    of_side = pl.when(pl.col("side") == "b").then("other")
    parent = pl.when(pl.col("side").is_null()).then(of_row).otherwise(of_side)
    return paired.with_columns(parent=parent).drop(
        "its_other", "its_start", "its_end", "its_no", "namer", "namer_start"
    )


def _began_later() -> pl.Expr:
    """Of two legs the inner one: it began later, or ended earlier, or was written later."""
    start, end = pl.col("started_at") - pl.col("its_start"), pl.col("its_end") - pl.col("ended_at")
    none = pl.duration()
    by_end = (end > none) | ((end == none) & (pl.col("record_no") > pl.col("its_no")))
    return (start > none) | ((start == none) & by_end)


def _covered(open_: pl.LazyFrame, covering: pl.LazyFrame) -> pl.LazyFrame:
    """Parents of rows that only numbers, account and time tie to a call: the last one begun before them."""
    keys = [pl.col(name).fill_null("").alias(f"by_{name}") for name in _PARTIES]
    by = [f"by_{name}" for name in _PARTIES]
    loose = open_.drop("parent").with_columns(keys).sort("started_at")
    candidates = covering.select("started_at", *keys, parent="uuid", until="ended_at")
    near = candidates.join(loose.select(by).unique(), on=by, how="semi").sort("started_at")
    joined = loose.join_asof(near, on="started_at", by=by, strategy="backward", check_sortedness=False)
    parent = pl.when(pl.col("until") >= pl.col("ended_at")).then("parent")
    return joined.with_columns(parent=parent).drop(*by, "until")


def _tries(legs: pl.LazyFrame, calls: pl.LazyFrame) -> pl.LazyFrame:
    """B legs of calls; of a call without any, whose record names the carrier, the call's own course."""
    of_call = calls.select(call_id="uuid", of_customer="customer")
    legs_out = (
        legs.filter(pl.col("parent").is_not_null()).rename({"parent": "call_id"}).join(of_call, on="call_id")
    )
    alone = calls.filter(pl.col("carrier").is_not_null()).join(
        legs_out.select(uuid="call_id"), on="uuid", how="anti"
    )
    own = alone.with_columns(call_id="uuid", of_customer="customer").drop("parent")
    return pl.concat([legs_out, own], how="diagonal")


def _call_rows(calls: pl.LazyFrame, tries: pl.LazyFrame) -> pl.LazyFrame:
    answered = pl.col("answered_at").is_not_null()
    order = pl.coalesce("number", "record_no")
    tried = tries.group_by(uuid="call_id").agg(
        pl.col("carrier").filter(answered).max_by(order.filter(answered)).alias("answering"),
        pl.col("carrier").max_by(order).alias("last"),
        (pl.col("uuid") != pl.col("call_id")).sum().alias("legs_out"),
    )
    return calls.join(tried, on="uuid", how="left").select(
        *_course(pl.col("uuid"), "customer", pl.coalesce("answering", "last")),
        pl.col("digits").alias("dtmf_digits"),
        "codec",
        "mos",
        (1 + pl.col("legs_out").fill_null(0)).cast(pl.Int32).alias("records"),
    )


def _seizure_rows(tries: pl.LazyFrame) -> pl.LazyFrame:
    ordered = tries.sort("call_id", "started_at", pl.coalesce("number", "record_no"))
    return ordered.select(
        *_course(pl.col("call_id"), "of_customer", pl.col("carrier")),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("call_id").alias("seizure"),
        pl.lit(1, pl.Int32).alias("records"),
    )


def _course(call_id: pl.Expr, customer: str, carrier: pl.Expr) -> list[pl.Expr]:
    """The columns that calls and seizures share."""
    return [
        call_id.alias("call_id"),
        pl.col(customer).alias("customer"),
        carrier.alias("carrier"),
        *numbers(),
        pl.col("started_at"),
        pl.col("answered_at"),
        pl.col("ended_at"),
        pl.col("talk_ms"),
        pl.col("pdd_ms"),
        pl.col("sip_code"),
        pl.col("q850"),
        outcome(pl.col("answered_at"), pl.col("sip_code"), pl.col("q850")).alias("outcome"),
    ]
