"""Commands about decks: import, list, show, explain."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from tollbook.account.database import Database
from tollbook.billing.deckfile import read_deck
from tollbook.billing.decks import Deck, Side, all_decks, decks_of, import_deck
from tollbook.billing.explain import explain as explained
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import TollbookError, UsageError
from tollbook.money import ROUNDINGS, SCALE, Rounding, parse_amount
from tollbook.periods import parse_instant


def _owned(command: Any) -> Any:  # noqa: ANN401 - click's own decorators
    """`--customer C` or `--carrier K`."""
    carrier = click.option("--carrier", metavar="K", help="The carrier whose deck it is.")
    return click.option("--customer", metavar="C", help="The customer whose deck it is.")(carrier(command))


def _owner(customer: str | None, carrier: str | None) -> tuple[Side, str]:
    if customer and not carrier:
        return "customer", customer
    if carrier and not customer:
        return "carrier", carrier
    raise UsageError("whose deck? Name either --customer or --carrier")


@click.group()
def deck() -> None:
    """Rate decks: what customers pay and what carriers charge."""


@deck.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_owned
@click.option("--currency", metavar="EUR", help="Currency of the amounts; default the owner's.")
@click.option(
    "--duration-rounding",
    type=click.Choice(ROUNDINGS),
    default="up",
    help="Talk to whole seconds; default up.",
)
@click.option(
    "--price-precision",
    type=click.IntRange(0, SCALE),
    default=6,
    help="Decimals of a call's price; default 6.",
)
@click.option(
    "--price-rounding", type=click.Choice(ROUNDINGS), default="half_up", help="Of the price; default half_up."
)
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@shared
def import_(
    file: Path,
    customer: str | None,
    carrier: str | None,
    currency: str | None,
    duration_rounding: Rounding,
    price_precision: int,
    price_rounding: Rounding,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Import a deck from a CSV file with the columns prefix, destination, rate_per_min and more."""
    side, owner = _owner(customer, carrier)
    made = import_deck(
        Database.of(workspace()),
        read_deck(file),
        side=side,
        owner=owner,
        source=file.name,
        currency=currency,
        duration_rounding=duration_rounding,
        price_precision=price_precision,
        price_rounding=price_rounding,
        dry_run=dry_run,
    )
    since = made.rates["effective_from"]
    earliest = None if since.null_count() else since.min()
    emit({"rows": made.rates.height, "currency": made.currency, "effective_from": earliest})
    say("nothing was stored" if dry_run else "`tollbook refresh` rates the calls that waited for a deck")


@deck.command("list")
@shared
def list_() -> None:
    """List every deck, the newest first; of each customer and carrier the newest is in force."""
    emit(all_decks(Database.of(workspace())))


@deck.command()
@_owned
@shared
def show(customer: str | None, carrier: str | None) -> None:
    """Show the rows of the deck in force."""
    emit(_newest(*_owner(customer, carrier)).rates.sort("prefix", "effective_from").to_dicts())


@deck.command()
@click.argument("number")
@click.option("--seconds", required=True, metavar="S", help="Talk in seconds, such as 61 or 60.5.")
@click.option("--at", metavar="T", help="When the call starts, UTC; default now.")
@_owned
@shared
def explain(number: str, seconds: str, at: str | None, customer: str | None, carrier: str | None) -> None:
    """Explain step by step how a call to NUMBER is rated."""
    found = explained(
        _newest(*_owner(customer, carrier)),
        number,
        _talk(seconds),
        parse_instant(at) if at else datetime.now(UTC),
    )
    emit({**vars(found), "steps": list(found.steps)})


def _talk(seconds: str) -> Decimal:
    try:
        talk_s = parse_amount(seconds)
    except ValueError as error:
        raise UsageError(f"--seconds: {error}") from None
    if talk_s < 0:
        raise UsageError(f"--seconds: {seconds} is below 0")
    return talk_s


def _newest(side: Side, owner: str) -> Deck:
    decks = decks_of(Database.of(workspace()), side, owner)
    if not decks:
        raise TollbookError(f"{side} '{owner}' has no deck: `tollbook deck import FILE --{side} {owner}`")
    return decks[0]
