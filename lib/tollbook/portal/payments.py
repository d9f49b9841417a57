"""`/payments`: what customers have paid, owe and have left; one customer's account, its statement, and booking a payment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.models import Customer, now
from tollbook.account.scope import Scope
from tollbook.billing import payments
from tollbook.billing.documents.look import look_of
from tollbook.billing.documents.statement import statement_pdf
from tollbook.billing.parties import seller
from tollbook.billing.refunds import refund
from tollbook.billing.statements import Account, account_of, csv_of, what_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.language import current, later, tr
from tollbook.money import parse_amount
from tollbook.periods import parse_instant
from tollbook.portal.access import asks
from tollbook.portal.account.base import number_of
from tollbook.portal.acts import day_of
from tollbook.portal.forms import Form
from tollbook.portal.lanes import PAPERS
from tollbook.portal.owing import Owing, owing
from tollbook.show.amounts import Amounts
from tollbook.workspace import open_workspace

TEMPLATE: Final = "payments.html.j2"
DONE: Final = {
    "booked": later("The payment is booked."),
    "cancelled": later("The payment is cancelled. What it paid is open again."),
    "allocated": later("The payment pays this invoice first."),
    "refunded": later("The refund is booked. What the payment no longer reaches is open again."),
    "arrived": later("The payment has arrived, and pays what is open."),
}
"""What the page says after something was done, by the word that stands in its address."""
_CHANGES: Final = {"cancel": ("cancelled", "cancelled"), "arrive": ("completed", "arrived")}
_ONCE: Final = re.compile("[0-9a-f]{16}")
_DAY: Final = timedelta(days=1)
_FIRST, _LAST = 1900, 9998
"""Years in which a statement can begin and end."""


@dataclass(frozen=True)
class Chosen:
    """What stands in the address: whose account, and the span of its statement; empty: all customers, all there is."""

    customer: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, told: Mapping[str, str], scope: Scope) -> "Chosen":
        """As an address tells it; who has one customer's account alone sees that. `through` is the last day of the span.

        Raises:
            UsageError: a text that is no instant, or an end that is not after the start.
        """
        start, end = (parse_instant(told[name]) if told.get(name) else None for name in ("start", "end"))
        through = parse_instant(told["through"]) if told.get("through") else None
        if any(at and not _FIRST <= at.year <= _LAST for at in (start, end, through)):
            raise UsageError(
                tr("'{text}' is beyond the years that can be told").format(text="; ".join(told.values()))
            )
        if through:
            end = through + _DAY
        if start and end and start >= end:
            raise UsageError(tr("The first day is after the last one."))
        return cls(scope.customer or told.get("customer", "").strip(), start, end)

    @property
    def query(self) -> dict[str, str]:
        """It as an address tells it."""
        told = {"customer": self.customer, "start": _text(self.start), "end": _text(self.end)}
        return {name: value for name, value in told.items() if value}

    @property
    def first(self) -> str:
        """The first day of the span, for a form."""
        return f"{self.start:%Y-%m-%d}" if self.start else ""

    @property
    def last(self) -> str:
        """The last day of it."""
        return f"{self.end - timedelta(microseconds=1):%Y-%m-%d}" if self.end else ""


def _text(at: datetime | None) -> str:
    if at is None:
        return ""
    whole = at.time() == datetime.min.time()
    return f"{at:%Y-%m-%d}" if whole else f"{at:%Y-%m-%dT%H:%MZ}"


class Accounts(Form):
    """What the page and the files of an account share."""

    def chosen(self) -> Chosen:
        """What the address asks for, cut to what the reader has."""
        return Chosen.of(
            {name: self.get_query_argument(name) for name in self.request.query_arguments}, self.signed.scope
        )

    async def account(self, chosen: Chosen) -> Account:
        """The account of one customer.

        Raises:
            UsageError: there is no such customer.
        """
        lake = Lake(open_workspace())
        told = (chosen.customer, now(), chosen.start, chosen.end)
        return await self.reading(lambda session: account_of(lake, session, *told))


class Payments(Accounts):
    """`/payments`: all customers' balances, or one customer's account."""

    @asks("see", "payments")
    async def get(self) -> None:
        """The page; an address that a form made is told as others are."""
        chosen = self.chosen()
        if "through" in self.request.query_arguments:
            self.redirect(f"{self.base_url}payments?{urlencode(chosen.query)}")
            return
        await self._show(chosen)

    @asks("change", "payments")
    async def post(self) -> None:
        """Book a payment, or say what has become of one: `do` is `book`, `cancel`, `arrive`, `allocate` or `refund`."""
        chosen = self.chosen()
        try:
            done = await self._do(chosen)
        except UsageError as error:
            await self._show(chosen, wrong=str(error), typed=self._typed())
        else:
            self.redirect(f"{self.base_url}payments?{urlencode(chosen.query | {'done': done})}", status=303)

    async def _do(self, chosen: Chosen) -> str:
        if self.typed("do") == "book":
            await self.changing(lambda session: self._book(session, chosen.customer))
            return "booked"
        if self.typed("do") == "refund":
            await self.changing(self._refund)
            return "refunded"
        if self.typed("do") == "allocate":
            number, invoice = number_of(self.typed("id")), self.typed("invoice")
            await self.changing(lambda session: payments.allocate(session, self.actor, number, invoice))
            return "allocated"
        if self.typed("do") not in _CHANGES:
            raise UsageError(tr("Nothing was asked for."))
        status, done = _CHANGES[self.typed("do")]
        number = number_of(self.typed("id"))
        await self.changing(lambda session: payments.change(session, self.actor, number, status))
        return done

    def _book(self, session: Session, customer: str) -> None:
        typed = self._typed()
        payments.add(
            session,
            self.actor,
            customer,
            self._amount(),
            typed["method"],
            status=typed["status"],
            reference=typed["reference"],
            event=self._once(),
            received_at=day_of(typed["day"]),
            invoice=typed["invoice"],
        )

    def _refund(self, session: Session) -> None:
        typed = self._typed()
        told = {name: typed[name] for name in ("method", "reference")}
        number, at = number_of(self.typed("id")), day_of(typed["day"])
        refund(session, self.actor, number, self._amount(), **told, event=self._once(f":{number}"), at=at)

    def _amount(self) -> str:
        """What was typed.

        Raises:
            UsageError: it is no amount.
        """
        text = self.typed("amount").strip()
        try:
            parse_amount(text)
        except ValueError:
            words = tr("'{text}' is no amount: write it with a point, such as 120.50.")
            raise UsageError(words.format(text=text)) from None
        return text

    def _once(self, of: str = "") -> str | None:
        """What the page has named what it books, and `of` what: sent twice it is booked once."""
        once = self.typed("once")
        return f"portal:{once}{of}" if _ONCE.fullmatch(once) else None

    def _typed(self) -> dict[str, str]:
        names = ("amount", "method", "status", "day", "reference", "invoice")
        is_refund = self.typed("do") == "refund"
        return {
            **{name: self.typed(name).strip() for name in names},
            "refund": self.typed("id") if is_refund else "",
        }

    async def _show(self, chosen: Chosen, *, wrong: str = "", typed: Mapping[str, str] | None = None) -> None:
        customers = await self.reading(_customers) if self.signed.scope.customer is None else []
        account = await self.account(chosen) if chosen.customer else None
        told: dict[str, Any] = {"account": account, "owing": None if account else await self._owing()}
        done = tr(DONE.get(self.get_query_argument("done", ""), "")) if not wrong else ""
        told |= {"customers": customers, "chosen": chosen, "typed": typed or {}, "wrong": wrong, "done": done}
        self.set_status(400 if wrong else 200)
        self.show(
            tr("Payments"),
            page="payments",
            template=TEMPLATE,
            query=urlencode(chosen.query),
            methods=payments.METHODS,
            statuses=payments.STATUSES,
            what=what_of,
            write=Amounts(current()),
            today=f"{now():%Y-%m-%d}",
            once=token_hex(8),
            **told,
        )

    async def _owing(self) -> list[Owing]:
        lake, at = Lake(open_workspace()), now()
        return await self.reading(lambda session: owing(lake, session, at))


def _customers(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(Customer.id, Customer.name).order_by(Customer.id))
    return [(id_, name) for id_, name in rows]


class StatementFile(Accounts):
    """`/payments/statement.csv`, `/payments/statement.pdf`: a customer's statement of account, to keep."""

    @asks("export", "payments")
    async def get(self, ending: str) -> None:
        """Of the customer and the span that the address tells."""
        chosen = self.chosen()
        if not chosen.customer:
            raise UsageError(tr("Choose a customer."))
        account = await self.account(chosen)
        name = f"statement-{account.owner.id}-{account.at:%Y-%m-%d}.{ending}"
        if ending == "pdf":
            made = await PAPERS.answer(lambda: _pdf(account))
            self.set_header("Content-Type", "application/pdf")
        else:
            made = csv_of(account.rows).encode()
            self.set_header("Content-Type", "text/csv; charset=UTF-8")
        await self.note_export(f"statement: {name}")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.set_header("Cache-Control", "no-store")
        self.finish(made)


def _pdf(account: Account) -> bytes:
    return statement_pdf(account, seller(), look_of(account.owner.id))


ROUTES: Final = ((r"/payments", Payments), (r"/payments/statement\.(csv|pdf)", StatementFile))
