"""`tollbook checklist`."""

from dataclasses import asdict

import click

from tollbook import checklist as outstanding
from tollbook.cli.output import emit, shared, workspace


@click.command()
@shared
def checklist() -> None:
    """List what is outstanding: what somebody has to enter, mend or look at, and what to do about it."""
    emit([asdict(item) for item in outstanding.checklist(workspace())])
