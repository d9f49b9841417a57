"""`import` and `export` of whatever has a register: customers, carriers, contacts and users."""

from pathlib import Path

import click

from tollbook.account import intake, outgo
from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.register import Register
from tollbook.cli.output import emit, say, shared, workspace


def import_command(register: Register) -> click.Command:
    """The command that enters and changes from a file."""
    word, key = register.word, register.key

    @click.command(
        "import",
        help=f"Enter or change a {word} per line of a CSV or XLSX file: {key} and any field. All or nothing.",
    )
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
    @click.option(
        "--dry-run", is_flag=True, help="Only say what would be done, with every conflict and its line."
    )
    @shared
    def import_(file: Path, dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
        database = Database.of(workspace())
        if not dry_run:
            with database.session() as session:
                rows = intake.import_file(session, register, file, command_line())
            emit(rows)
            return
        lines = intake.lines_of(file, register)
        with database.reading() as session:
            plan = intake.plan(session, register, file.name, lines)
        emit(plan.told())
        for conflict in plan.conflicts:
            say(f"{file.name}: line {conflict.line}: {conflict.told}")

    return import_


def export_command(register: Register) -> click.Command:
    """The command that writes what an import reads."""

    @click.command("export", help=f"Write every {register.word} as a file that import reads.")
    @click.option(
        "--format",
        "kind",
        type=click.Choice([*outgo.FORMATS]),
        default="csv",
        show_default=True,
        help="What kind of file.",
    )
    @click.option(
        "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
    )
    @shared
    def export(kind: str, output: Path | None) -> None:
        as_json = (click.get_current_context().find_object(dict) or {}).get("as_json")
        with Database.of(workspace()).reading() as session:
            rows = register.listing(session)
        if output is not None:
            output.write_bytes(outgo.file_of(register, rows, kind))
            emit({"format": kind, "file": str(output), "rows": len(rows)})
        elif as_json:
            emit([{register.key: row[register.key], **register.texts(row)} for row in rows])
        else:
            click.echo(outgo.file_of(register, rows, kind), nl=False)

    return export
