"""Options that are made from the fields of master data, and what of them was entered."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import click

from tollbook.account.fields import Field
from tollbook.errors import UsageError
from tollbook.periods import parse_instant


def options(fields: Iterable[Field]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An option per field that may be entered."""
    listed = list(fields)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for field in reversed(listed):
            option = click.option(field.option, field.name, metavar=field.metavar, help=field.meaning)
            command = option(command)
        return command

    return decorate


def given(entered: dict[str, Any]) -> dict[str, Any]:
    """The fields that were named on the command line."""
    return {name: value for name, value in entered.items() if value is not None}


def something(entered: dict[str, Any]) -> dict[str, Any]:
    """The same, of which there must be one.

    Raises:
        UsageError: none was named.
    """
    named = given(entered)
    if not named:
        raise UsageError(f"nothing to set: name a field, such as --{next(iter(entered))}")
    return named


def instant(text: str | None) -> datetime | None:
    """The instant that an option tells, if it was named."""
    return parse_instant(text) if text else None
