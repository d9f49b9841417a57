"""All blocks as they are at one moment, and the rule that follows from them: which customer may have which number."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tollbook.account.numbering.digits import Span, number_of
from tollbook.account.numbering.models import NumberBlock
from tollbook.errors import LISTED, TollbookError
from tollbook.language import tr

_LOCK: Final = 7_655_020_042
"""Any number, the same in every process: the PostgreSQL advisory lock under which numbers are given and taken."""


class ConflictError(TollbookError):
    """Something does not fit the numbers that are there; the message names them."""


@dataclass(frozen=True)
class Held:
    """A block and whose it is."""

    id: int
    customer: str
    span: Span


@dataclass(frozen=True)
class Book:
    """Blocks in the order of their numbers; no two have one in common."""

    blocks: tuple[Held, ...]

    @classmethod
    def of(cls, session: Session) -> Self:
        """The blocks that this transaction sees."""
        columns = NumberBlock.id, NumberBlock.customer_id, NumberBlock.start_key, NumberBlock.end_key
        rows = session.execute(select(*columns).order_by(NumberBlock.start_key))
        return cls(tuple(Held(row.id, row.customer_id, Span(row.start_key, row.end_key)) for row in rows))

    @cached_property
    def _starts(self) -> list[int]:
        return [held.span.first for held in self.blocks]

    @cached_property
    def _owners(self) -> dict[str, list[Held]]:
        owners: dict[str, list[Held]] = {}
        for held in self.blocks:
            owners.setdefault(held.customer, []).append(held)
        return owners

    def own(self, customer: str) -> list[Held]:
        """The blocks of a customer."""
        return self._owners.get(customer, [])

    def at(self, key: int) -> Held | None:
        """The block that has this number."""
        place = bisect_right(self._starts, key) - 1
        return self.blocks[place] if place >= 0 and key in self.blocks[place].span else None

    def within(self, span: Span) -> Iterator[tuple[Held, Span]]:
        """The blocks that have numbers of a span, each with those that both have."""
        first = max(bisect_right(self._starts, span.first) - 1, 0)
        for held in islice(self.blocks, first, None):
            if held.span.first > span.last:
                return
            if both := held.span.common(span):
                yield held, both

    def place(self, customer: str, key: int) -> int | None:
        """The id of the customer's block that has this number; null where the customer has no block at all.

        Raises:
            ConflictError: the customer may not have it.
        """
        own, found = self.own(customer), self.at(key)
        if found and found.customer == customer:
            return found.id
        number = number_of(key)
        if own:
            raise ConflictError(
                tr("{number} is in none of the blocks of {customer}: {blocks}").format(
                    number=number, customer=customer, blocks=some(str(held.span) for held in own)
                )
            )
        if found:
            raise ConflictError(
                tr("{number} is in another customer's block {block}").format(number=number, block=found.span)
            )
        return None

    def is_outside(self, customer: str, key: int, block: int | None) -> bool:
        """Whether an extension lies where its customer could not take it today."""
        return block is None and (bool(self.own(customer)) or self.at(key) is not None)


def alone(session: Session) -> None:
    """Until this transaction ends, nobody else gives or takes numbers. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def some(words: Iterable[str]) -> str:
    """As many of the words as a line has room for, and how many more there are."""
    listed = list(words)
    more = f" (+{len(listed) - LISTED})" if len(listed) > LISTED else ""
    return f"{', '.join(listed[:LISTED])}{more}"
