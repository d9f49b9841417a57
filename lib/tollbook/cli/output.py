"""What every command shares: the workspace, `--json`, and how rows are printed."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from tollbook.money import plain
from tollbook.periods import iso_z
from tollbook.workspace import Workspace, open_workspace

Command = TypeVar("Command", bound=Callable[..., Any])


def shared(command: Command) -> Command:
    """`--home` and `--json` on the command too, so that they may stand before or after its name."""

    def note(ctx: click.Context, option: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's own type
        if value:
            ctx.ensure_object(dict)[option.name] = value

    json_option = click.option(
        "--json", "as_json", is_flag=True, expose_value=False, callback=note, help="Print one JSON document."
    )
    home_option = click.option(
        "--home", metavar="DIR", expose_value=False, callback=note, help="Workspace; default ./data."
    )
    return home_option(json_option(command))


def home_path() -> Path | None:
    """The `--home` given anywhere on this command line."""
    home = (click.get_current_context().find_object(dict) or {}).get("home")
    return Path(home) if home else None


def workspace() -> Workspace:
    """The workspace that this command line names."""
    return open_workspace(home_path())


def say(words: str) -> None:
    """Progress and words, on standard error."""
    click.echo(words, err=True)


def emit(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print a result: as one JSON document with `--json`, else as a table people can read.

    Decimals become strings in full precision, instants ISO 8601 with `Z`.
    """
    if (click.get_current_context().find_object(dict) or {}).get("as_json"):
        click.echo(json.dumps(document, default=plain_json, ensure_ascii=False, indent=1))
    elif isinstance(document, Mapping):
        width = max((len(str(key)) for key in document), default=0)
        for key, value in document.items():
            click.echo(f"{key:<{width}}  {_words(value)}")
    else:
        _emit_table([row if isinstance(row, Mapping) else {"value": row} for row in document])


def plain_json(value: object) -> str | float:
    """For `json.dumps`: decimals as texts, instants ISO 8601 with `Z`."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return iso_z(value)
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def _words(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Mapping) and "value" in value:
        return _words(value["value"])
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, default=plain_json, ensure_ascii=False)
    return " / ".join(str(value if isinstance(value, str | int) else plain_json(value)).splitlines())


def _emit_table(rows: list[Mapping[str, Any]]) -> None:
    if not rows:
        say("nothing found")
        return
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns, *[[_words(row.get(column)) for column in columns] for row in rows]]
    numeric = [
        all(isinstance(r.get(c), int | float | Decimal | Mapping | None) for r in rows) for c in columns
    ]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        padded = [c.rjust(w) if n else c.ljust(w) for c, w, n in zip(line, widths, numeric, strict=True)]
        click.echo("  ".join(padded).rstrip())
