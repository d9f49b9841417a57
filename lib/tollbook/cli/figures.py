"""Commands that show figures: summary, metrics, channels."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import polars as pl
from sqlalchemy import select

from tollbook import channels as in_progress
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.billing.invoices import numbers_in_force
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.metrics import compute
from tollbook.periods import View, iso_z, parse_instant, parse_zone
from tollbook.summary import summary as customer_summary
from tollbook.summary import to_csv
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace

_SINCE = click.option("--from", "since", metavar="T", help="First instant, such as 2026-10-05T13:00Z.")
_UNTIL = click.option("--to", "until", metavar="T", help="First instant that no longer counts.")


@click.command()
@click.option(
    "--view", default="daily", show_default=True, metavar="VIEW", help="live, daily, weekly or monthly."
)
@click.option(
    "--customer", "customers", multiple=True, metavar="C", help="Only this customer; may be repeated."
)
@click.option(
    "--from", "since", metavar="D", help="First date; rows that it falls into are shown as a whole."
)
@click.option("--to", "until", metavar="D", help="First date that is no longer shown.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
@shared
def summary(
    view: View,
    customers: tuple[str, ...],
    since: str | None,
    until: str | None,
    as_csv: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Show the Customer Summary: what each customer did and owes per hour, day, week or month of UTC."""
    place = workspace()
    lake, database = Lake(place), Database.of(place)
    rows = customer_summary(
        lake,
        view,
        customers=known(place, "customer", customers),
        start=_instant(since),
        end=_instant(until),
        invoices=numbers_in_force(database),
    )
    say(f"all times are UTC; last updated {iso_z(lake.updated_at) if lake.updated_at else 'never'}")
    if as_csv:
        click.echo(to_csv(rows), nl=False)
    else:
        emit(rows.to_dicts())


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--by", metavar="A,B", help="customer, carrier, destination, currency, quarter, hour, day, week, month."
)
@_SINCE
@_UNTIL
@click.option(
    "--tz", "zone", default="UTC", show_default=True, metavar="ZONE", help="Zone in which time is cut."
)
@click.option(
    "--customer", "customers", multiple=True, metavar="C", help="Only this customer; may be repeated."
)
@click.option("--carrier", "carriers", multiple=True, metavar="K", help="Only this carrier; may be repeated.")
@shared
def metrics(
    names: tuple[str, ...],
    by: str | None,
    since: str | None,
    until: str | None,
    zone: str,
    customers: tuple[str, ...],
    carriers: tuple[str, ...],
) -> None:
    """Show any metric (asr, acd, pdd, charge, ...) by anything; from and to are on quarters of an hour."""
    place, local = workspace(), parse_zone(zone)
    rows = compute(
        Lake(place),
        names,
        [name.strip() for name in by.split(",")] if by else (),
        _instant(since, local),
        _instant(until, local),
        zone,
        customers=known(place, "customer", customers),
        carriers=known(place, "carrier", carriers),
    )
    emit([_with_parts(row, names) for row in rows.iter_rows(named=True)])


@click.command()
@click.option("--customer", metavar="C", help="Only this customer.")
@click.option("--carrier", metavar="K", help="Only this carrier.")
@_SINCE
@_UNTIL
@click.option("--peak", is_flag=True, help="Only the most at once, to the microsecond, and when first.")
@shared
def channels(
    customer: str | None,
    carrier: str | None,
    since: str | None,
    until: str | None,
    peak: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Show calls in progress at each minute's start; by default of the last 24 hours that have calls."""
    place = workspace()
    lake = Lake(place)
    start, end = in_progress.last_day(lake)
    start, end = _instant(since) or start, _instant(until) or end
    known(place, "customer", [customer] if customer else [])
    known(place, "carrier", [carrier] if carrier else [])
    if peak:
        most = in_progress.peak(lake, start, end, customer=customer, carrier=carrier)
        emit({"peak": most.peak, "at": most.at})
    else:
        emit(in_progress.channels(lake, start, end, customer=customer, carrier=carrier).to_dicts())


def _instant(text: str | None, zone: ZoneInfo | None = None) -> datetime | None:
    return parse_instant(text, zone) if text else None


def _with_parts(row: dict[str, object], names: Iterable[str]) -> dict[str, object]:
    """The group's columns, then each metric with its parts."""
    figures = {
        name: {
            "value": row[name],
            "numerator": row[f"{name}_numerator"],
            "denominator": row[f"{name}_denominator"],
        }
        for name in names
    }
    parts = {f"{name}{end}" for name in names for end in ("", "_numerator", "_denominator")}
    return {key: value for key, value in row.items() if key not in parts} | figures


def known(place: Workspace, column: str, ids: Iterable[str]) -> list[str] | None:
    """The ids, none of which may be unknown to records and to people alike; null without any."""
    wanted = list(ids)
    if not wanted:
        return None
    party = Customer if column == "customer" else Carrier
    with Database.of(place).reading() as session:
        known = set(session.scalars(select(party.id)))
    known |= set(Lake(place).scan(TRAFFIC).select(pl.col(column).drop_nulls().unique()).collect()[column])
    for name in wanted:
        if name not in known:
            raise UsageError(f"unknown {column} '{name}'{did_you_mean(name, known)}")
    return wanted
