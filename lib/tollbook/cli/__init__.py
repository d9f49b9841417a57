"""The command `tollbook`: words to calls of the rooms, no logic. Each command loads only what it needs."""

import sys
from importlib import import_module
from typing import Any, Final

import click

from tollbook import __version__
from tollbook.errors import TollbookError

COMMANDS: Final = {
    "init": "tollbook.cli.data:init",
    "demo": "tollbook.cli.demo:demo",
    "import": "tollbook.cli.data:import_",
    "formats": "tollbook.cli.data:formats",
    "refresh": "tollbook.cli.data:refresh",
    "rerate": "tollbook.cli.rerate:rerate",
    "charges": "tollbook.cli.rerate:charges",
    "summary": "tollbook.cli.figures:summary",
    "metrics": "tollbook.cli.figures:metrics",
    "channels": "tollbook.cli.figures:channels",
    "live": "tollbook.cli.live:live",
    "calls": "tollbook.cli.calls:calls",
    "customer": "tollbook.cli.parties:customer",
    "carrier": "tollbook.cli.parties:carrier",
    "checklist": "tollbook.cli.checklist:checklist",
    "alert": "tollbook.cli.alerts:alert",
    "block": "tollbook.cli.blocks:block",
    "extension": "tollbook.cli.extensions:extension",
    "contact": "tollbook.cli.people:contact",
    "user": "tollbook.cli.people:user",
    "mail": "tollbook.cli.mail:mail",
    "audit": "tollbook.cli.audit:audit",
    "deck": "tollbook.cli.decks:deck",
    "invoice": "tollbook.cli.export:invoice",
    "payment": "tollbook.cli.payments:payment",
    "webhook": "tollbook.cli.webhooks:webhook",
    "balance": "tollbook.cli.payments:balance",
    "statement": "tollbook.cli.payments:statement",
    "schedule": "tollbook.cli.schedules:schedule",
    "serve": "tollbook.cli.serve:serve",
    "lab": "tollbook.cli.lab:lab",
    "doctor": "tollbook.cli.doctor:doctor",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for, so that each starts fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help="Workspace; default TOLLBOOK_HOME, else ./data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.version_option(__version__, prog_name="tollbook")
@click.pass_context
def root(ctx: click.Context, home: str | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Call records in; figures, dashboards and invoices out."""
    ctx.obj = {"home": home, "as_json": as_json}


def main(arguments: list[str] | None = None) -> Any:  # noqa: ANN401 - click returns what the command returns
    """Run the command line; what a user can cause ends in one line and exit code 1 or 2."""
    try:
        return root.main(args=arguments, prog_name="tollbook", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(1)
    except TollbookError as error:
        click.echo(f"tollbook: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        click.echo(f"tollbook: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)
