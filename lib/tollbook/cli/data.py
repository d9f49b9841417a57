"""Commands that fill a workspace: init, import, formats, refresh."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from tollbook.account.audit import command_line, record
from tollbook.account.database import Database
from tollbook.account.secret import workspace_secret
from tollbook.billing.decks import deck_book
from tollbook.cdr import format as cdr
from tollbook.cdr.mapping import read_mapping
from tollbook.cli.output import emit, home_path, say, shared, workspace
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.ingest import Imported, ingest
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace, default_home

_NOTED: Final = ("files", "read", "stored", "duplicates", "replaced", "rejected", "unrated")
"""What the audit keeps of an import."""


@click.command()
@shared
def init() -> None:
    """Make an empty workspace; one that exists is left as it is."""
    made = Workspace((home_path() or default_home()).resolve())
    created = made.create()
    Database.of(made).close()
    if created:
        workspace_secret(made)
    emit({"home": made.home, "created": created})


@click.command()
@shared
def formats() -> None:
    """List the known formats of call records."""
    emit([{"name": f.name, "description": f.description} for f in cdr.formats().values()])


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "format_name", metavar="NAME", help="Read the files as this format, not as sniffed."
)
@click.option(
    "--switch", metavar="NAME", help="Name of the switch that wrote them; default the format's name."
)
@click.option("--tz", "zone", metavar="ZONE", help="Zone of the switch's local times, such as Europe/Berlin.")
@click.option(
    "--map", "mapping", metavar="FILE", help="YAML file that names the columns of a layout of your own."
)
@click.option("--strict", is_flag=True, help="End with 1 if any record was rejected (the others are stored).")
@shared
def import_(
    paths: tuple[str, ...],
    format_name: str | None,
    switch: str | None,
    zone: str | None,
    mapping: str | None,
    strict: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Import call records: files, folders, globs, `-`; .gz, .zst and .tar.gz are unpacked."""
    if mapping and not format_name:
        raise UsageError("--map names columns of one format: say which with --format")
    wanted = cdr.format_named(format_name) if format_name else None
    layouts = (read_mapping(Path(mapping), wanted),) if mapping and wanted else ()
    place = workspace()
    database = Database.of(place)
    with _standard_input(paths) as files:
        done = ingest(
            Lake(place),
            files,
            decks=deck_book(database),
            wanted=wanted,
            layouts=layouts,
            switch=switch,
            zone=zone,
            say=say,
        )
    if done.stored or done.replaced:
        with database.session() as session:
            told = {name: getattr(done, name) for name in _NOTED}
            record(session, command_line(), "import", "calls", after=told)
    _tell(done)
    if strict and done.rejected:
        raise TollbookError(f"{done.rejected} records were rejected: see {done.rejects}")


@contextmanager
def _standard_input(paths: tuple[str, ...]) -> Iterator[list[str]]:
    """The paths, with `-` and pipes replaced by files of what came in: a file is read more than once."""
    with tempfile.TemporaryDirectory() as folder:
        yield [_spooled(path, Path(folder, f"input-{place}")) for place, path in enumerate(paths)]


def _spooled(path: str, into: Path) -> str:
    if path != "-" and not Path(path).is_fifo():
        return path
    with into.open("wb") as file:
        if path == "-":
            shutil.copyfileobj(sys.stdin.buffer, file)
        else:
            with Path(path).open("rb") as pipe:
                shutil.copyfileobj(pipe, file)
    return str(into)


def _tell(done: Imported) -> None:
    emit({**done.__dict__})
    for rule, count in done.rules.items():
        say(f"{count} rejected: {rule}")
    if done.unrated:
        say(
            f"{done.unrated} calls are unrated: import a deck (`tollbook deck import`), then `tollbook refresh`"
        )
    if done.stored or done.replaced:
        say(
            "`tollbook refresh` brings the figures up to date; where `tollbook serve` runs it does so within a minute"
        )


@click.command()
@shared
def refresh() -> None:
    """Bring the figures up to date with the calls, in proportion to what is new. `serve` does so too."""
    from tollbook.runs.fresh import refresh as freshen  # noqa: PLC0415 - only this command needs it

    made = freshen(workspace())
    emit({**made.figures.__dict__})
    for one in made.alerts:
        say(f"alert {one['alert']}, {one['name']}: {one['kind']} {one['subject']}".rstrip())
