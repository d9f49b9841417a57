"""Commands about webhooks: who is told of events, what waits, and what was given up."""

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.hooks import deliver as telling
from tollbook.account.hooks import endpoints, outbox
from tollbook.account.hooks.models import EVENTS, STATES
from tollbook.account.models import now
from tollbook.account.secret import workspace_secret
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.params import Site, read


@click.group()
def webhook() -> None:
    """Webhooks: other systems that are told of invoices and payments."""


@webhook.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="|".join(EVENTS),
    help="Tell of this; may be repeated; default all.",
)
@shared
def add(url: str, events: tuple[str, ...]) -> None:
    """Tell an address of events from now on; the secret that they are signed with is told once."""
    place, loopback = workspace(), read("site", Site).webhooks.loopback
    with Database.of(place).session() as session:
        secret, row = endpoints.add(
            session, workspace_secret(place), url, events, command_line(), now(), loopback=loopback
        )
    say("the secret is told only now: keep it where the receiver finds it")
    emit({**row, "secret": secret})


@webhook.command("list")
@shared
def list_() -> None:
    """List the addresses, those that are off too."""
    with Database.of(workspace()).reading() as session:
        rows = endpoints.listing(session)
    emit(rows)


@webhook.command()
@click.argument("number", metavar="ID", type=int)
@shared
def off(number: int) -> None:
    """Tell an address nothing more; what waits for it is given up."""
    with Database.of(workspace()).session() as session:
        row = endpoints.off(session, number, command_line(), now())
    emit(row)


@webhook.command()
@click.option("--state", default="", metavar="|".join(STATES), help="Only those of this state.")
@shared
def events(state: str) -> None:
    """List what was told, what waits and what was given up, the newest first."""
    with Database.of(workspace()).reading() as session:
        rows = outbox.listing(session, state)
    emit(rows)


@webhook.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ID...")
@shared
def resend(numbers: tuple[int, ...]) -> None:
    """Tell these events again, whatever became of them before."""
    place = workspace()
    db = Database.of(place)
    with db.session() as session:
        outbox.again(session, numbers, command_line(), now())
    loopback = read("site", Site).webhooks.loopback
    emit(telling.deliver(db, workspace_secret(place), now, loopback=loopback, only=numbers))


@webhook.command()
@shared
def deliver() -> None:
    """Tell what is due, as `serve` does by itself; for cron."""
    place = workspace()
    loopback = read("site", Site).webhooks.loopback
    emit(telling.deliver(Database.of(place), workspace_secret(place), now, loopback=loopback))
