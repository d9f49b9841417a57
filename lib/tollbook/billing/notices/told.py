"""What a verified notification tells, whoever sent it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tollbook.errors import TollbookError

Provider = Literal["stripe", "paypal"]
Effect = Literal["completed", "pending", "failed", "refunded", "disputed", "lost"]


class UnsignedError(TollbookError):
    """A notification that its provider has not signed, or not for us."""


@dataclass(frozen=True)
class Told:
    """One notification. `event` is its own name, `payment` what the provider calls the payment that it is about.

    `references` are what may name the customer or the invoice, the surest first. `amount` is exact: of a payment all
    of it, of a refund what is back. `refund` is what the provider calls what went back; empty where `amount` is all
    that has gone back of the payment so far.
    """

    provider: Provider
    event: str
    kind: str
    effect: Effect
    payment: str
    references: tuple[str, ...]
    amount: Decimal | None
    currency: str
    at: datetime
    body: str
    refund: str = ""

    @property
    def name(self) -> str:
        """What the payment is booked under, so that it is booked once."""
        return f"{self.provider} {self.payment}"


def texts(*values: object) -> tuple[str, ...]:
    """Those of the values that are texts and say something."""
    return tuple(value.strip() for value in values if isinstance(value, str) and value.strip())
