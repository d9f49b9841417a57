"""Notifications as Stripe sends them, signed by its own library."""

import json
from typing import Any

import stripe

from secrets_kept import SECRETS

SECRET = SECRETS.add("the secret of Stripe's notifications", "whsec_" + "4f8a1c6e" * 4)


def event(kind: str, name: str = "evt_1", **about: Any) -> str:
    """A notification's body."""
    told = {"id": name, "object": "event", "type": kind, "created": 1791190800, "livemode": True}
    return json.dumps({**told, "data": {"object": about}}, indent=2)


def checkout(name: str = "evt_1", kind: str = "checkout.session.completed", **more: Any) -> str:
    """One of a hosted page: 120.50 EUR of acme unless told otherwise."""
    usual = {
        "id": "cs_1",
        "object": "checkout.session",
        "mode": "payment",
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "amount_total": 12050,
        "currency": "eur",
        "client_reference_id": "acme",
    }
    return event(kind, name, **{**usual, **more})


def charge(name: str = "evt_2", kind: str = "charge.refunded", **more: Any) -> str:
    """One of what was paid."""
    usual = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "currency": "eur"}
    return event(kind, name, **{**usual, "amount": 12050, "amount_refunded": 12050, **more})


def signed(body: str, secret: str = SECRET, at: int | None = None) -> str:
    """The header that goes with it."""
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, at))
