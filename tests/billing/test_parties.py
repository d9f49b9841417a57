"""Who invoices and who is invoiced, as a record keeps them."""

from pathlib import Path

import pytest

from tollbook.account.models import Customer
from tollbook.billing.parties import buyer, seller
from tollbook.billing.record import Buyer, Seller


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    (tmp_path / "site.yml").write_text("name: Calls of ours")
    return tmp_path


def test_the_seller_is_the_company_and_called_as_the_site_without_a_name(params: Path) -> None:
    assert seller() == Seller(name="Calls of ours")
    (params / "company.yml").write_text("name: Nordlicht\ncountry: DE\niban: DE75512108001245126199")
    assert seller() == Seller(name="Nordlicht", country="DE", iban="DE75512108001245126199")


def test_the_buyer_is_the_customer_as_far_as_it_is_known() -> None:
    assert buyer(Customer(id="acme", name="ACME", address="Berlin")) == Buyer(
        id="acme", name="ACME", address="Berlin"
    )
