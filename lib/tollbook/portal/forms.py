"""Pages with forms: what was typed into them, and reading and changing the database for them."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.portal.handlers import Plain

Made = TypeVar("Made")
LONGEST: Final = 1000
"""Characters of anything typed into a form."""


class Form(Plain):
    """A page with a form."""

    def typed(self, name: str) -> str:
        """What was typed into a field."""
        return self.get_body_argument(name, "", strip=False)[:LONGEST]

    async def reading(self, work: Callable[[Session], Made]) -> Made:
        """What a function reads from the database."""

        def read() -> Made:
            with self.database.reading() as session:
                return work(session)

        return await asyncio.to_thread(read)

    async def changing(self, work: Callable[[Session], Made]) -> Made:
        """What a function returns that changes the database, in one transaction."""

        def change() -> Made:
            with self.database.session() as session:
                return work(session)

        return await asyncio.to_thread(change)

    @property
    def actor(self) -> Actor:
        """Who does what this page does."""
        return self.signed.actor
