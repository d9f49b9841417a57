"""A new version of a deck from a file: what it would change is told first, then the same file is stored.

The command line, the API and the page come here, so that each is told the same and stores the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.billing.deckdiff import biggest, counts, differences
from tollbook.billing.deckfile import DeckFile
from tollbook.billing.deckimpact import DAYS, Touched, parties, touched
from tollbook.billing.decks import RATES, SILENT, Deck, Side, Terms, checked_deck, store, stored_deck
from tollbook.billing.versions import versions
from tollbook.errors import UsageError
from tollbook.lake.store import Lake


@dataclass(frozen=True, eq=False)
class Plan:
    """What a file would become: `deck` is version `version` of its owner's, `before` the one in force until then.

    `told` are its differences from `at` on, `replaced_at` is when another version was in force last; null: never.
    """

    deck: Deck
    source: str
    version: int
    before: Deck | None
    told: pl.DataFrame
    at: datetime
    replaced_at: datetime | None

    @property
    def effective_from(self) -> datetime | None:
        """When the first of its rates counts; null: always."""
        since = self.deck.rates["effective_from"]
        first = None if since.null_count() else since.min()
        return first if isinstance(first, datetime) else None

    @property
    def gaps(self) -> int:
        """Prefixes that have a rate now and will have none for a while, until one of this version begins."""
        return self.told.filter((pl.col("kind") == "ended") & pl.col("until").is_not_null())[
            "prefix"
        ].n_unique()

    def counts(self) -> dict[str, int]:
        """How many prefixes are new, raised, lowered, changed, ended and as they were."""
        return counts(self.told)

    def summary(self) -> dict[str, Any]:
        """What an import is answered with."""
        return {
            "rows": self.deck.rates.height,
            "currency": self.deck.currency,
            "effective_from": self.effective_from,
            "version": self.version,
            **self.counts(),
            "gaps": self.gaps,
        }

    def touched(self, lake: Lake) -> list[Touched]:
        """Whom it touches, by destination."""
        looked_at = self.at - timedelta(days=DAYS)
        settled = self.before is not None and (self.replaced_at or looked_at) <= looked_at
        return touched(lake, self.before, self.deck, self.at, settled=settled)

    def preview(self, lake: Lake) -> dict[str, Any]:
        """The summary, the biggest changes, and who is affected."""
        rows = self.touched(lake)
        return {
            **self.summary(),
            "biggest": biggest(self.told),
            "affected": parties(rows),
            "destinations": [vars(row) for row in rows],
        }


def plan(session: Session, file: DeckFile, side: Side, owner: str, terms: Terms, at: datetime) -> Plan:
    """What a file would become. Nothing is stored.

    `terms` go before those that it names itself, and these before those of the version in force.

    Raises:
        UsageError: the owner is unknown, the currency is not the owner's, or prefixes have lost their zeros.
    """
    if terms.currency and file.terms.currency and terms.currency != file.terms.currency:
        raise UsageError(
            f"{file.name}: its amounts are in {file.terms.currency}, and you said {terms.currency}"
        )
    known = versions(session, side, owner)
    before = stored_deck(session, known[0].id) if known else None
    told = terms.otherwise(file.terms).otherwise(_terms_of(before))
    deck = checked_deck(session, file.rates, side=side, owner=owner, terms=told)
    rates = before.rates if before else pl.DataFrame(schema=RATES)
    _refuse_lost_zeros(file, rates)
    return Plan(
        deck=deck,
        source=file.name,
        version=len(known) + 1,
        before=before,
        told=differences(rates, deck.rates, at),
        at=at,
        replaced_at=known[0].imported_at if len(known) > 1 else None,
    )


def _terms_of(deck: Deck | None) -> Terms:
    """How a version counts; its currency is its owner's in any case."""
    if deck is None:
        return SILENT
    return Terms(None, deck.duration_rounding, deck.price_precision, deck.price_rounding)


def carry_out(session: Session, plan: Plan, by: Actor) -> Plan:
    """Store it, in force from now on."""
    return replace(plan, deck=store(session, plan.deck, plan.source, by))


def _refuse_lost_zeros(file: DeckFile, before: pl.DataFrame) -> None:
    """Refuse a prefix that only a leading zero tells from one that the deck has now: a spreadsheet took it away."""
    old, new = {*before["prefix"]}, {*file.rates["prefix"]}
    zeros = {prefix.lstrip("0"): prefix for prefix in old - new if prefix.startswith("0")}
    for prefix, line in zip(file.rates["prefix"], file.lines, strict=True):
        if prefix in zeros and prefix not in old:
            raise UsageError(
                f"{file.name}: {file.unit} {line}: prefix '{prefix}' has lost its leading zeros: the deck has {zeros[prefix]}"
            )
