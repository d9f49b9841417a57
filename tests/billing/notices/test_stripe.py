"""Notifications of Stripe, made and signed by its library."""

import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.notices.stripes import SECRET, charge, checkout, event, signed
from tollbook.billing.notices.stripe import amount_of, verified
from tollbook.billing.notices.told import Told, UnsignedError
from tollbook.errors import TollbookError


def told(body: str) -> Told | None:
    return verified(body.encode(), signed(body), SECRET)


def test_a_hosted_page_that_was_paid() -> None:
    body = checkout(metadata={"invoice": "INV-2026-000001"})
    assert told(body) == Told(
        "stripe",
        "evt_1",
        "checkout.session.completed",
        "completed",
        "pi_1",
        ("acme", "INV-2026-000001"),
        Decimal("120.50"),
        "EUR",
        datetime(2026, 10, 5, 9, tzinfo=UTC),
        body,
    )


@pytest.mark.parametrize(
    ("body", "effect", "amount"),
    [
        (checkout(payment_status="unpaid"), "pending", "120.50"),
        (checkout(kind="checkout.session.async_payment_succeeded"), "completed", "120.50"),
        (checkout(kind="checkout.session.async_payment_failed", payment_status="unpaid"), "failed", "120.50"),
        (charge(amount_refunded=500), "refunded", "5.00"),
        (charge(kind="charge.dispute.created"), "disputed", "120.50"),
        (charge(kind="charge.dispute.closed", status="lost"), "lost", "120.50"),
    ],
)
def test_what_it_means(body: str, effect: str, amount: str) -> None:
    found = told(body)
    assert found is not None
    assert (found.effect, found.payment, found.amount) == (effect, "pi_1", Decimal(amount))


@pytest.mark.parametrize(
    "body",
    [
        event("customer.created", id="cus_1"),
        checkout(mode="setup"),
        checkout(payment_status="no_payment_required"),
        charge(kind="charge.dispute.closed", status="won"),
    ],
)
def test_what_is_about_no_payment_of_ours(body: str) -> None:
    assert told(body) is None


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1, "EUR", "0.01"),
        (500, "JPY", "500"),
        (1234567, "KRW", "1234567"),
        (5120, "KWD", "5.120"),
        (1, "BHD", "0.001"),
        (500, "ISK", "5.00"),
        (500, "UGX", "5.00"),
        (99999999999, "USD", "999999999.99"),
    ],
)
def test_minor_units_are_exact_in_every_currency(minor: int, currency: str, amount: str) -> None:
    assert str(amount_of(minor, currency)) == amount
    found = told(checkout(amount_total=minor, currency=currency.lower()))
    assert found is not None
    assert (str(found.amount), found.currency) == (amount, currency)


OTHER = signed(checkout(), "whsec_of_somebody_else")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (checkout(), ""),
        (checkout(), "t=1,v1=00"),
        (checkout(), OTHER),
        (checkout(), signed(checkout(amount_total=1))),
        (checkout(), signed(checkout(), at=int(time.time()) - 301)),
        (checkout(), "nonsense"),
        (checkout(), "t=9999999999,v1=\xe9"),
    ],
    ids=["none", "made up", "of another", "of another body", "too old", "nonsense", "no ASCII"],
)
def test_what_stripe_has_not_signed_just_now_is_refused(body: str, header: str) -> None:
    with pytest.raises(UnsignedError):
        verified(body.encode(), header, SECRET)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnsignedError):
        verified(b"\xff{}", signed("{}"), SECRET)


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    stripe: dict[str, Any] = {"stripe": None}
    monkeypatch.setitem(sys.modules, "stripe", stripe["stripe"])
    with pytest.raises(TollbookError, match=r"tollbook\[payments\]"):
        verified(b"{}", "", SECRET)
