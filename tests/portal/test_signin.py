"""The door: who is let in, in what words the others are not, and what is over when somebody leaves."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from time import sleep

import pyotp
import pytest

from portal.conftest import served
from portal.doors import BY, Visitor, cookie_of
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people import persons, resets, twofactor
from tollbook.account.people.bearer import token
from tollbook.account.people.credentials import set_password
from tollbook.account.secret import workspace_secret

PASSWORD = "seven green bottles"
WRONG = "Name, password or code is wrong"


@pytest.fixture(scope="module")
def db(billable):
    found = Database.of(billable)
    yield found
    found.close()


@pytest.fixture
def entered(billable, db, request):
    """A person who has a password; each test has its own."""
    login = f"{request.node.name.removeprefix('test_')[:40]}@example.com"
    cookie_of(billable.home, login, role="analyst")
    set_password(db, login, PASSWORD, BY, now())
    return login


def test_the_page_to_sign_in_says_nothing_of_the_account(billing):
    seen = Visitor(billing).get("/login")
    assert seen.status == 200
    assert seen.headers["Cache-Control"] == "no-store"
    for told in ("alpha", "gamma", "Checklist", "/dashboard", "/account/"):
        assert told not in seen.text


def test_with_name_and_password_one_lands_where_one_wanted_to_go(billing, entered):
    visitor = Visitor(billing)
    wanted = visitor.get("/calls?zone=Europe%2FRiga")
    assert (wanted.status, wanted.leads) == (302, "/login?next=%2Fcalls%3Fzone%3DEurope%252FRiga")
    seen = visitor.sign_in(entered.upper(), PASSWORD, next="/calls?zone=Europe%2FRiga")
    assert (seen.status, seen.leads) == (303, "/calls?zone=Europe%2FRiga")
    assert visitor.get("/pages").status == 200


def test_whatever_is_wrong_the_words_are_the_same(billing, entered, db):
    told = [
        Visitor(billing).sign_in(*tried)
        for tried in [(entered, "wrong"), ("nobody-at-all", PASSWORD), (entered, "")]
    ]
    with db.session() as session:
        persons.disable(session, entered, BY)
    told.append(Visitor(billing).sign_in(entered, PASSWORD))
    assert [(seen.status, seen.said) for seen in told] == [(403, [WRONG])] * 4


def test_after_several_wrong_ones_the_next_has_to_wait(billing, entered):
    visitor = Visitor(billing)
    told = [visitor.sign_in(entered, f"wrong {number}") for number in range(7)]
    late = [seen for seen in told if seen.status == 429]
    assert len(late) >= 1
    assert int(late[0].headers["Retry-After"]) >= 1
    assert "Set-Cookie" not in late[0].headers or "tollbook-session" not in late[0].headers["Set-Cookie"]


def test_the_second_factor_is_asked_for_and_a_code_counts_once(billing, entered, db, billable):
    secret = workspace_secret(billable)
    with db.session() as session:
        person = persons.found(session, entered)
        actor = type(BY)(person.id, person.login)
        begun = twofactor.begin(session, secret, actor, "Tests")
        twofactor.confirm(session, secret, actor, pyotp.TOTP(begun.secret).at(now()), now())
    visitor = Visitor(billing)
    asked = visitor.sign_in(entered, PASSWORD)
    assert asked.status == 200
    assert visitor.get("/pages").status == 302
    ticket = asked.text.split('name="ticket" value="')[1].split('"')[0]
    wrong = visitor.post("/login", ticket=ticket, code="000000")
    assert (wrong.status, wrong.said) == (403, [WRONG])
    code = pyotp.TOTP(begun.secret).at(now() + timedelta(seconds=30))
    assert visitor.post("/login", ticket=ticket, code=code, next="/calls").leads == "/calls"
    assert visitor.get("/pages").status == 200
    again = Visitor(billing)
    assert again.post("/login", ticket=ticket, code=code).status == 403


def test_a_link_sets_a_password_once(billing, entered, db):
    with db.session() as session:
        token = resets.make(session, entered, BY, now())
    visitor = Visitor(billing)
    assert entered in visitor.get(f"/reset/{token}").text
    unlike = visitor.post(f"/reset/{token}", password="another long phrase", again="another long phrasf")
    assert (unlike.status, unlike.said) == (400, ["The two passwords are not the same"])
    assert (
        visitor.post(f"/reset/{token}", password="another long phrase", again="another long phrase").leads
        == "/login"
    )
    assert visitor.sign_in(entered, "another long phrase").status == 303
    assert visitor.get(f"/reset/{token}").status == 404


def test_after_signing_out_the_cookie_is_worth_nothing(billing, entered):
    visitor = Visitor(billing)
    visitor.sign_in(entered, PASSWORD)
    kept = dict(visitor.cookies)
    assert visitor.post("/logout").leads == "/login"
    visitor.cookies = kept
    assert visitor.get("/pages").status == 302


def test_signing_out_by_a_link_of_another_page_is_refused(billing, entered):
    visitor = Visitor(billing)
    visitor.sign_in(entered, PASSWORD)
    assert visitor.get("/logout").status == 405
    assert visitor.get("/pages").status == 200


@pytest.mark.slow
def test_the_log_does_not_tell_the_link_of_a_request_that_failed(workspace, capfd):
    link = token()
    with served(workspace.home) as address:
        with closing(sqlite3.connect(workspace.home / "tollbook.db")) as opened:
            opened.execute("DROP TABLE reset_link")
        assert Visitor(address).get(f"/reset/{link}").status >= 500
    said = capfd.readouterr().err
    assert "GET /reset/***" in said
    assert link not in said


@pytest.mark.slow
def test_a_flood_of_strangers_waits_or_is_turned_away_and_whoever_is_in_their_usual_place_goes_before_it(
    billing, entered
):
    assert Visitor(billing).sign_in(entered, PASSWORD).status == 303  # so that this is a usual place
    strangers = [Visitor(billing) for _ in range(60)]
    for one in strangers:
        one.get("/login")
    with ThreadPoolExecutor(len(strangers)) as crowd:
        tries = [
            crowd.submit(one.sign_in, f"nobody{number}@elsewhere.example", "wrong")
            for number, one in enumerate(strangers)
        ]
        sleep(0.2)
        mine = Visitor(billing).sign_in(entered, PASSWORD)
        still_waiting = [one for one in tries if not one.done()]
        answers = [one.result() for one in tries]
    assert mine.status == 303
    assert still_waiting
    statuses = {one.status for one in answers}
    assert statuses == {403, 429}
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers if one.status == 429)
