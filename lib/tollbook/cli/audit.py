"""`tollbook audit`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from tollbook.account.audit import COLUMNS, events
from tollbook.account.database import Database
from tollbook.cli.entered import instant
from tollbook.cli.output import emit, shared, workspace
from tollbook.periods import iso_z
from tollbook.spreadsheets import csv_text


@click.command()
@click.option("--from", "start", metavar="T", help="First instant, such as 2026-10-05T13:00Z.")
@click.option("--to", "end", metavar="T", help="First instant that no longer counts.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
@shared
def audit(start: str | None, end: str | None, as_csv: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show who did what, when, from where, and what became of it; the oldest first."""
    with Database.of(workspace()).reading() as session:
        told = events(session, instant(start), instant(end))
        if as_csv:
            click.echo(csv_text(COLUMNS, (map(_cell, event.values()) for event in told)), nl=False)
        else:
            emit(list(told))


def _cell(value: Any) -> object:  # noqa: ANN401 - a column of any kind
    """An instant to the microsecond, as an audit is put in order with others; a document as JSON."""
    if isinstance(value, datetime):
        return iso_z(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value
