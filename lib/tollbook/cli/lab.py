"""`tollbook lab`."""

from pathlib import Path
from typing import Final

import click

from tollbook.cli.output import say, shared, workspace

FOLDER: Final = "my-notebooks"
PORT: Final = 8888


@click.command(context_settings={"ignore_unknown_options": False})
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(FOLDER),
    show_default=f"./{FOLDER}",
    help="Where your copies of the notebooks lie.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port to listen on."
)
@click.option(
    "--user", metavar="NAME", help="User of the system who runs it; only root may name one, and has to."
)
@click.option("--browser/--no-browser", default=True, help="Open a browser, or only print the address.")
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED, metavar="[-- JUPYTER OPTIONS]")
@shared
def lab(folder: Path, port: int, user: str | None, browser: bool, jupyter: tuple[str, ...]) -> None:  # noqa: FBT001 - a flag of the command line
    """Open JupyterLab on your own copies of the notebooks, on this machine.

    Copies that you edited stay as they are, whatever a newer Tollbook ships. What stands after `--` is given to
    JupyterLab.
    """
    from tollbook.runs.lab import Lab, become  # noqa: PLC0415 - each command loads only what it needs

    made = Lab.of(folder, workspace(), port=port, browser=browser, more=jupyter)
    become(user, jupyter)
    done = made.copy()
    for words, names in (("copied", done.new), ("updated", done.updated)):
        if names:
            say(f"{words} to {folder}: {', '.join(names)}")
    for name in done.kept:
        say(f"{folder / name}: yours is kept; another is shipped, which you get by renaming yours")
    made.start()
