from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from account.people.conftest import OPERATOR
from account.providers import SECRET, Running, provider
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import oidc, persons, sessions, signin, twofactor
from tollbook.account.people.persons import found
from tollbook.account.people.signin import Answer, Place
from tollbook.account.secret import Secret
from tollbook.params import Site

HERE = Place("192.0.2.7", "Firefox")
BACK = "https://calls.example/oidc/back"
WRONG = Answer("wrong", "Signing in did not work: try again")


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with provider() as running:
        yield running


@pytest.fixture
def there(process: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A provider at which bob is signed in, and which keeps its word."""
    monkeypatch.setenv("TOLLBOOK_OIDC_CLIENT_SECRET", SECRET)
    oidc.provider._discovered.cache_clear()
    process.tell()
    return process


@pytest.fixture
def known(people: Database) -> Database:
    """Bob's e-mail address is what the provider says."""
    with people.session() as session:
        persons.change(session, "contact", "bob", {"email": "Bob@ACME.example"}, OPERATOR)
    return people


def now() -> datetime:
    """The provider's clock is the machine's."""
    return datetime.now(UTC)


def come_back(
    db: Database,
    secret: Secret,
    there: Running,
    later: timedelta = timedelta(0),
    place: Place = HERE,
    **query: str,
) -> Answer:
    at = now()
    url, sealed = oidc.start(there.oidc, secret, BACK, at)
    told = {**there.back(url), **query}
    return oidc.finish(db, secret, there.oidc, told, sealed, place, at + later)


def events(db: Database, action: str) -> list[dict[str, Any]]:
    with db.reading() as session:
        return [event for event in audit.events(session, None, None) if event["action"] == action]


def why(db: Database) -> str:
    return str(events(db, "sign_in")[-1]["after"]["why"])


def test_whoever_the_verified_address_means_is_let_in_and_bound_to_the_subject(
    known: Database, secret: Secret, there: Running
) -> None:
    done = come_back(known, secret, there)
    assert done.state == "in", why(known)
    with known.reading() as session:
        signed = sessions.find(session, done.token, HERE.address, Site(), now())
        (bound,) = oidc.bound(session, found(session, "bob"))
    assert signed
    assert signed.who.login == "bob"
    assert (bound["issuer"], bound["subject"]) == (there.oidc.issuer, "17")
    assert events(known, "sign_in")[-1]["after"] == {"means": "oidc"}
    assert [event["after"]["subject"] for event in events(known, "oidc_bind")] == ["17"]


def test_once_bound_the_subject_alone_counts_and_the_address_never_again(
    known: Database, secret: Secret, there: Running
) -> None:
    come_back(known, secret, there)
    there.tell({"email": "new@elsewhere.example", "email_verified": False})
    assert come_back(known, secret, there).state == "in"
    there.tell({"sub": "18"})
    assert come_back(known, secret, there) == WRONG
    assert why(known) == "oidc: bound to another subject"


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"email": "nobody@acme.example"}, "oidc: nobody of this name"),
        ({"email_verified": False}, "oidc: the e-mail address is not verified there"),
        ({"email_verified": "true"}, "oidc: the e-mail address is not verified there"),
        ({"email": ""}, "oidc: no claim email"),
    ],
)
def test_whom_the_provider_does_not_vouch_for_is_nobody(
    known: Database, secret: Secret, there: Running, person: dict[str, Any], words: str
) -> None:
    there.tell(person)
    assert come_back(known, secret, there) == WRONG
    assert why(known) == words


def test_an_address_that_somebody_only_says_is_theirs_binds_nobody(
    people: Database, secret: Secret, there: Running
) -> None:
    with people.session() as session:
        own = Actor(found(session, "anna").id, "anna")
        persons.change_own(session, own, {"email": "bob@acme.example"})
    assert come_back(people, secret, there) == WRONG
    assert why(people) == "oidc: nobody of this name"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"claims": {"nonce": "another"}}, "nonce"),
        ({"claims": {"iss": "http://localhost:1"}}, "iss"),
        ({"claims": {"aud": ["another"]}}, "aud"),
        ({"claims": {"aud": ["portal", "another"]}}, "it was made for another client"),
        ({"claims": {"aud": ["portal", "another"], "azp": "another"}}, "it was made for another client"),
        ({"claims": {"exp": 1_000_000_000}}, "expired"),
        ({"signed_by": "nobody"}, "does not count"),
        ({"signed_by": "secret"}, "does not count"),
        ({"signed_by": "another"}, "does not count"),
    ],
)
def test_an_id_token_that_is_not_the_providers_for_this_sign_in_counts_for_nothing(
    known: Database, secret: Secret, there: Running, wrong: dict[str, Any], words: str
) -> None:
    there.tell(**wrong)
    assert come_back(known, secret, there) == WRONG
    assert words in why(known)
    assert events(known, "oidc_bind") == []


