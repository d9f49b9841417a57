"""Notifications of PayPal, signed by its published scheme."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from billing.notices.paypals import Paypal, capture, event, paypal, refund
from tollbook.billing.notices.paypal import AHEAD, OLDEST, verified
from tollbook.billing.notices.told import Told, UnsignedError
from tollbook.errors import TollbookError
from tollbook.settings import Payments

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Paypal:
    return paypal(tmp_path_factory.mktemp("paypal"))


def told(theirs: Paypal, body: str) -> Told | None:
    return verified(body.encode(), theirs.headers(body, sent_at=NOW), theirs.terms, NOW)


def test_a_payment_that_came(theirs: Paypal) -> None:
    body = capture(invoice_id="INV-2026-000001")
    assert told(theirs, body) == Told(
        "paypal",
        "WH-1",
        "PAYMENT.CAPTURE.COMPLETED",
        "completed",
        "8MC585209K746392H",
        ("acme", "INV-2026-000001"),
        Decimal("120.50"),
        "EUR",
        datetime(2026, 10, 5, 9, tzinfo=UTC),
        body,
    )


def test_a_sale_of_a_button(theirs: Paypal) -> None:
    money = {"total": "1000", "currency": "JPY"}
    sale = event("PAYMENT.SALE.COMPLETED", id="S1", amount=money, custom="acme", invoice_number="INV-1")
    found = told(theirs, sale)
    assert found is not None
    assert (found.amount, found.currency, found.references) == (Decimal(1000), "JPY", ("acme", "INV-1"))
    back = told(
        theirs,
        event("PAYMENT.SALE.REFUNDED", id="R1", sale_id="S1", amount={"total": "-3", "currency": "JPY"}),
    )
    assert back is not None
    assert (back.effect, back.payment, back.amount) == ("refunded", "S1", Decimal(3))


@pytest.mark.parametrize(
    ("body", "effect"),
    [
        (capture(state="PENDING"), "pending"),
        (capture(state="DENIED"), "failed"),
        (capture(state="DECLINED"), "failed"),
        (refund(), "refunded"),
        (refund(state="REVERSED"), "lost"),
        (
            event(
                "CUSTOMER.DISPUTE.CREATED",
                dispute_id="PP-1",
                disputed_transactions=[{"seller_transaction_id": "8MC585209K746392H"}],
                dispute_amount={"currency_code": "EUR", "value": "120.50"},
            ),
            "disputed",
        ),
    ],
)
def test_what_it_means(theirs: Paypal, body: str, effect: str) -> None:
    found = told(theirs, body)
    assert found is not None
    assert (found.effect, found.payment, found.amount) == (effect, "8MC585209K746392H", Decimal("120.50"))


def test_what_is_about_no_payment_of_ours(theirs: Paypal) -> None:
    assert told(theirs, event("BILLING.PLAN.CREATED", id="P-1")) is None
    assert told(theirs, event("PAYMENT.CAPTURE.SOMETHING", id="P-1")) is None


def test_what_paypal_has_not_signed_for_this_webhook_is_refused(theirs: Paypal) -> None:
    body, other = capture(), capture(value="1.00")
    for headers in (
        {},
        theirs.headers(other),
        theirs.headers(body, webhook="another"),
        theirs.headers(body, sent_at=NOW - OLDEST - timedelta(minutes=1)),
        theirs.headers(body, sent_at=NOW + AHEAD + timedelta(minutes=1)),
        theirs.headers(body, transmission_time="2026-10-05T09:00:02Z"),
        theirs.headers(body, auth_algo="SHA1withRSA"),
        theirs.headers(body, transmission_sig="not base64"),
    ):
        with pytest.raises(UnsignedError):
            verified(body.encode(), headers, theirs.terms, NOW)


def test_one_that_is_told_again_for_days_counts(theirs: Paypal) -> None:
    body = capture()
    for sent_at in (NOW - OLDEST + timedelta(minutes=1), NOW + AHEAD - timedelta(minutes=1)):
        assert verified(body.encode(), theirs.headers(body, sent_at=sent_at), theirs.terms, NOW)


def test_a_certificate_counts_only_by_its_name_its_root_and_its_time(tmp_path: Path, theirs: Paypal) -> None:
    body = capture()
    for folder in ("name", "root"):
        (tmp_path / folder).mkdir()
    of_another = paypal(tmp_path / "name", "messageverificationcerts.paypal.com.evil.example")
    of_nobody = paypal(tmp_path / "root", trusted=False)
    for signer, at in ((of_another, NOW), (of_nobody, NOW), (theirs, NOW + timedelta(days=365 * 900))):
        with pytest.raises(TollbookError, match="no certificate of PayPal's that counts") as error:
            verified(body.encode(), signer.headers(body), signer.terms, at)
        assert not isinstance(error.value, UnsignedError)


def test_the_certificate_that_a_notification_names_is_never_asked_for(theirs: Paypal, tmp_path: Path) -> None:
    body = capture()
    missing = Payments.of(
        {"paypal_webhook_id": "x", "paypal_certificate_file": str(tmp_path / "none.pem")},
        "params/payments.yml",
    )
    with pytest.raises(TollbookError, match="there is no certificate to read"):
        verified(body.encode(), theirs.headers(body), missing, NOW)
