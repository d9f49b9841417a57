"""The balance at the top of a contact's pages, and the links by which it is paid; none where the account has set none."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from polars.exceptions import PolarsError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tollbook.account.database import Database, shared
from tollbook.account.models import Invoice
from tollbook.account.scope import Scope
from tollbook.account.state import state
from tollbook.billing.allocation import left_of
from tollbook.billing.balance import balance
from tollbook.billing.links import Payable, links
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.language import later, tr
from tollbook.params import read
from tollbook.settings import Payments
from tollbook.show.words import amount
from tollbook.workspace import Workspace, open_workspace

_WAYS: Final = {"card": later("Pay by card"), "paypal": later("Pay with PayPal")}
_OPEN: Final = ("issued", "part_paid")


@dataclass(frozen=True)
class Due:
    """A balance in the reader's language, whether it is below its limit, and the ways to pay: label and address."""

    words: str
    exceeded: bool
    ways: list[tuple[str, str]]


def due(scope: Scope | None) -> Due | None:
    """The balance of a contact's customer; none for others, where no link is set, or where it cannot be told now."""
    if scope is None or scope.customer is None or not scope.may("see", "payments"):
        return None
    terms = read("payments", Payments)
    if not (terms.card_link or terms.paypal_link):
        return None
    try:
        told = _balance(open_workspace(), scope.customer)
    except (TollbookError, OSError, PolarsError, SQLAlchemyError):  # the page is there without it
        return None
    if not told["currency"]:
        return None
    owed = max(Decimal(0), -told["available"], -told["balance"])
    ways = _ways(terms, Payable(scope.customer, owed, told["currency"]))
    return Due(amount(told["balance"], told["currency"]), told["exceeded"], ways)


def ways_of(db: Database, number: str | None) -> list[tuple[str, str]]:
    """The ways to pay what is still open of an invoice: label and address."""
    terms = read("payments", Payments)
    if not number or not (terms.card_link or terms.paypal_link):
        return []
    with db.reading() as session:
        row = session.scalar(select(Invoice).where(Invoice.number == number, Invoice.kind != "credit_note"))
        if row is None or row.status not in _OPEN:
            return []
        left = left_of(session, row)
    return _ways(terms, Payable(row.customer_id, left, row.currency, number))


def _ways(terms: Payments, payable: Payable) -> list[tuple[str, str]]:
    return [(tr(_WAYS[way]), address) for way, address in links(terms, payable)]


def _balance(workspace: Workspace, customer: str) -> Mapping[str, Any]:
    db, lake = shared(workspace), Lake(workspace)
    versions = tuple(sorted(lake.published.versions.items()))
    return _kept(workspace, db, customer, state(db), versions)


@lru_cache(maxsize=256)
def _kept(
    workspace: Workspace,
    db: Database,
    customer: str,
    rows: str,  # noqa: ARG001 - in the key, as the next
    versions: tuple[tuple[str, int], ...],  # noqa: ARG001
) -> Mapping[str, Any]:
    with db.reading() as session:
        return balance(Lake(workspace), session, customer)
