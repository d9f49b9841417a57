"""Blocks from the lines of a file, as extensions (`intake.py`): a plan with every conflict, then what fits of it.

A block never changes: one that is there already, of the same customer from the same number to the same, stays as it is.
"""

from bisect import bisect, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.lines import Line
from tollbook.account.models import now
from tollbook.account.numbering.blocks import enter, refuse_overlap, refuse_size
from tollbook.account.numbering.book import Book, ConflictError, Held
from tollbook.account.numbering.digits import Span, number_of, span_of
from tollbook.account.numbering.intake import Conflict, Owners, Plan, cut, key_in, note, refuse_more
from tollbook.account.workbook import EMPTY
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.spreadsheets import exact


def plan(
    session: Session, name: str, lines: Sequence[Line], customers: Collection[str] | None = None
) -> Plan:
    """What a file of these lines would do; nothing is changed. A reader of some `customers` alone has no others."""
    made, check = Plan(name), _Check(Book.of(session), Owners.of(session, customers))
    for line in lines:
        made.rows += 1
        customer, ends = exact(cut(line, "customer")), [cut(line, name) for name in ("start", "end")]
        try:
            refuse_more(line)
            check.line(made, line, customer)
        except (UsageError, ConflictError) as error:
            made.conflicts.append(Conflict(line.number, "-".join(ends), customer, str(error)))
    return made


def carry_out(session: Session, by: Actor, made: Plan) -> None:
    """Enter what a plan has that fits. The transaction has to be that of the plan, and `alone`."""
    for row in made.added:
        enter(session, by, row["customer"], row["span"])
    note(session, by, "blocks", made, now())


@dataclass
class _Check:
    """What a line is compared with: the blocks there are, and those of the lines before in the order of their numbers."""

    book: Book
    owners: Owners
    seen: list[tuple[int, int, int]] = field(default_factory=list)

    def line(self, made: Plan, line: Line, customer: str) -> None:
        """Add a line to the plan.

        Raises:
            UsageError, ConflictError: why it cannot be entered.
        """
        span = _span(line)
        self.owners.refuse_stranger(customer)
        refuse_size(span)
        self._refuse_again(span)
        insort(self.seen, (span.first, span.last, line.number))
        held = self.book.at(span.first)
        if held and (held.customer, held.span) == (customer, span):
            made.unchanged += 1
            return
        refuse_overlap(self.book, span)
        self._refuse_lost_zeros(span, customer)
        made.added.append({"customer": customer, "span": span})

    def _refuse_again(self, span: Span) -> None:
        place = bisect(self.seen, (span.first,))
        for first, last, number in self.seen[max(place - 1, 0) : place + 1]:
            if both := Span(first, last).common(span):
                raise ConflictError(tr("{number} is on line {line} already").format(number=both, line=number))

    def _refuse_lost_zeros(self, span: Span, customer: str) -> None:
        """Numbers that are a block of the customer's with zeros before them have lost those."""
        held = self._with_zeros.get((customer, *_worth(span)))
        if held:
            words = tr("'{number}' has lost its leading zeros: there is {longer}")
            raise ConflictError(words.format(number=span, longer=held.span))

    @cached_property
    def _with_zeros(self) -> dict[tuple[str, int, int], Held]:
        """Blocks whose numbers begin with a zero, by their customer and what a spreadsheet makes of their ends."""
        zeros = (held for held in self.book.blocks if number_of(held.span.first).startswith("0"))
        return {(held.customer, *_worth(held.span)): held for held in zeros}


def _worth(span: Span) -> tuple[int, int]:
    return int(number_of(span.first)), int(number_of(span.last))


def _span(line: Line) -> Span:
    for name in ("start", "end"):
        key_in(cut(line, name), line.cells.get(name, EMPTY).doubt)
    return span_of(cut(line, "start"), cut(line, "end"))
