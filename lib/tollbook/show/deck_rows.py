"""What the page of decks shows, as rows: decks, versions, rates, differences, and who is affected."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import polars as pl

from tollbook.account.models import DeckRate
from tollbook.billing.deckimpact import Touched
from tollbook.billing.decks import RATES
from tollbook.billing.versions import ENDS_SOON_DAYS, Version, rate_row
from tollbook.language import tr
from tollbook.money import MONEY
from tollbook.tables import INSTANT

_VERSIONS: Final = pl.Schema(
    {
        "deck": pl.String(),
        "side": pl.String(),
        "owner": pl.String(),
        "currency": pl.String(),
        "version": pl.Int64(),
        "versions": pl.Int64(),
        "rates": pl.Int64(),
        "imported_at": INSTANT,
        "replaced_at": INSTANT,
        "since": INSTANT,
        "until": INSTANT,
        "rounding": pl.String(),
        "source": pl.String(),
        "address": pl.String(),
        "tone": pl.String(),
    }
)
_RATES: Final = pl.Schema({**RATES, "blocked": pl.String(), "increments": pl.String(), "tone": pl.String()})
_AFFECTED: Final = pl.Schema(
    {
        "customer": pl.String(),
        "destination": pl.String(),
        "minutes": MONEY,
        "amount": MONEY,
        "amount_after": MONEY,
        "change": MONEY,
        "sure": pl.String(),
        "currency": pl.String(),
        "tone": pl.String(),
    }
)


def side_words() -> dict[str, str]:
    """Whose decks there are."""
    return {"customer": tr("Customer"), "carrier": tr("Carrier")}


def version_frame(found: Iterable[Version], now: datetime, address: str) -> pl.DataFrame:
    """Versions as the grids have them; `address` has `{deck}` and `{version}` for where each is opened."""
    words = side_words()
    same = (
        "owner",
        "currency",
        "version",
        "versions",
        "rates",
        "imported_at",
        "replaced_at",
        "since",
        "until",
    )
    told = [
        {
            **{name: getattr(one, name) for name in same},
            "imported_at": one.imported_at.replace(microsecond=0),
            "replaced_at": one.replaced_at.replace(microsecond=0) if one.replaced_at else None,
            "deck": one.name,
            "side": words[one.side],
            "rounding": f"{one.duration_rounding}, {one.price_precision}, {one.price_rounding}",
            "source": one.source,
            "address": address.format(deck=quote(one.name), version=one.version),
            "tone": "wrong"
            if one.until is not None and one.until <= now + timedelta(days=ENDS_SOON_DAYS)
            else None,
        }
        for one in found
    ]
    return pl.DataFrame(told, schema=_VERSIONS)


def rate_frame(rates: Sequence[DeckRate], in_force: str | None = None) -> pl.DataFrame:
    """Rates as the grid has them; the one of prefix `in_force` is marked."""
    yes = tr("yes")
    told = [
        {
            **rate_row(rate),
            "blocked": yes if rate.blocked else "",
            "increments": f"{rate.initial_increment_s}/{rate.increment_s}",
            "tone": "good" if in_force is not None and rate.prefix == in_force else None,
        }
        for rate in rates
    ]
    return pl.DataFrame(told, schema=_RATES)


def kind_words() -> dict[str, str]:
    """What becomes of a rate, each with its sign."""
    return {
        "new": "+ " + tr("new"),
        "raised": "▲ " + tr("dearer"),
        "lowered": "▼ " + tr("cheaper"),
        "changed": "≠ " + tr("changed"),
        "ended": "× " + tr("ended"),
        "unchanged": "= " + tr("unchanged"),
    }


_TONES: Final = {"raised": "wrong", "ended": "wrong", "lowered": "good", "new": "good", "unchanged": "quiet"}


def difference_frame(told: pl.DataFrame, currency: str, most: int) -> pl.DataFrame:
    """Differences as the grid has them, what moves most before the others; at most so many, the unchanged last."""
    order = {name: place for place, name in enumerate(kind_words())}
    last = (pl.col("kind") == "unchanged").cast(pl.Int8)
    size = pl.col("change").abs().fill_null(0)
    place = pl.col("kind").replace_strict(order, return_dtype=pl.Int64)
    chosen = told.sort(last, size, place, "prefix", descending=[False, True, False, False]).head(most)
    return chosen.with_columns(
        tone=pl.col("kind").replace_strict(_TONES, default=None, return_dtype=pl.String),
        kind=pl.col("kind").replace_strict(kind_words(), return_dtype=pl.String),
        increments_before=_increments("before"),
        increments_after=_increments("after"),
        currency=pl.lit(currency),
    )


def _increments(which: str) -> pl.Expr:
    return pl.format("{}/{}", f"initial_increment_s_{which}", f"increment_s_{which}")


def affected_frame(rows: Iterable[Touched], currency: str) -> pl.DataFrame:
    """Whom a new version touches, as the grid has it."""
    exact, estimate, none = tr("exact"), tr("estimate"), tr("no rate")
    told = [
        {
            **{name: value for name, value in vars(row).items() if name in _AFFECTED},
            "sure": none if row.change is None else exact if row.exact else estimate,
            "currency": currency,
            "tone": _tone(row),
        }
        for row in rows
    ]
    return pl.DataFrame(told, schema=_AFFECTED)


def _tone(row: Touched) -> str | None:
    if row.change is None:
        return "wrong"
    return "wrong" if row.change > 0 else "good" if row.change < 0 else None
