"""Commands for number blocks: settings, allocate, list, release, usage, import, export."""

from pathlib import Path
from typing import Final

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.numbering import block_intake, blocks, lines, outgo
from tollbook.account.numbering.book import some
from tollbook.cli.intake import DRY_RUN, FILE, STRICT, take_in
from tollbook.cli.output import emit, say, shared, workspace

SHEETS: Final = {"csv": outgo.blocks_csv, "xlsx": outgo.blocks_xlsx}


@click.group()
def block() -> None:
    """Number blocks: numbers that a customer has for itself."""


@block.command()
@click.option(
    "--start", default="", metavar="N", help="Number with which the first block begins; zeros count."
)
@click.option("--size", type=int, metavar="N", help="Numbers of a block.")
@click.option("--realm", metavar="DOMAIN", help="SIP domain in which new secrets count.")
@shared
def settings(start: str, size: int | None, realm: str | None) -> None:
    """Say where blocks begin and how large the next ones are; without options show it."""
    database = Database.of(workspace())
    if not start and size is None and realm is None:
        with database.reading() as session:
            told = blocks.settings(session)
    else:
        with database.session() as session:
            told = blocks.set_up(session, command_line(), start=start, size=size, realm=realm)
    emit(told)


@block.command()
@click.option("--customer", required=True, metavar="C", help="Whom to give it to.")
@click.option("--start", default="", metavar="N", help="Its first number; default the next that fits.")
@click.option("--end", default="", metavar="N", help="Its last number, which belongs to it.")
@shared
def allocate(customer: str, start: str, end: str) -> None:
    """Give a customer the next block that fits, or the one that is named."""
    with Database.of(workspace()).session() as session:
        row = blocks.allocate(session, command_line(), customer, start, end)
        others = blocks.strangers(session, row["id"])
    emit(row)
    if others:
        say(f"extensions of other customers lie in it: {some(others)}")


@block.command("list")
@click.option("--customer", metavar="C", help="Only of this customer.")
@shared
def list_(customer: str | None) -> None:
    """List blocks in the order of their numbers, with how many are used and how many free."""
    with Database.of(workspace()).reading() as session:
        rows = blocks.listing(session, None if customer is None else [customer])
    emit(rows)


@block.command()
@click.argument("number", metavar="ID", type=int)
@shared
def release(number: int) -> None:
    """Give a block back, if none of its extensions is in use."""
    with Database.of(workspace()).session() as session:
        row = blocks.release(session, command_line(), number)
    emit(row)


@block.command()
@click.option("--customer", metavar="C", help="Only of this customer.")
@shared
def usage(customer: str | None) -> None:
    """Show per customer how many numbers its blocks have, and which part of them is used."""
    with Database.of(workspace()).reading() as session:
        rows = blocks.usage(session, None if customer is None else [customer])
    emit(rows)


@block.command("import")
@FILE
@DRY_RUN
@STRICT
@shared
def import_(file: Path, dry_run: bool, strict: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Enter blocks from a CSV or XLSX file with the columns start, end and customer; lines that conflict are named."""
    told = lines.read_blocks(file)
    take_in(file, told, block_intake.plan, block_intake.carry_out, dry_run=dry_run, strict=strict)


@block.command()
@click.option("--customer", metavar="C", help="Only of this customer.")
@click.option(
    "--format", "kind", type=click.Choice([*SHEETS]), default="csv", show_default=True, help="What for."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
)
@shared
def export(customer: str | None, kind: str, output: Path | None) -> None:
    """Hand out blocks as a file to read in again."""
    customers = None if customer is None else [customer]
    as_json = (click.get_current_context().find_object(dict) or {}).get("as_json")
    with Database.of(workspace()).reading() as session:
        rows = list(outgo.block_rows(session, customers))
        content = SHEETS[kind](session, customers)
    if output is not None:
        output.write_bytes(content)
        emit({"format": kind, "file": str(output)})
    elif as_json:
        emit([dict(zip(lines.BLOCK_COLUMNS, row, strict=True)) for row in rows])
    else:
        click.echo(content, nl=False)
