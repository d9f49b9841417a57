"""Commands about alerts: alert add, set, list, show, remove, test, backtest, history."""

from contextlib import closing

import click

from tollbook.account.alerts import history as happened
from tollbook.account.alerts import rules
from tollbook.account.alerts.fields import FIELDS
from tollbook.account.alerts.models import KINDS, Alert
from tollbook.account.alerts.shown import brief
from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.alerts import replay, testing
from tollbook.cli.entered import given, instant, options, something
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.lake.store import Lake

_NAMED = [field for field in FIELDS.values() if field.name != "name"]


@click.group()
def alert() -> None:
    """Alerts: rules over figures and balances, judged at every refresh."""


@alert.command()
@click.argument("name")
@options(_NAMED)
@shared
def add(name: str, **entered: str | None) -> None:
    """Enter a rule; it is judged from the next refresh on."""
    with Database.of(workspace()).session() as session:
        row = rules.add(session, command_line(), {"name": name, **given(entered)}, now())
    emit(row)


@alert.command("set")
@click.argument("number", metavar="ID", type=int)
@options(FIELDS.values())
@shared
def set_(number: int, **entered: str | None) -> None:
    """Change fields of a rule; an empty value clears one."""
    named = something(entered)
    with Database.of(workspace()).session() as session:
        row = rules.change(session, command_line(), number, named, now())
    emit(row)


@alert.command("list")
@shared
def list_() -> None:
    """List the rules, each with how it stands."""
    with Database.of(workspace()).reading() as session:
        rows = rules.listing(session)
    emit([brief(row) for row in rows])


@alert.command()
@click.argument("number", metavar="ID", type=int)
@shared
def show(number: int) -> None:
    """Show a rule, and how it stands."""
    with Database.of(workspace()).reading() as session:
        row = rules.show(session, number)
    emit(row)


@alert.command()
@click.argument("number", metavar="ID", type=int)
@shared
def remove(number: int) -> None:
    """Judge a rule no more; its history stays."""
    with Database.of(workspace()).session() as session:
        row = rules.remove(session, command_line(), number, now())
    emit(row)


@alert.command()
@click.argument("number", metavar="ID", type=int)
@shared
def test(number: int) -> None:
    """Send its recipients a message that says that it is a test, and tell webhooks."""
    row = testing.send_test(workspace(), number, command_line())
    emit(row)
    for one in row["deliveries"]:
        if one["state"] != "sent":
            say(f"{one['to']}: {one['state']}: {one['answer']}")


@alert.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--days", type=int, default=replay.DAYS, show_default=True, help="Days that are replayed.")
@options(_NAMED)
@shared
def backtest(number: int, days: int, **entered: str | None) -> None:
    """Tell how often a rule would have fired in the last days; with fields, how often it would with those."""
    place = workspace()
    with closing(Database.of(place)) as db, db.reading() as session:
        rule = rules.found(session, number)
        tried = Alert(id=number, **rules.tried(session, rule, given(entered)))
        told = replay.replayed(Lake(place), session, tried, days).told()
    emit(told)


@alert.command()
@click.argument("number", metavar="[ID]", type=int, required=False)
@click.option("--kind", default="", metavar="|".join(KINDS), help="Only what is of this kind.")
@click.option("--from", "start", metavar="T", help="First instant, such as 2026-10-05T13:00Z.")
@click.option("--to", "end", metavar="T", help="First instant that no longer counts.")
@shared
def history(number: int | None, kind: str, start: str | None, end: str | None) -> None:
    """List what the rules did, of one or of all, the newest first, and who was told."""
    with Database.of(workspace()).reading() as session:
        rows = happened.listing(session, number, kind=kind, start=instant(start), end=instant(end))
    emit(rows)
