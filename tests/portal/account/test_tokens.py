"""API tokens in the account menu."""

import re

import pytest

from portal.account.conftest import PASSWORD
from tollbook.account.models import now
from tollbook.account.people import tokens


def test_a_token_is_shown_once_and_revoked(enter, db):
    _, anna = enter()
    made = anna.post("/account/tokens", name="Billing", scope="read", days="30", password=PASSWORD)
    token = re.search(r'<code dir="ltr">(tb_[^<]+)</code>', made.text)[1]
    seen = anna.get("/account/tokens").text
    assert token not in seen
    number = re.search(r'name="revoke" value="(\d+)"', seen)[1]
    assert anna.post("/account/tokens", revoke=number).leads == "/account/tokens?done=revoked"
    with db.reading() as session:
        assert tokens.find(session, token, "127.0.0.1", now()) is None


def test_a_contacts_token_is_offered_nothing_that_the_contact_may_not(enter):
    _, carl = enter("carl", customer="alpha")
    offered = set(re.findall(r'name="scope" value="(\w+)"', carl.get("/account/tokens").text))
    assert "master_data" not in offered
    assert {"read", "invoices", "summary"} <= offered


def test_whoever_sits_at_an_open_session_makes_no_token_without_the_password(enter):
    _, anna = enter()
    wrong = anna.post("/account/tokens", name="Mine", scope="read", days="0", password="guessed it")
    assert (wrong.status, wrong.said) == (400, ["The password is wrong"])
    assert anna.get("/account/tokens").text.count('name="revoke"') == 0


@pytest.mark.parametrize("number", ["9" * 30, "-1", "x", "٣"])
def test_a_number_that_no_token_has_is_told_so(enter, number):
    _, anna = enter()
    assert anna.post("/account/tokens", revoke=number).status == 400
