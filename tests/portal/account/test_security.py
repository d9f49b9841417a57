"""Passwords, second factors and sessions, each one's own."""

import re

import pyotp

from portal.account.conftest import PASSWORD
from portal.doors import Visitor, cookie_of
from tollbook.account.models import now


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(enter, billable, billing):
    login, anna = enter()
    elsewhere = Visitor(billing, cookie_of(billable.home, login))
    new = "eight brown bottles"
    wrong = anna.post("/account/password", old="x", new=new, again=new)
    assert (wrong.status, wrong.said) == (400, ["The password is wrong"])
    assert elsewhere.get("/pages").status == 200
    assert (
        anna.post("/account/password", old=PASSWORD, new=new, again=new).leads
        == "/account/password?done=password"
    )
    assert anna.get("/pages").status == 200
    assert elsewhere.get("/pages").status == 302
    assert Visitor(billing).sign_in(login, PASSWORD).status == 403
    assert Visitor(billing).sign_in(login, new).status == 303


def test_while_it_is_typed_the_page_tells_how_it_would_hold(enter):
    login, anna = enter()
    assert '"taken": false' in anna.post("/account/password/strength", new=f"{login}1").text
    assert '"taken": true' in anna.post("/account/password/strength", new="eight brown bottles").text


def test_a_second_factor_is_set_up_confirmed_and_turned_off(enter, row):
    login, anna = enter()
    begun = anna.post("/account/two-factor", do="begin", password=PASSWORD)
    key = re.search(r'<code dir="ltr">([A-Z2-7]+)</code>', begun.text)[1]
    assert "<svg" in begun.text
    wrong = anna.post("/account/two-factor", do="confirm", code="000000")
    assert wrong.status == 400
    assert key in wrong.text
    confirmed = anna.post("/account/two-factor", do="confirm", code=pyotp.TOTP(key).at(now()))
    assert len(re.findall(r"<li><code>", confirmed.text)) == 10
    assert row(login)["two_factor"] is True
    assert "<li><code>" not in anna.get("/account/two-factor").text
    assert anna.post("/account/two-factor", do="off", password="x").status == 400
    assert anna.post("/account/two-factor", do="off", password=PASSWORD).leads.endswith("?done=off")
    assert row(login)["two_factor"] is False


def test_ones_sessions_are_listed_and_ended_and_nobody_elses(enter, billable, billing):
    login, anna = enter()
    other = Visitor(billing, cookie_of(billable.home, login))
    _, bert = enter("bert")
    numbers = re.findall(r'name="id" value="(\d+)"', anna.get("/account/sessions").text)
    theirs = re.findall(r'name="id" value="(\d+)"', bert.get("/account/sessions").text)
    bert.post("/account/sessions", id=numbers[0])
    assert other.get("/pages").status == 200
    anna.post("/account/sessions", id=numbers[0])
    assert other.get("/pages").status == 302
    assert anna.get("/pages").status == 200
    assert not set(numbers) & set(theirs)
