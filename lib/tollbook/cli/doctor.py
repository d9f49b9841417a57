"""The command doctor."""

import click

from tollbook import doctor as checks
from tollbook.cli.output import emit, shared, workspace
from tollbook.errors import TollbookError


@click.command()
@shared
def doctor() -> None:
    """Check the installation and the workspace, and say what to mend."""
    place = workspace()
    found = [*checks.installation(), *checks.workspace(place)]
    emit([{**check.__dict__} for check in found])
    broken = [check.check for check in found if not check.ok]
    if broken:
        raise TollbookError(f"to be mended: {', '.join(broken)}")