def test_a_state_counts_once_for_ten_minutes_and_in_the_browser_that_began(
    known: Database, secret: Secret, there: Running
) -> None:
    at = now()
    url, sealed = oidc.start(there.oidc, secret, BACK, at)
    told = there.back(url)

    def finish(query: dict[str, str], kept: str) -> str:
        assert oidc.finish(known, secret, there.oidc, query, kept, HERE, at) == WRONG
        return why(known)

    assert finish(told, "") == "oidc: this browser has not begun a sign-in"
    assert finish({**told, "state": "another"}, sealed) == "oidc: another state"
    assert finish({"code": told["code"]}, sealed) == "oidc: another state"
    assert oidc.finish(known, secret, there.oidc, told, sealed, HERE, at).state == "in"
    assert finish(told, sealed) == "oidc: the state was used before"
    assert come_back(known, secret, there, later=oidc.VALID) == WRONG
    assert why(known) == "oidc: it took too long"


def test_a_code_is_worth_nothing_with_another_verifier(
    known: Database, secret: Secret, there: Running
) -> None:
    at = now()
    (first, _), (second, sealed) = (oidc.start(there.oidc, secret, BACK, at) for _ in range(2))
    stolen, own = there.back(first), there.back(second)
    told = {"code": stolen["code"], "state": own["state"]}
    assert oidc.finish(known, secret, there.oidc, told, sealed, HERE, at) == WRONG
    assert why(known).endswith("answers 400 invalid_grant")


def test_an_answer_that_names_another_provider_or_an_error_is_refused(
    known: Database, secret: Secret, there: Running
) -> None:
    assert come_back(known, secret, there, iss="https://another.example") == WRONG
    assert why(known) == "oidc: the answer is another provider's"
    assert come_back(known, secret, there, error="access_denied") == WRONG
    assert why(known) == "oidc: the provider refuses: access_denied"


def test_the_second_factor_is_asked_for_and_the_allow_list_holds(
    known: Database, secret: Secret, there: Running
) -> None:
    at = now()
    with known.session() as session:
        by = Actor(found(session, "bob").id, "bob")
        app = pyotp.TOTP(twofactor.begin(session, secret, by, "Tollbook").secret)
        twofactor.confirm(session, secret, by, app.at(at - timedelta(hours=1)), at - timedelta(hours=1))
    asked = come_back(known, secret, there)
    assert (asked.state, asked.token) == ("code", "")
    at = now()
    assert signin.second_step(known, secret, asked.ticket, app.at(at), HERE, at).state == "in"
    assert events(known, "sign_in")[-1]["after"] == {"means": "oidc"}
    with known.session() as session:
        persons.change(session, "contact", "bob", {"allowed_addresses": "198.51.100.0/24"}, OPERATOR)
    assert come_back(known, secret, there) == WRONG
    assert why(known) == "address not allowed"
    assert come_back(known, secret, there, place=Place("198.51.100.9")).state == "code"


def test_whoever_is_disabled_is_not_let_in(known: Database, secret: Secret, there: Running) -> None:
    come_back(known, secret, there)
    with known.session() as session:
        persons.disable(session, "bob", OPERATOR)
    assert come_back(known, secret, there) == WRONG
    assert why(known) == "disabled"


def test_the_login_name_can_be_what_tells_who_it_is(people: Database, secret: Secret, there: Running) -> None:
    named = Running(there.oidc.model_copy(update={"login_claim": "preferred_username"}))
    named.tell({"preferred_username": "BOB", "email": ""})
    assert come_back(people, secret, named).state == "in"


def test_after_unbinding_the_next_sign_in_binds_anew(known: Database, secret: Secret, there: Running) -> None:
    come_back(known, secret, there)
    with known.session() as session:
        assert oidc.unbind(session, found(session, "bob"), OPERATOR, now()) == 1
    there.tell({"sub": "18"})
    assert come_back(known, secret, there).state == "in"


def test_who_signs_in_too_often_in_vain_waits(known: Database, secret: Secret, there: Running) -> None:
    at = now()
    answers = [oidc.finish(known, secret, there.oidc, {}, "", HERE, at).state for _ in range(22)]
    assert answers == ["wrong"] * 21 + ["wait"]


def test_the_button_says_the_label_else_the_host() -> None:
    from tollbook.servers import Oidc  # noqa: PLC0415

    told = Oidc(issuer="https://id.carrier.example/realm", client_id="x")
    assert oidc.label(told) == "id.carrier.example"
    assert oidc.label(told.model_copy(update={"label": "Carrier"})) == "Carrier"
    assert oidc.label(Oidc()) == ""
