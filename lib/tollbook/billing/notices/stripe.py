"""Notifications of Stripe, verified by its own library: hosted checkout pages, refunds and disputes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tollbook.billing.notices.told import Effect, Told, UnsignedError, texts
from tollbook.errors import TollbookError

VARIABLE: Final = "TOLLBOOK_STRIPE_SECRET"
"""Holds the secret of the endpoint, `whsec_...`, as Stripe shows it."""
_NO_DECIMALS: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - as Stripe lists them
)
_THREE_DECIMALS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Stripe's own lists, which differ from ISO 4217: amounts in ISK and UGX are told with two decimals."""
_CHECKOUT: Final[Mapping[str, Effect]] = {
    "checkout.session.completed": "completed",
    "checkout.session.async_payment_succeeded": "completed",
    "checkout.session.async_payment_failed": "failed",
}
_CHARGE: Final[Mapping[str, Effect]] = {
    "charge.refunded": "refunded",
    "charge.dispute.created": "disputed",
    "charge.dispute.closed": "lost",
}
KINDS: Final = (*_CHECKOUT, *_CHARGE)
"""What the endpoint at Stripe has to be told of."""


def verified(body: bytes, signature: str, secret: str) -> Told | None:
    """What a notification tells; null where it is not about a payment that we would book.

    Raises:
        UnsignedError: its signature is not Stripe's, or it is more than five minutes old.
        TollbookError: Stripe's library is not installed.
    """
    try:
        import stripe  # noqa: PLC0415 - slow, and an extra
    except ImportError:
        raise TollbookError(
            "Stripe needs its library: install it with `pip install 'tollbook[payments]'`"
        ) from None
    try:
        stripe.Webhook.construct_event(body, signature, secret)
    except (ValueError, TypeError, stripe.SignatureVerificationError) as error:  # the second: it is not ASCII
        raise UnsignedError(f"stripe: {type(error).__name__}") from None
    event: dict[str, Any] = json.loads(body)
    kind, about = event["type"], event["data"]["object"]
    if kind in _CHECKOUT:
        return _of_checkout(event, about, _CHECKOUT[kind], body)
    if kind in _CHARGE:
        return _of_charge(event, about, _CHARGE[kind], body)
    return None


def amount_of(minor: int, currency: str) -> Decimal:
    """An amount of whole minor units as Stripe counts them, exactly."""
    digits = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return Decimal(minor).scaleb(-digits)


def _of_checkout(
    event: Mapping[str, Any], session: Mapping[str, Any], effect: Effect, body: bytes
) -> Told | None:
    if session.get("mode") not in {None, "payment"} or session.get("payment_status") == "no_payment_required":
        return None
    if effect == "completed" and session.get("payment_status") == "unpaid":
        effect = "pending"  # a way of paying that takes days
    more = session.get("metadata") or {}
    references = texts(session.get("client_reference_id"), more.get("invoice"), more.get("customer"))
    payment = session.get("payment_intent") or session["id"]
    return _told(event, effect, payment, references, session["amount_total"], session["currency"], body)


def _of_charge(
    event: Mapping[str, Any], about: Mapping[str, Any], effect: Effect, body: bytes
) -> Told | None:
    if effect == "lost" and about.get("status") != "lost":
        return None
    minor = about["amount_refunded"] if effect == "refunded" else about["amount"]
    payment = about.get("payment_intent") or about.get("charge") or about["id"]
    refund = (
        "" if effect == "refunded" else about.get("id", "")
    )  # a charge tells the sum of what was refunded of it
    return _told(event, effect, payment, (), minor, about["currency"], body, refund)


def _told(
    event: Mapping[str, Any],
    effect: Effect,
    payment: str,
    references: tuple[str, ...],
    minor: int,
    currency: str,
    body: bytes,
    refund: str = "",
) -> Told:
    at = datetime.fromtimestamp(event["created"], UTC)
    amount = amount_of(minor, currency.upper())
    text = body.decode()
    told = (event["id"], event["type"], effect, payment, references, amount, currency.upper(), at, text)
    return Told("stripe", *told, refund)
