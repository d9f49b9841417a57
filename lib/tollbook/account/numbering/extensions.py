"""SIP extensions: picked from the blocks of a customer, or free where it has none; never twice in the account."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tollbook.account import parties
from tollbook.account.audit import Actor, record
from tollbook.account.fields import parse_name
from tollbook.account.models import Customer
from tollbook.account.numbering.blocks import settings
from tollbook.account.numbering.book import Book, ConflictError, alone
from tollbook.account.numbering.digits import Span, checked_number, free_in, gaps, key_of, number_of, widths
from tollbook.account.numbering.models import Extension
from tollbook.errors import UsageError
from tollbook.language import tr

Row = dict[str, Any]


class Room:
    """How many more extensions customers without a block may have: `most` each, or with None as many as they want.

    A customer with blocks has the numbers of its blocks, however many they are.
    """

    def __init__(self, session: Session, most: int | None = None) -> None:
        """Count what is there."""
        had = select(Extension.customer_id, func.count()).where(Extension.block_id.is_(None))
        rows = session.execute(had.group_by(Extension.customer_id)).all() if most is not None else []
        self._most, self._had = most, Counter({row[0]: row[1] for row in rows})

    def take(self, customer: str, block: int | None) -> None:
        """Count one more, which lies in this block of the customer's.

        Raises:
            ConflictError: it would be one too many.
        """
        if self._most is None or block is not None:
            return
        if self._had[customer] >= self._most:
            raise ConflictError(_none_free(customer))
        self._had[customer] += 1


def add(
    session: Session, by: Actor, customer: str, number: str = "", name: str = "", *, most: int | None = None
) -> Row:
    """Enter an extension of a customer: this number, or the next free one. Without a block it has `most` at most.

    Raises:
        UsageError: there is no such customer, or the number or the name cannot be one.
        ConflictError: the number is taken, or lies where the customer may have none; or none is free.
    """
    alone(session)
    parties.show(session, Customer, customer)
    book, room = Book.of(session), Room(session, most)
    key = key_of(checked_number(number)) if number else _next(session, book, customer)
    if session.get(Extension, key):
        raise ConflictError(tr("{number} is taken already").format(number=number_of(key)))
    block = book.place(customer, key)
    room.take(customer, block)
    extension = Extension(
        key=key,
        number=number_of(key),
        customer_id=customer,
        block_id=block,
        name=checked_name(name),
        created_by=by.login,
    )
    session.add(extension)
    session.flush()
    row = row_of(book, extension)
    record(session, by, "add", f"extension {row['number']}", after=_told(row))
    return row


def remove(session: Session, by: Actor, number: str) -> Row:
    """Take an extension away: its number is free again. Returns the row as it was.

    Raises:
        UsageError: there is no such extension.
    """
    alone(session)
    extension = found(session, number)
    row = row_of(Book.of(session), extension)
    session.delete(extension)
    session.flush()
    record(session, by, "remove", f"extension {number}", before=_told(row))
    return row


def rename(session: Session, by: Actor, number: str, name: str) -> Row:
    """Give an extension another name, or none. Returns the row as it is then.

    Raises:
        UsageError: there is no such extension, or it cannot be called so.
    """
    alone(session)
    extension = found(session, number)
    was, extension.name = extension.name, checked_name(name)
    session.flush()
    if extension.name != was:
        before, after = named(extension.customer_id, was), named(extension.customer_id, extension.name)
        record(session, by, "change", f"extension {extension.number}", before=before, after=after)
    return row_of(Book.of(session), extension)


def named(customer: str, name: str) -> Row:
    """What the audit tells of an extension before or after it gets another name."""
    return {"customer": customer, "name": name}


def found(session: Session, number: str) -> Extension:
    """The extension of this number.

    Raises:
        UsageError: there is none.
    """
    extension = session.get(Extension, key_of(checked_number(number)))
    if extension is None:
        raise UsageError(tr("there is no extension {number}").format(number=number))
    return extension


def listing(session: Session, customers: Collection[str] | None = None) -> list[Row]:
    """Extensions in the order of their numbers, of these customers or of all."""
    wanted = select(Extension).order_by(Extension.key)
    if customers is not None:
        wanted = wanted.where(Extension.customer_id.in_(customers))
    book = Book.of(session)
    return [row_of(book, extension) for extension in session.scalars(wanted)]


def row_of(book: Book, extension: Extension) -> Row:
    """An extension as it is told; `out_of_block` marks one where its customer could not take it today."""
    owner, key, block = extension.customer_id, extension.key, extension.block_id
    return {
        "number": extension.number,
        "customer": owner,
        "name": extension.name,
        "block": block,
        "out_of_block": book.is_outside(owner, key, block),
        "secret_at": extension.sip_made_at,
        "created_at": extension.created_at,
        "created_by": extension.created_by,
    }


def free(session: Session, customer: str, after: int = 0) -> Iterator[str]:
    """The numbers that a customer can take, in order, those above the key `after` alone; read as they are asked for.

    Without a block they are all that nobody has from the account's start on, which are very many.

    Raises:
        UsageError: there is no such customer.
        ConflictError: it has no block, and nobody has said where numbers begin.
    """
    parties.show(session, Customer, customer)
    spans = _open(session, Book.of(session), customer)
    above = (Span(max(span.first, after + 1), span.last) for span in spans if span.last > after)
    return (number_of(key) for span in above for key in _free_in(session, span))


def checked_name(text: str) -> str:
    """The name of an extension in one line; it may be empty.

    Raises:
        UsageError: it holds what cannot be seen.
    """
    try:
        return parse_name(text.strip()) if text.strip() else ""
    except ValueError as error:
        raise UsageError(tr("name: {why}").format(why=error)) from None


def _next(session: Session, book: Book, customer: str) -> int:
    spans = _open(session, book, customer)
    key = next(chain.from_iterable(_free_in(session, span) for span in spans), None)
    if key is None:
        raise ConflictError(_none_free(customer))
    return key


def _none_free(customer: str) -> str:
    return tr("no extension is free for {customer}: it needs another block").format(customer=customer)


def _open(session: Session, book: Book, customer: str) -> Iterator[Span]:
    """Where a customer may have numbers, in order."""
    if own := book.own(customer):
        return (held.span for held in own)
    start = settings(session)["start"]
    if start is None:
        raise ConflictError(tr("nobody has said where numbers begin: name the number"))
    return (gap for width in widths(start) for gap in gaps(width, (held.span for held in book.blocks)))


def _free_in(session: Session, span: Span) -> Iterator[int]:
    taken = select(Extension.key).where(Extension.key.between(span.first, span.last)).order_by(Extension.key)
    return free_in(span, session.scalars(taken.execution_options(yield_per=1000)))


def _told(row: Row) -> Row:
    return {name: row[name] for name in ("customer", "name", "block") if row[name] not in ("", None)}
