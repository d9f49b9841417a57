"""A deck from a file that a page sends in pieces: what it would change first, and then, once somebody says so, in force."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.models import Carrier, Customer, now
from tollbook.billing.deckfile import DeckFile, read_content
from tollbook.billing.deckimport import Plan, carry_out, plan
from tollbook.billing.decks import Side, Terms
from tollbook.billing.versions import SIDES, deck_name, parse_deck
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.show.widget import Message, text_of

LARGEST_FILE: Final = 16 * 1024 * 1024
PIECE: Final = 512 * 1024
"""Bytes that come at once: the portal ends a connection on which more than 1 MiB does."""
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of a part of a workbook."""


@dataclass
class Pieces:
    """A file as far as it has come."""

    name: str = ""
    held: bytearray = field(default_factory=bytearray)

    def add(self, message: Message, buffers: list[memoryview]) -> bytes | None:
        """Take a piece; the file once it is whole.

        Raises:
            UsageError: it is no piece that follows, or the file is too large.
        """
        at, size, name = message.get("at"), message.get("size"), text_of(message, "name")
        if at == 0:
            self.name, self.held = name, bytearray()
        fits = len(buffers) == 1 and at == len(self.held) and name == self.name
        if not fits or not isinstance(size, int):
            raise UsageError(tr("Choose a CSV, XLSX or JSON file."))
        if max(size, len(self.held) + buffers[0].nbytes) > LARGEST_FILE:
            raise UsageError(
                tr("The file is larger than {most} MB.").format(most=LARGEST_FILE // 1024 // 1024)
            )
        self.held += buffers[0]
        if len(self.held) < size:
            return None
        whole, self.held = bytes(self.held), bytearray()
        return whole


@dataclass(frozen=True, eq=False)
class Waiting:
    """A file that was read, whose it is to be, and the plan that its reader has seen."""

    file: DeckFile
    side: Side
    owner: str
    terms: Terms
    seen: Plan

    def again(self, session: Session) -> Plan:
        """The plan as it is now, in the transaction that carries it out.

        Raises:
            UsageError: meanwhile another version has come, which the reader has not compared it with.
        """
        new = plan(session, self.file, self.side, self.owner, self.terms, now())
        if new.version != self.seen.version:
            raise UsageError(tr("Another version came meanwhile: choose the file again."))
        return new


def owners(session: Session) -> list[str]:
    """Names of all decks that there can be."""
    ids: dict[Side, Any] = {"customer": Customer.id, "carrier": Carrier.id}
    return [
        deck_name(side, owner)
        for side in SIDES
        for owner in session.scalars(select(ids[side]).order_by(ids[side]))
    ]


def waiting(session: Session, message: Message, content: bytes) -> Waiting:
    """What a file would become.

    Raises:
        UsageError: it cannot be read, or does not fit.
    """
    name = text_of(message, "deck")
    if name not in owners(session):
        raise UsageError(tr("There is no such row."))
    side, owner = parse_deck(name)
    terms = Terms(text_of(message, "currency").upper() or None)
    file = read_content(text_of(message, "name"), content, text_of(message, "card"), MOST_UNPACKED)
    return Waiting(file, side, owner, terms, plan(session, file, side, owner, terms, now()))


def done(session: Session, held: Waiting, by: Actor) -> str:
    """Put it in force, and what is said of it."""
    made = carry_out(session, held.again(session), by)
    return tr("Version {version} of the deck of {owner} is in force.").format(
        version=made.version, owner=held.owner
    )
