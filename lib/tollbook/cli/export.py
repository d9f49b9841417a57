"""The command that hands out a filed invoice."""

from pathlib import Path
from typing import Final

import click

from tollbook.account.database import Database
from tollbook.billing.documents.einvoice import FACTURX, PEPPOL, XRECHNUNG
from tollbook.billing.documents.make import CALLS, LINES, PAGE, PDF, absent_of
from tollbook.billing.filed import RECORD, folder_of
from tollbook.billing.papers import numbered
from tollbook.cli.invoices import invoice
from tollbook.cli.output import emit, shared, workspace
from tollbook.errors import TollbookError

FORMATS: Final = {
    "pdf": PDF,
    "html": PAGE,
    "csv": LINES,
    "calls": CALLS,
    "xml": FACTURX.file,
    "ubl": PEPPOL.file,
    "xrechnung": XRECHNUNG.file,
    "json": RECORD,
}
"""What can be asked for, and the file that it is."""


@invoice.command()
@click.argument("number")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), required=True, help="Which of its files.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
)
@shared
def export(number: str, kind: str, output: Path | None) -> None:
    """Hand out a file of an invoice: to FILE, or without one to standard output; --json tells where it is."""
    home = workspace()
    paper = numbered(home, Database.of(home), number)
    name, record = FORMATS[kind], paper.record
    if name not in paper.files:
        folder = folder_of(home, record)
        told = next((why for why in absent_of(record, folder) if why.startswith(name)), name)
        raise TollbookError(f"invoice {number} has no {told}")
    path = paper.files[name]
    if output is not None:
        output.write_bytes(path.read_bytes())
        path = output
    if output is not None or (click.get_current_context().find_object(dict) or {}).get("as_json"):
        emit({"number": number, "format": kind, "file": str(path)})
        return
    click.echo(path.read_bytes(), nl=False)


__all__ = ["export", "invoice"]
