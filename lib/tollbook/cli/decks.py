"""Commands about decks: import, list, versions, show, diff, export, explain."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import polars as pl

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.billing.deckdiff import KINDS, counts, differences
from tollbook.billing.deckfile import read_deck
from tollbook.billing.deckimport import carry_out, plan
from tollbook.billing.deckout import FORMATS
from tollbook.billing.decks import Deck, Side, Terms, all_decks, stored_deck
from tollbook.billing.explain import explain as explained
from tollbook.billing.versions import rate_row, rates_of, version_of, versions
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
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
@click.option("--card", default="", metavar="NAME", help="Which card of a JSON rate card that has several.")
@click.option("--duration-rounding", type=click.Choice(ROUNDINGS), help="Talk to whole seconds; default up.")
@click.option(
    "--price-precision",
    type=click.IntRange(0, SCALE),
    help="Decimals of a call's price; default the rate card's, else 6.",
)
@click.option(
    "--price-rounding",
    type=click.Choice(ROUNDINGS),
    help="Of the price; default the rate card's, else half_up.",
)
@click.option("--dry-run", is_flag=True, help="Store nothing; tell what would change, and who is affected.")
@shared
def import_(
    file: Path,
    customer: str | None,
    carrier: str | None,
    currency: str | None,
    card: str,
    duration_rounding: Rounding | None,
    price_precision: int | None,
    price_rounding: Rounding | None,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Import a deck from FILE: CSV or XLSX with prefix, destination, rate_per_min and more, or a JSON rate card."""
    side, owner = _owner(customer, carrier)
    terms = Terms(currency, duration_rounding, price_precision, price_rounding)
    sent, home = read_deck(file, card), workspace()
    db = Database.of(home)
    with db.reading() if dry_run else db.session() as session:
        made = plan(session, sent, side, owner, terms, datetime.now(UTC))
        if not dry_run:
            carry_out(session, made, command_line())
    emit(made.preview(Lake(home)) if dry_run else made.summary())
    if made.gaps:
        say(f"{made.gaps} prefixes have a rate now and will have none until one of this file begins")
    say("nothing was stored" if dry_run else "`tollbook refresh` rates the calls that waited for a deck")


@deck.command("list")
@shared
def list_() -> None:
    """List every deck, the newest first; of each customer and carrier the newest is in force."""
    emit(all_decks(Database.of(workspace())))


@deck.command("versions")
@_owned
@shared
def versions_(customer: str | None, carrier: str | None) -> None:
    """List the versions of a deck, the newest first: how many rates, from when to when, and when it was replaced."""
    with Database.of(workspace()).reading() as session:
        found = versions(session, *_owner(customer, carrier))
    emit([vars(one) for one in found])


_VERSION = click.option("--version", "number", type=int, metavar="N", help="Default the one in force.")


@deck.command()
@_owned
@_VERSION
@click.option("--prefix", default="", metavar="DIGITS", help="Only prefixes that begin so.")
@shared
def show(customer: str | None, carrier: str | None, number: int | None, prefix: str) -> None:
    """Show the rates of the deck in force, or of another version."""
    with Database.of(workspace()).reading() as session:
        deck = version_of(session, *_owner(customer, carrier), number)
        rates = rates_of(session, deck.id, prefix=prefix)
        emit([rate_row(rate) for rate in rates])


@deck.command()
@_owned
@click.argument("one", type=int, metavar="V1")
@click.argument("other", type=int, metavar="V2")
@click.option("--at", metavar="T", help="Only what differs from this instant on; default at any time.")
@click.option("--kind", type=click.Choice(KINDS), multiple=True, help="Only such; default all but unchanged.")
@shared
def diff(
    customer: str | None, carrier: str | None, one: int, other: int, at: str | None, kind: tuple[str, ...]
) -> None:
    """Tell what version V2 of a deck changes against version V1, by prefix and time."""
    side, owner = _owner(customer, carrier)
    with Database.of(workspace()).reading() as session:
        decks = [stored_deck(session, version_of(session, side, owner, number).id) for number in (one, other)]
    told = differences(decks[0].rates, decks[1].rates, parse_instant(at) if at else None)
    emit(told.filter(pl.col("kind").is_in(kind or KINDS[:-1])).to_dicts())
    say(", ".join(f"{count} {name}" for name, count in counts(told).items()))


@deck.command()
@_owned
@_VERSION
@click.option(
    "--format", "kind", type=click.Choice([*FORMATS]), default="csv", show_default=True, help="What for."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
)
@shared
def export(
    customer: str | None, carrier: str | None, number: int | None, kind: str, output: Path | None
) -> None:
    """Hand out the rates of a deck as a file that `deck import` reads again."""
    with Database.of(workspace()).reading() as session:
        found = version_of(session, *_owner(customer, carrier), number)
        rates = stored_deck(session, found.id).rates
    if output is not None:
        output.write_bytes(FORMATS[kind][1](rates))
        emit({"format": kind, "file": str(output), "version": found.version, "rows": rates.height})
    elif (click.get_current_context().find_object(dict) or {}).get("as_json"):
        emit(rates.to_dicts())
    else:
        click.echo(FORMATS[kind][1](rates), nl=False)


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
    with Database.of(workspace()).reading() as session:
        return stored_deck(session, version_of(session, side, owner).id)
