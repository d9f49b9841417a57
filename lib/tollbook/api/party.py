"""Customers and carriers over the API: what entering and changing one of either have in common."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from tollbook.account import parties
from tollbook.account.fields import Kind, checked, checked_id
from tollbook.api.asked import Asked
from tollbook.api.problems import ProblemError
from tollbook.errors import UsageError


def add(asked: Asked, session: Session, kind: Kind, name: str, entered: Mapping[str, Any]) -> parties.Row:
    """Enter one under an id; the answer says where it is.

    Raises:
        ProblemError: 422 where the id or a value cannot be, 409 where there is one of that id.
    """
    word = kind.__tablename__
    try:
        checked(kind, entered)
        checked_id(name)
    except UsageError as error:
        raise ProblemError(422, str(error)) from None
    try:
        row = parties.add(session, kind, name, entered, asked.actor)
    except UsageError:
        raise ProblemError(409, f"there is a {word} '{name}' already") from None
    asked.told["Location"] = f"{word}s/{quote(name, safe='')}"
    return row


def change(asked: Asked, session: Session, kind: Kind, name: str, entered: Mapping[str, Any]) -> parties.Row:
    """Change fields of one that there is.

    Raises:
        ProblemError: 422 where a value cannot be, 409 where it cannot be of this one.
    """
    try:
        checked(kind, entered)
    except UsageError as error:
        raise ProblemError(422, str(error)) from None
    try:
        return parties.change(session, kind, name, entered, asked.actor)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
