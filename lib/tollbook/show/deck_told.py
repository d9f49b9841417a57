"""What the page of decks says of what it shows, as sentences."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from tollbook.billing.deckdiff import KINDS, counts
from tollbook.billing.deckimport import Plan
from tollbook.billing.documents.isolate import isolated
from tollbook.billing.versions import Version, parse_deck
from tollbook.language import current, direction, tr, trn
from tollbook.money import plain
from tollbook.show import deck_rows


def named(name: str) -> str:
    """A deck by whose it is."""
    side, owner = parse_deck(name)
    return f"{owner} ({deck_rows.side_words()[side]})"


def title(shown: Version) -> str:
    """Which version of which deck is shown."""
    words = tr("{deck}, {currency}: version {version} of {versions}, in force since {since}")
    if shown.replaced_at:
        words = tr("{deck}, {currency}: version {version} of {versions}, in force from {since} to {until}")
    return words.format(
        deck=named(shown.name),
        currency=shown.currency,
        version=shown.version,
        versions=shown.versions,
        since=minute(shown.imported_at),
        until=minute(shown.replaced_at),
    )


def minute(at: datetime | None) -> str:
    """An instant in UTC to the minute, which keeps its order in any text; nothing where there is none."""
    told = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""
    return str(isolated(told)) if direction(current()) == "rtl" else told


def looked_up(
    number: str, written: str, at: datetime, row: dict[str, Any] | None, currency: str
) -> list[str]:
    """Which rate a number gets at an instant, and before it how rules have written it, if they have."""
    rate = _rate(number, at, row, currency)
    if written == number:
        return [rate]
    words = tr("For rating {number} is written {written}, by the rules of its customer.")
    return [words.format(number=number, written=written), rate]


def _rate(number: str, at: datetime, row: dict[str, Any] | None, currency: str) -> str:
    call = {"number": number, "at": minute(at)}
    if row is None:
        return tr("{number} at {at}: no rate fits it, so a call gets no price.").format(**call)
    told = {**call, "prefix": row["prefix"], "destination": row["destination"]}
    if row["blocked"]:
        return tr(
            "{number} at {at}: prefix {prefix}, {destination}, is blocked, so a call gets no price."
        ).format(**told)
    words = tr(
        "{number} at {at}: prefix {prefix}, {destination}, {rate} {currency} a minute, {initial}/{increment} s, connect fee {fee}"
    )
    return words.format(
        **told,
        rate=plain(row["rate_per_min"]),
        currency=currency,
        initial=row["initial_increment_s"],
        increment=row["increment_s"],
        fee=plain(row["connect_fee"]),
    )


def between(before: Version | None, after: Version | None) -> str:
    """Which versions are compared."""
    if before is None or after is None:
        return tr("There is no version to compare with.")
    return tr("Version {after} against version {before}").format(after=after.version, before=before.version)


def counted(told: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Of each kind its name, its words and how many there are."""
    found, words = counts(told), deck_rows.kind_words()
    return [(kind, words[kind], found[kind]) for kind in KINDS]


def cut(told: pl.DataFrame, most: int) -> str:
    """That a grid has not all of the differences, if it has `most`."""
    return tr("The grid has the {count} that move most.").format(count=most) if told.height > most else ""


def planned(made: Plan) -> str:
    """What a file would become."""
    words = trn(
        "{file}: {count} rate in {currency} would be version {version} of the deck of {owner}.",
        "{file}: {count} rates in {currency} would be version {version} of the deck of {owner}.",
        made.deck.rates.height,
    )
    return words.format(
        file=made.source,
        count=made.deck.rates.height,
        currency=made.deck.currency,
        version=made.version,
        owner=made.deck.owner,
    )


def gaps(count: int) -> str:
    """How many prefixes a file would leave without a rate for a while."""
    if not count:
        return ""
    return trn(
        "{count} prefix has a rate now and would have none until one of the file begins.",
        "{count} prefixes have a rate now and would have none until one of the file begins.",
        count,
    ).format(count=count)
