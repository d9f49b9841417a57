"""Commands for what is sent to people: `mail list`, `mail send`, `mail test`; text messages too."""

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.post import deliver, outbox
from tollbook.account.post.message import Message
from tollbook.account.post.models import STATES
from tollbook.account.secret import workspace_secret
from tollbook.cli.output import emit, shared, workspace
from tollbook.errors import TollbookError, UsageError
from tollbook.params import Site, read


@click.group()
def mail() -> None:
    """Mail and text messages: what waits, what became of it, and whether it works."""


@mail.command("list")
@click.option("--state", default="", metavar="|".join(STATES), help="Only those of this state.")
@shared
def list_(state: str) -> None:
    """List messages, the newest first. What they say is not shown."""
    with Database.of(workspace()).reading() as session:
        rows = outbox.listing(session, state)
    emit(rows)


@mail.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[ID]...")
@shared
def send(numbers: tuple[int, ...]) -> None:
    """Send what is due; with ids only these, whatever became of them before: an `unsure` one may then come twice."""
    place, site = workspace(), read("site", Site)
    db = Database.of(place)
    if numbers:
        with db.session() as session:
            outbox.again(session, numbers, command_line(), now())
    emit(deliver.deliver(db, workspace_secret(place), site, now, numbers or None))


@mail.command()
@click.argument("address")
@shared
def test(address: str) -> None:
    """Send a message to an e-mail address or a mobile number now, and tell what the server said."""
    place, site, at = workspace(), read("site", Site), now()
    db, secret = Database.of(place), workspace_secret(place)
    message = _message(site, address)
    if not outbox.ready(site, message.channel):
        key = "mail.host" if message.channel == "mail" else "sms.url"
        raise UsageError(f"params/site.yml: {key} is empty, so that nothing is sent")
    with db.session() as session:
        number = outbox.put(session, secret, message, "test", at)
    deliver.deliver(db, secret, site, now, [number])
    with db.reading() as session:
        row = next(row for row in outbox.listing(session) if row["id"] == number)
    if row["state"] != "sent":
        raise TollbookError(f"message {number} to {address} is {row['state']}: {row['answer']}")
    emit(row)


def _message(site: Site, address: str) -> Message:
    words = f"This is a test of {site.name}. If you can read it, it works."
    if "@" in address:
        return Message(address, f"{words}\n", subject=f"Test of {site.name}")
    return Message(address, words, "sms")
