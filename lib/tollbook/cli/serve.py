"""`tollbook serve`."""

import click

from tollbook.cli.output import shared, workspace


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; this machine's only."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8866, show_default=True, help="Port to listen on."
)
@click.option("--base-url", default="/", show_default=True, help="Path under which the pages lie.")
@shared
def serve(host: str, port: int, base_url: str) -> None:
    """Show the dashboard and the Customer Summary in a browser, on this machine."""
    from tollbook.portal.serve import refuse_others  # noqa: PLC0415 - each command loads only what it needs
    from tollbook.portal.serve import serve as start  # noqa: PLC0415

    refuse_others(host)
    start(
        workspace(),
        host=host,
        port=port,
        base_url=base_url,
        ready=lambda address: click.echo(f"tollbook: serving at {address}"),
    )
