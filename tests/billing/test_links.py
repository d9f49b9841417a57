"""Links by which customers pay."""

import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from tollbook.billing.links import Payable, links, named, reference
from tollbook.errors import UsageError
from tollbook.settings import Payments

CARD = "https://buy.stripe.com/x?client_reference_id={reference}&c={customer}&a={amount}&u={currency}&i={invoice}"
PAYPAL = "https://www.paypal.com/paypalme/carrier/{amount}{currency}"


def terms(**told: str) -> Payments:
    return Payments.of(told, "params/payments.yml")


def test_what_is_to_be_paid_is_filled_in_encoded() -> None:
    owed = Payable("ac&me/ü", Decimal("120.5"), "EUR", "INV-2026-000001")
    (card, paypal) = links(terms(card_link=CARD, paypal_link=PAYPAL), owed)
    told = parse_qs(urlsplit(card[1]).query)
    assert card[0] == "card"
    assert {name: values[0] for name, values in told.items() if name != "client_reference_id"} == {
        "c": "ac&me/ü",
        "a": "120.50",
        "u": "EUR",
        "i": "INV-2026-000001",
    }
    assert named(told["client_reference_id"][0]) == ("ac&me/ü", "INV-2026-000001")
    assert paypal == ("paypal", "https://www.paypal.com/paypalme/carrier/120.50EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [("0.001", "EUR", "0.01"), ("7", "JPY", "7"), ("6.5", "JPY", "7"), ("1.2345", "KWD", "1.235")],
)
def test_an_amount_is_in_whole_minor_units_and_never_too_little(
    amount: str, currency: str, told: str
) -> None:
    (link,) = links(terms(paypal_link=PAYPAL), Payable("acme", Decimal(amount), currency))
    assert link[1].endswith(f"/{told}{currency}")


def test_where_nothing_is_owed_only_a_page_that_asks_how_much_is_shown() -> None:
    nothing = Payable("acme", Decimal(0), "EUR")
    given = terms(card_link="https://buy.stripe.com/x?client_reference_id={reference}", paypal_link=PAYPAL)
    assert [way for way, _ in links(given, nothing)] == ["card"]
    assert links(terms(), nothing) == []


def test_a_reference_is_of_characters_that_every_provider_keeps() -> None:
    made = reference("A customer & söns", "INV-2026-000001")
    assert re.fullmatch("[A-Za-z0-9_-]{1,127}", made)
    assert named(made) == ("A customer & söns", "INV-2026-000001")
    assert named(reference("acme")) == ("acme", "")


@pytest.mark.parametrize("text", ["", "acme", "tb-", "tb-!!!", "tb-a", "tb-_-_-", "INV-2026-000001"])
def test_what_is_no_reference_names_nobody(text: str) -> None:
    assert named(text)[1] == ""


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("http://buy.stripe.com/x", "write https://host/"),
        ("javascript:alert(1)", "write https://host/"),
        ("https://{customer}.example/", "write https://host/"),
        ("https://pay.example/{name}", "in braces it may have"),
        ("https://pay.example/{amount", "in braces it may have"),
        ("https://pay.example/ x", "write https://host/"),
        ("https://pay.example@evil.example/", "write https://host/"),
    ],
)
def test_what_is_no_link_is_refused(link: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        terms(card_link=link)
