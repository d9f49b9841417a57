"""Links by which a customer pays: the account's, with what is to be paid and for whom filled in."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from tollbook.money import minor_digits, round_to
from tollbook.servers import LINK_HOLES
from tollbook.settings import Payments

_MARK: Final = "tb-"


@dataclass(frozen=True)
class Payable:
    """What a customer may pay: an amount of one invoice or of the balance; 0 where the customer chooses how much."""

    customer: str
    amount: Decimal
    currency: str
    invoice: str = ""

    @property
    def values(self) -> Mapping[str, str]:
        """What stands in the place of each hole of a link."""
        told = round_to(self.amount, minor_digits(self.currency), "up")
        return {
            "customer": self.customer,
            "amount": f"{told:f}",
            "currency": self.currency,
            "invoice": self.invoice,
            "reference": reference(self.customer, self.invoice),
        }


def links(terms: Payments, payable: Payable) -> list[tuple[str, str]]:
    """The ways to pay (`card`, `paypal`) and the address of each, as far as there are any for this."""
    given = (("card", terms.card_link), ("paypal", terms.paypal_link))
    return [(way, _filled(link, payable)) for way, link in given if link and _fits(link, payable)]


def _fits(link: str, payable: Payable) -> bool:
    """A page that is told an amount is of no use where nothing is owed."""
    return payable.amount > 0 or "{amount}" not in link


def _filled(link: str, payable: Payable) -> str:
    values = payable.values
    return LINK_HOLES.sub(lambda found: quote(values[found[1]], safe=""), link)


def reference(customer: str, invoice: str = "") -> str:
    """Customer and invoice in the characters that every provider keeps as they are: letters, digits, - and _."""
    return _MARK + urlsafe_b64encode(f"{customer}\n{invoice}".encode()).decode().rstrip("=")


def named(text: str) -> tuple[str, str]:
    """Customer and invoice that such a reference names; both empty where it is none."""
    if not text.startswith(_MARK):
        return "", ""
    code = text.removeprefix(_MARK).encode()
    try:
        customer, _, invoice = urlsafe_b64decode(code + b"=" * (-len(code) % 4)).decode().partition("\n")
    except ValueError:
        return "", ""
    return customer, invoice
