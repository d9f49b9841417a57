"""A register: one kind of master data, customers, carriers or contacts, as whoever enters it needs it.

What the command line, files, pages and the API do with a kind is done by its register, so that the same is refused
everywhere in the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.fields import Field

Row = dict[str, Any]
Entered = Mapping[str, object]


@dataclass(frozen=True)
class Register:
    """How rows of one kind are listed, checked, entered and changed. `key` is the column by which each is known.

    `named` makes a key as it is kept of what was entered. `check` gives the values that a row, or a new one (null),
    would have of what is entered. `lock` finds a row that nobody else changes until the transaction ends. `check`, `add` and `change` raise `FieldError` or `UsageError`, and change nothing then.
    """

    word: str
    resource: str
    key: str
    fields: Mapping[str, Field]
    named: Callable[[str], str]
    find: Callable[[Session, str], Row | None]
    lock: Callable[[Session, str], Row | None]
    listing: Callable[[Session], list[Row]]
    check: Callable[[Session, str, Row | None, Entered], Row]
    add: Callable[[Session, str, Entered, Actor], Row]
    change: Callable[[Session, str, Entered, Actor], Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """What a file of it can have in its header."""
        return (self.key, *self.fields)

    def texts(self, row: Row) -> dict[str, str]:
        """What was entered of a row, as it would be entered again."""
        return {name: Field.text(row[name]) for name in self.fields}
