"""What holds for the account."""

import pytest

from tollbook import params, settings
from tollbook.errors import UsageError
from tollbook.settings import Company, Invoice, Payments


def test_an_own_certificate_is_needed_where_paypal_tells():
    with pytest.raises(UsageError, match="paypal_certificate_file is empty"):
        Payments(paypal_webhook_id="WH-1")
    assert Payments(paypal_webhook_id="WH-1", paypal_certificate_file="paypal.pem").card_link == ""


def test_each_is_read_from_the_file_of_its_name():
    assert [params.FILES[name] for name in ("company", "invoice", "payments")] == [Company, Invoice, Payments]
    assert params.Company is settings.Company


def test_an_invoice_is_settled_a_day_after_its_period_unless_told():
    assert Invoice().settle_hours == 24
