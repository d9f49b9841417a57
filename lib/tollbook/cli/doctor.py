"""The command doctor."""

import click

from tollbook.cli.output import emit, shared
from tollbook.cli.output import workspace as place
from tollbook.doctor.installation import installation
from tollbook.doctor.live import live
from tollbook.doctor.serving import serving
from tollbook.doctor.workspace import workspace
from tollbook.errors import TollbookError


@click.command()
@shared
def doctor() -> None:
    """Check the installation, the workspace and how it is served, and say what to mend."""
    home = place()
    found = [*installation(), *workspace(home), *serving(home), *live(home)]
    emit([{**check.__dict__} for check in found])
    broken = [check.check for check in found if not check.ok]
    if broken:
        raise TollbookError(f"to be mended: {', '.join(broken)}")
