"""Balances at instants gone by: the ledger's steps and the charge of calls, added up in order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import select

from tollbook.account.alerts.models import Alert
from tollbook.account.models import Customer
from tollbook.alerts.sources import Sources
from tollbook.billing.balance import steps
from tollbook.money import MONEY
from tollbook.tables import INSTANT, TRAFFIC, Dtype

_STEPS: Final[Mapping[str, Dtype]] = {"subject": pl.String, "at": INSTANT, "amount": MONEY}


def balances_at(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    """The balances of a rule's customers at each of `ends`, exactly; see `figures.course`."""
    owners = _owners(sources, rule)
    ids = list(owners)
    ledger = [(name, at, amount) for name, at, amount in steps(sources.session, ids)]
    moves = pl.concat([pl.DataFrame(ledger, schema=_STEPS, orient="row"), _charges(sources, owners)])
    sums = (
        moves.group_by("subject", "at")
        .agg(pl.col("amount").sum())
        .sort("subject", "at")
        .with_columns(value=pl.col("amount").cum_sum().over("subject"))
    )
    grid = pl.DataFrame({"subject": ids}, schema={"subject": pl.String}).join(
        ends.cast(INSTANT).alias("at").to_frame(), how="cross"
    )
    at = grid.sort("at").join_asof(
        sums.select("subject", "at", "value").sort("at"), on="at", by="subject", check_sortedness=False
    )
    nothing = pl.lit(None, MONEY)
    return at.select(
        subject=pl.col("subject") if rule.by else pl.lit(""),
        at=pl.col("at"),
        value=pl.col("value").fill_null(pl.lit(Decimal(0), MONEY)).cast(MONEY),
        numerator=nothing,
        denominator=nothing,
        calls=pl.lit(None, pl.Int64),
    )


def _owners(sources: Sources, rule: Alert) -> dict[str, str | None]:
    """The currency of each customer that is judged."""
    wanted = select(Customer.id, Customer.currency).order_by(Customer.id)
    if rule.customer:
        wanted = wanted.where(Customer.id == rule.customer)
    return {row.id: row.currency for row in sources.session.execute(wanted)}


def _charges(sources: Sources, owners: dict[str, str | None]) -> pl.DataFrame:
    """The charge of calls per quarter of an hour in which they started, taken away; in each customer's own currency."""
    own = pl.DataFrame(
        [(name, currency) for name, currency in owners.items() if currency],
        schema={"customer": pl.String, "currency": pl.String},
        orient="row",
    )
    rows = sources.lake.scan(TRAFFIC).join(own.lazy(), on=["customer", "currency"], how="semi")
    sums = rows.group_by(subject="customer", at="quarter_at").agg(amount=-pl.col("charge").cast(MONEY).sum())
    return sums.select("subject", "at", pl.col("amount").cast(MONEY)).collect()
