"""`tollbook serve`."""

from pathlib import Path

import click

from tollbook.cli.output import shared, workspace
from tollbook.params import Site, read

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this machine's need https, see docs/serving.md.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8866, show_default=True, help="Port to listen on."
)
@click.option(
    "--base-url",
    metavar="PATH",
    show_default="that of the site's address, else /",
    help="Path under which the pages lie.",
)
@click.option(
    "--certificate", metavar="FILE", type=FILE, help="Certificate in PEM, to serve https without a proxy."
)
@click.option("--key", metavar="FILE", type=FILE, help="Key of the certificate, in PEM.")
@click.option(
    "--no-schedule",
    is_flag=True,
    help="Make no invoices by schedule and refresh no figures: another process does.",
)
@shared
def serve(
    host: str,
    port: int,
    base_url: str | None,
    certificate: Path | None,
    key: Path | None,
    *,
    no_schedule: bool,
) -> None:
    """Show the dashboard and the Customer Summary in a browser."""
    from tollbook.portal.reach import Reach  # noqa: PLC0415 - each command loads only what it needs
    from tollbook.portal.serve import serve as start  # noqa: PLC0415

    reach = Reach.of(
        read("site", Site), host=host, port=port, base_url=base_url, certificate=certificate, key=key
    )
    start(
        workspace(),
        reach,
        ready=lambda address: click.echo(f"tollbook: serving at {address}"),
        entered=_tell,
        scheduled=not no_schedule,
    )


def _tell(login: str, password: str) -> None:
    click.echo(f"tollbook: sign in as '{login}' with the password {password}")
    click.echo("tollbook: it is told only now; change it in the account menu")
