"""Customers who have numbers, and whoever gives them."""

from collections.abc import Callable
from typing import Any

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks

BY = Actor(None, "test")
Do = Callable[..., Any]


@pytest.fixture
def numbers(database: Database) -> Database:
    """The customers acme and beta, and the account's range: blocks of 1000 from 1000 on."""
    with database.session() as session:
        session.add_all([Customer(id="acme", name="ACME"), Customer(id="beta", name="Beta")])
        session.flush()
        blocks.set_up(session, BY, start="1000", size=1000)
    return database


@pytest.fixture
def do(numbers: Database) -> Do:
    """Calls a function in a transaction of its own: `do(blocks.allocate, BY, "acme")`."""

    def call(work: Callable[..., Any], *words: Any, **named: Any) -> Any:
        with numbers.session() as session:
            done = work(session, *words, **named)
            return done if isinstance(done, str | dict | list | None) else list(done)

    return call
