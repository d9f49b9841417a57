"""Number blocks: the account's range, the next one that fits, one that is named, and giving one back."""

import re
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from tollbook.account import parties
from tollbook.account.audit import Actor, changed, record
from tollbook.account.models import Customer
from tollbook.account.numbering.book import Book, ConflictError, alone, some
from tollbook.account.numbering.digits import Span, checked_number, first_fit, number_of, span_of
from tollbook.account.numbering.models import LARGEST, Extension, NumberBlock, NumberSettings
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr

Row = dict[str, Any]

_REALM: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def settings(session: Session) -> Row:
    """Where numbers begin, how many a block has, and the realm of SIP secrets; null or empty where not set."""
    row = session.get(NumberSettings, 1)
    return {"start": row and row.start, "size": row and row.size, "realm": row.realm if row else ""}


def set_up(
    session: Session, by: Actor, *, start: str = "", size: int | None = None, realm: str | None = None
) -> Row:
    """Set what is named; what is allocated already stays as it is.

    Raises:
        UsageError: a value cannot be, or start and size are not both known.
    """
    alone(session)
    before = settings(session)
    first: str | None = checked_number(start) if start else before["start"]
    many: int | None = before["size"] if size is None else size
    domain: str = before["realm"] if realm is None else checked_realm(realm)
    if (first is None) != (many is None):
        raise UsageError(tr("start and size belong together: name both"))
    if first is not None and many is not None:
        _refuse_size(first, many)
    row = session.get(NumberSettings, 1) or NumberSettings()
    row.start, row.size, row.realm = first, many, domain
    session.add(row)
    after = {"start": first, "size": many, "realm": domain}
    was, became = changed(before, after)
    if became:
        record(session, by, "change", "block settings", before=was, after=became)
    return after


def allocate(session: Session, by: Actor, customer: str, start: str = "", end: str = "") -> Row:
    """Give a customer the next block of the account's size that fits, or the one from `start` to `end`.

    Extensions that the customer has there already become extensions of the block.

    Raises:
        UsageError: there is no such customer, or the ends are none.
        ConflictError: the block overlaps another one, or no block fits any more.
    """
    alone(session)
    parties.show(session, Customer, customer)
    book = Book.of(session)
    if bool(start) != bool(end):
        raise UsageError(tr("name both ends of a block, or none for the next one that fits"))
    span = _named(book, start, end) if start else _next(session, book)
    return show(session, enter(session, by, customer, span))


def enter(session: Session, by: Actor, customer: str, span: Span) -> int:
    """Store a block of a customer that is known to fit. Returns its id."""
    block = NumberBlock(
        customer_id=customer,
        start_number=number_of(span.first),
        end_number=number_of(span.last),
        start_key=span.first,
        end_key=span.last,
        created_by=by.login,
    )
    session.add(block)
    session.flush()
    mine = Extension.customer_id == customer, Extension.key.between(span.first, span.last)
    session.execute(update(Extension).where(*mine).values(block_id=block.id))
    after = {"customer": customer, "start": block.start_number, "end": block.end_number}
    record(session, by, "allocate", f"block {block.id}", after=after)
    return block.id


def release(session: Session, by: Actor, block_id: int) -> Row:
    """Give a block back. Returns the row as it was.

    Raises:
        UsageError: there is no such block.
        ConflictError: extensions of it are in use; the message lists them.
    """
    alone(session)
    row = show(session, block_id)
    of_it = select(Extension.number).where(Extension.block_id == block_id).order_by(Extension.key)
    if used := session.scalars(of_it).all():
        words = tr("block {id} ({start}-{end} of {customer}) has {count} in use: {numbers}")
        raise ConflictError(words.format(**{**row, "count": len(used), "numbers": some(used)}))
    session.delete(session.get_one(NumberBlock, block_id))
    session.flush()
    record(session, by, "release", f"block {block_id}", before=_told(row))
    return row


def show(session: Session, block_id: int) -> Row:
    """One block.

    Raises:
        UsageError: there is no such block.
    """
    found = session.execute(chosen().where(NumberBlock.id == block_id)).one_or_none()
    if found is None:
        known = map(str, session.scalars(select(NumberBlock.id)))
        raise UsageError(f"no block '{block_id}'{did_you_mean(str(block_id), known)}")
    return row_of(*found)


def listing(session: Session, customers: Collection[str] | None = None) -> list[Row]:
    """Blocks in the order of their numbers, of these customers or of all."""
    wanted = chosen().order_by(NumberBlock.start_key)
    if customers is not None:
        wanted = wanted.where(NumberBlock.customer_id.in_(customers))
    return [row_of(*found) for found in session.execute(wanted)]


