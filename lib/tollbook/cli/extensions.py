"""Commands for SIP extensions: add, list, set, remove, free, history, secret, import, export."""

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Final

import click
from sqlalchemy.orm import Session

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.numbering import extensions, history, intake, lines, outgo, sip
from tollbook.account.numbering.book import some
from tollbook.account.numbering.switches import SWITCHES
from tollbook.account.secret import lasting_secret, workspace_secret
from tollbook.cli.intake import DRY_RUN, FILE, STRICT, take_in
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import UsageError

SHEETS: Final = {"csv": outgo.csv_file, "xlsx": outgo.xlsx_file}
_MOST_FREE: Final = 100_000
_OF_ONE = click.option("--customer", metavar="C", help="Only of this customer.")
_CUSTOMER = click.option("--customer", required=True, metavar="C", help="Whose.")


@click.group()
def extension() -> None:
    """SIP extensions: numbers by which devices register."""


@extension.command()
@_CUSTOMER
@click.argument("number", default="")
@click.option("--name", default="", metavar="TEXT", help="Who or what it is; shown to whom it calls.")
@shared
def add(customer: str, number: str, name: str) -> None:
    """Enter an extension: NUMBER, or the next that is free for the customer."""
    with Database.of(workspace()).session() as session:
        row = extensions.add(session, command_line(), customer, number, name)
    emit(row)


@extension.command("list")
@_OF_ONE
@shared
def list_(customer: str | None) -> None:
    """List extensions in the order of their numbers; `out_of_block` marks those that lie outside of the blocks."""
    with Database.of(workspace()).reading() as session:
        rows = extensions.listing(session, None if customer is None else [customer])
    emit(rows)


@extension.command("set")
@click.argument("number")
@click.option("--name", required=True, metavar="TEXT", help="Who or what it is; an empty one takes it away.")
@shared
def set_(number: str, name: str) -> None:
    """Change the name of an extension."""
    with Database.of(workspace()).session() as session:
        row = extensions.rename(session, command_line(), number, name)
    emit(row)


@extension.command()
@click.argument("number")
@shared
def remove(number: str) -> None:
    """Take an extension away: its number is free again."""
    with Database.of(workspace()).session() as session:
        row = extensions.remove(session, command_line(), number)
    emit(row)


@extension.command()
@_CUSTOMER
@click.option(
    "--limit",
    default=_MOST_FREE,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="At most so many.",
)
@shared
def free(customer: str, limit: int) -> None:
    """List the numbers that a customer can take, in order."""
    with Database.of(workspace()).reading() as session:
        found = list(islice(extensions.free(session, customer), limit + 1))
    emit(found[:limit])
    if len(found) > limit:
        say(f"there are more than {limit}")


@extension.command("history")
@click.argument("number")
@shared
def history_(number: str) -> None:
    """Show who added, renamed or took away a number, when and from where."""
    with Database.of(workspace()).reading() as session:
        rows = [history.told(event) for event in history.of_extension(session, number)]
    emit(rows)


@extension.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option(
    "--customer", metavar="C", help="In place of numbers: all of this customer that have no secret."
)
@click.option(
    "--realm", default="", metavar="DOMAIN", help="SIP domain in which they count; default the account's."
)
@shared
def secret(numbers: tuple[str, ...], customer: str | None, realm: str) -> None:
    """Make new secrets by which devices register. They are told now and never again."""
    if bool(numbers) == (customer is not None):
        raise UsageError("name extensions, or a customer with --customer")
    home = workspace()
    with Database.of(home).session() as session:
        sip.checked_numbers(session, numbers)
        wanted = sip.without_secret(customer) if customer is not None else sip.numbered(numbers)
        told = sip.make(session, command_line(), wanted, workspace_secret(home), realm)
    emit([asdict(one) for one in told])


@extension.command("import")
@FILE
@DRY_RUN
@STRICT
@shared
def import_(file: Path, dry_run: bool, strict: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Enter extensions from a CSV or XLSX file with the columns number, customer and name; lines that conflict are named."""
    take_in(file, lines.read(file), intake.plan, intake.carry_out, dry_run=dry_run, strict=strict)


@extension.command()
@_OF_ONE
@click.option(
    "--format",
    "kind",
    type=click.Choice([*SHEETS, *SWITCHES]),
    default="csv",
    show_default=True,
    help="What for.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
)
@shared
def export(customer: str | None, kind: str, output: Path | None) -> None:
    """Hand out extensions as a file to read in again, or as a switch reads them, with hashes of their secrets."""
    customers = None if customer is None else [customer]
    as_json = (click.get_current_context().find_object(dict) or {}).get("as_json")
    with Database.of(workspace()).reading() as session:
        if kind in SHEETS and as_json and output is None:
            emit([dict(zip(lines.COLUMNS, row, strict=True)) for row in outgo.rows(session, customers)])
            return
        content = (
            SHEETS[kind](session, customers) if kind in SHEETS else _for_switch(session, kind, customers)
        )
    if output is not None:
        _write(output, content, secret=kind in SWITCHES)
        emit({"format": kind, "file": str(output)})
    elif as_json:
        emit({"format": kind, "content": content.decode()})
    else:
        click.echo(content, nl=False)


def _for_switch(session: Session, kind: str, customers: list[str] | None) -> bytes:
    devices, without = sip.devices(session, lasting_secret(workspace()), customers)
    if without:
        say(f"left out, as they have no secret (`tollbook extension secret` makes one): {some(without)}")
    return SWITCHES[kind](devices).encode()


def _write(output: Path, content: bytes, *, secret: bool) -> None:
    """Write a file; what a device could register with only its owner can read."""
    if secret:
        output.touch(mode=0o600)
        output.chmod(0o600)
    output.write_bytes(content)
