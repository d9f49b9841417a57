"""The command `calls`: the calls themselves, by the conditions of their page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from tollbook.calls.asked import query
from tollbook.calls.query import Query, count, page
from tollbook.calls.table import Shown, chosen_columns, csv_pieces
from tollbook.channels import last_day
from tollbook.cli.output import Command, emit, say, shared, workspace
from tollbook.lake.store import Lake
from tollbook.params import Calls
from tollbook.periods import parse_instant, parse_zone
from tollbook.values import joined, parse_back, separated

_MS = 1000


def _listed(name: str, metavar: str, words: str) -> Callable[[Command], Command]:
    return click.option(f"--{name}", metavar=metavar, multiple=True, help=words)


@click.command()
@click.option(
    "--from", "start", default="-24h", show_default=True, metavar="T", help="An instant, -24h or -7d."
)
@click.option("--to", "end", default="", metavar="T", help="First instant that no longer counts.")
@click.option("--tz", "zone", default="UTC", show_default=True, metavar="ZONE", help="Zone of the clock.")
@click.option("--number", default="", metavar="N", help="What the caller's or the called number starts with.")
@_listed("customer", "C", "Only this customer; may be repeated.")
@_listed("carrier", "K", "Only this carrier; may be repeated.")
@_listed("outcome", "O", "Only this outcome, such as busy; may be repeated.")
@_listed("code", "CODE", "Only this SIP code, or a class such as 5xx; may be repeated.")
@click.option("--shortest", default="", metavar="S", help="Shortest duration in seconds.")
@click.option("--longest", default="", metavar="S", help="Longest duration in seconds.")
@click.option("--where", default="", metavar="JSON", help='Nested conditions, {"any": [{"field": ...}]}.')
@click.option("--columns", default="", metavar="A,B", help="Columns, in this order; default the usual ones.")
@click.option("--oldest", is_flag=True, help="The oldest first.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Calls shown.")
@click.option("--count", "only_count", is_flag=True, help="Only how many there are.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all of them as CSV, times on the zone's clock.")
@shared
def calls(
    start: str,
    end: str,
    zone: str,
    number: str,
    customer: tuple[str, ...],
    carrier: tuple[str, ...],
    outcome: tuple[str, ...],
    code: tuple[str, ...],
    shortest: str,
    longest: str,
    where: str,
    columns: str,
    oldest: bool,  # noqa: FBT001 - a flag of the command line
    limit: int,
    only_count: bool,  # noqa: FBT001 - a flag of the command line
    as_csv: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Show the calls themselves, the newest first, by any conditions."""
    lake = Lake(workspace())
    lists = {"customer": customer, "carrier": carrier, "outcome": outcome, "sip_code": code}
    texts = {"number": number, "shortest": shortest, "longest": longest, "where": where}
    told = {"zone": zone, "order": "oldest" if oldest else "newest", **texts}
    chosen = Calls.of({**told, **{name: joined(ids) for name, ids in lists.items()}}, "calls")
    asked = query(chosen, *_span(lake, start, end, zone))
    shown = chosen_columns(separated(columns))
    if only_count:
        emit({"calls": count(lake, asked, customers=None)})
    elif as_csv:
        for piece in csv_pieces(lake, asked, shown, parse_zone(zone), customers=None):
            click.echo(piece, nl=False)
    else:
        _list(lake, asked, shown, limit)


def _span(lake: Lake, start: str, end: str, zone: str) -> tuple[datetime, datetime | None]:
    clock, back = parse_zone(zone), parse_back(start)
    until = parse_instant(end, clock) if end else None
    return (until or last_day(lake)[1]) - back if back else parse_instant(start, clock), until


def _list(lake: Lake, asked: Query, shown: tuple[Shown, ...], limit: int) -> None:
    found = page(lake, asked, customers=None, rows=limit, within_s=float("inf"))
    emit([{column.name: _value(row, column) for column in shown} for row in found.calls.to_dicts()])
    if found.next is not None:
        say(f"there are more than {limit}: --limit shows more, --csv all")


def _value(row: dict[str, Any], column: Shown) -> object:
    value = row[column.source]
    return value / _MS if column.name == "talk_s" and value is not None else value