def usage(session: Session, customers: Collection[str] | None = None) -> list[Row]:
    """Per customer with blocks: how many numbers it has, how many of them are used, and the ratio of the two."""
    sums: dict[str, Row] = {}
    for row in listing(session, customers):
        mine = sums.setdefault(
            row["customer"], {"customer": row["customer"], "blocks": 0, "numbers": 0, "used": 0, "free": 0}
        )
        mine["blocks"] += 1
        mine["used"] += row["used"]
        mine["free"] += row["free"]
        mine["numbers"] += row["used"] + row["free"]
    return [
        {**sums[name], "utilisation": sums[name]["used"] / sums[name]["numbers"]} for name in sorted(sums)
    ]


def strangers(session: Session, block_id: int) -> list[str]:
    """Extensions of other customers that lie in a block: they were there before it."""
    inside = Extension.key.between(NumberBlock.start_key, NumberBlock.end_key)
    others = (select(Extension.number).join(NumberBlock, inside).where(NumberBlock.id == block_id)).where(
        Extension.customer_id != NumberBlock.customer_id
    )
    return list(session.scalars(others.order_by(Extension.key)))


def chosen() -> Select[NumberBlock, int]:
    """Blocks, each with how many of its numbers are in use, whoever has them."""
    inside = Extension.key.between(NumberBlock.start_key, NumberBlock.end_key)
    used = select(func.count()).select_from(Extension).where(inside).scalar_subquery()
    return select(NumberBlock, used.label("used"))


def row_of(block: NumberBlock, used: int) -> Row:
    """A block as it is told."""
    told = {
        "id": block.id,
        "customer": block.customer_id,
        "start": block.start_number,
        "end": block.end_number,
    }
    return {**told, "used": used, "free": len(Span(block.start_key, block.end_key)) - used}


def checked_realm(text: str) -> str:
    """The realm itself, if it is the name of a host; an empty one is none.

    Raises:
        UsageError: it is no such name.
    """
    if text and not _REALM.fullmatch(text):
        raise UsageError(f"realm '{text[:60]}': write the name of the SIP domain, such as sip.example.net")
    return text


def _refuse_size(start: str, size: int) -> None:
    if not 1 <= size <= LARGEST:
        words = tr("size {size}: a block has 1 to {most} numbers")
        raise UsageError(words.format(size=size, most=LARGEST))
    if first_fit(start, size, ()) is None:
        words = tr("{size} numbers from {start} on need more digits, and its zeros say that there are none")
        raise UsageError(words.format(size=size, start=start))


def _named(book: Book, start: str, end: str) -> Span:
    span = span_of(start, end)
    refuse_size(span)
    refuse_overlap(book, span)
    return span


def refuse_size(span: Span) -> None:
    """Nothing, if a block can have so many numbers.

    Raises:
        UsageError: they are too many.
    """
    if len(span) > LARGEST:
        words = tr("{span} has {count} numbers: a block has at most {most}")
        raise UsageError(words.format(span=span, count=len(span), most=LARGEST))


def refuse_overlap(book: Book, span: Span) -> None:
    """Nothing, if none of the numbers is in a block.

    Raises:
        ConflictError: some are; it names them, and whose block it is.
    """
    common = list(book.within(span))
    if common:
        one = tr("{both} (block {id} of {customer}, {span})")
        named = some(
            one.format(both=both, id=held.id, customer=held.customer, span=held.span) for held, both in common
        )
        raise ConflictError(
            tr("{span} overlaps what is allocated already: {named}").format(span=span, named=named)
        )


def _next(session: Session, book: Book) -> Span:
    known = settings(session)
    if known["start"] is None:
        raise ConflictError(
            tr("nobody has said where blocks begin: set the range start and the block size first")
        )
    found = next_fit(session, book)
    if found is None:
        raise ConflictError(
            tr("no {size} numbers in a row are left from {start} on").format(
                size=known["size"], start=known["start"]
            )
        )
    return found


def next_fit(session: Session, book: Book) -> Span | None:
    """The next block that fits; null where there is none, or nobody has said where blocks begin."""
    known = settings(session)
    if known["start"] is None:
        return None
    return first_fit(known["start"], known["size"], (held.span for held in book.blocks))


def _told(row: Row) -> Row:
    return {name: row[name] for name in ("customer", "start", "end")}
