import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from account.people.authenticator import Device
from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import passkeys, persons, sessions, twofactor
from tollbook.account.people.models import Passkey, Person
from tollbook.account.people.passkeys import Party
from tollbook.account.people.persons import found
from tollbook.account.people.signin import Answer, Place
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.params import Site

HERE = Place("192.0.2.7", "Firefox")
PARTY = Party("calls.example", "https://calls.example", "Calls")
WRONG = Answer("wrong", "Signing in did not work: try again")


def register(
    db: Database,
    secret: Secret,
    person: Person,
    device: Device,
    name: str = "Telephone",
    party: Party = PARTY,
) -> dict[str, Any]:
    by = Actor(person.id, person.login)
    options, sealed = passkeys.begin_registration(db, secret, PARTY, by, AT)
    return passkeys.finish_registration(db, secret, party, by, device.create(options), sealed, name, AT)


def use(db: Database, secret: Secret, device: Device, place: Place = HERE, **change: Any) -> Answer:
    options, sealed = passkeys.begin_sign_in(secret, PARTY, AT)
    answer = device.get(options)
    return passkeys.sign_in(db, secret, change.get("party", PARTY), answer, sealed, place, AT)


def events(db: Database, action: str = "sign_in") -> list[dict[str, Any]]:
    with db.reading() as session:
        return [event for event in audit.events(session, None, None) if event["action"] == action]


def why(db: Database) -> str:
    return str(events(db)[-1]["after"]["why"])


@pytest.fixture
def device(people: Database, secret: Secret, bob: Person) -> Device:
    """Holds a passkey of bob's."""
    made = Device(PARTY.origin)
    register(people, secret, bob, made)
    return made


def test_a_passkey_signs_in_whose_it_is_without_a_name(
    people: Database, secret: Secret, device: Device
) -> None:
    done = use(people, secret, device)
    assert done.state == "in", why(people)
    with people.reading() as session:
        signed = sessions.find(session, done.token, HERE.address, Site(), AT)
    assert signed
    assert signed.who.login == "bob"
    assert events(people)[-1]["after"] == {"means": "passkey"}


def test_it_is_both_factors(people: Database, secret: Secret, bob: Person, device: Device) -> None:
    with people.session() as session:
        by = Actor(bob.id, "bob")
        app = pyotp.TOTP(twofactor.begin(session, secret, by, "Tollbook").secret)
        twofactor.confirm(session, secret, by, app.at(AT), AT)
    assert use(people, secret, device).state == "in"


def test_a_device_that_does_not_see_who_it_is_makes_none_and_signs_nobody_in(
    people: Database, secret: Secret, bob: Person, device: Device
) -> None:
    with pytest.raises(UsageError, match="The passkey could not be made"):
        register(people, secret, bob, Device(PARTY.origin, verifies=False))
    assert events(people, "passkey_add")[-1]["outcome"] == "failed"
    assert use(people, secret, replace(device, verifies=False)) == WRONG
    assert "verif" in why(people)


def test_a_passkey_of_another_site_counts_neither_here_nor_there(
    people: Database, secret: Secret, bob: Person, device: Device
) -> None:
    with pytest.raises(UsageError, match="could not be made"):
        register(people, secret, bob, Device("https://calls.example.evil.example"))
    assert use(people, secret, replace(device, origin="https://evil.example")) == WRONG
    assert use(people, secret, device, party=Party("evil.example", "https://evil.example", "")) == WRONG


def test_a_challenge_counts_once_and_for_five_minutes(
    people: Database, secret: Secret, device: Device
) -> None:
    options, sealed = passkeys.begin_sign_in(secret, PARTY, AT)
    answer = device.get(options)
    assert passkeys.sign_in(people, secret, PARTY, answer, sealed, HERE, AT).state == "in"
    assert passkeys.sign_in(people, secret, PARTY, answer, sealed, HERE, AT) == WRONG
    assert why(people) == "passkey: no challenge, or it was used"
    options, sealed = passkeys.begin_sign_in(secret, PARTY, AT)
    answer, late = device.get(options), AT + passkeys.VALID
    assert passkeys.sign_in(people, secret, PARTY, answer, sealed, HERE, late) == WRONG


def test_an_answer_to_another_challenge_counts_for_nothing(
    people: Database, secret: Secret, device: Device
) -> None:
    (first, _), (_, sealed) = (passkeys.begin_sign_in(secret, PARTY, AT) for _ in range(2))
    assert passkeys.sign_in(people, secret, PARTY, device.get(first), sealed, HERE, AT) == WRONG


def test_a_challenge_to_make_one_is_none_to_sign_in_and_only_that_persons(
    people: Database, secret: Secret, bob: Person
) -> None:
    with people.reading() as session:
        anna = found(session, "anna")
    device, by = Device(PARTY.origin), Actor(bob.id, "bob")
    options, sealed = passkeys.begin_registration(people, secret, PARTY, by, AT)
    answer = device.create(options)
    other = Actor(anna.id, "anna")
    for actor, kept in ((other, sealed), (by, passkeys.begin_sign_in(secret, PARTY, AT)[1]), (by, "")):
        with pytest.raises(UsageError, match="This took too long"):
            passkeys.finish_registration(people, secret, PARTY, actor, answer, kept, "x", AT)


def test_another_key_or_another_owner_is_refused(people: Database, secret: Secret, device: Device) -> None:
    assert use(people, secret, replace(device, key=Device("").key)) == WRONG
    assert use(people, secret, replace(device, handle="AAAA")) == WRONG
    assert why(people).endswith("it is of somebody else")
    assert use(people, secret, replace(device, id=b"unknown")) == WRONG
    assert why(people) == "passkey: unknown"


def test_a_copy_is_noticed_by_its_count(people: Database, secret: Secret, device: Device) -> None:
    device.count = 5
    assert use(people, secret, device).state == "in"
    copy = replace(device, count=3)
    assert use(people, secret, copy) == WRONG
    assert "there may be a copy of it" in why(people)


def test_who_is_disabled_or_elsewhere_is_not_let_in(people: Database, secret: Secret, device: Device) -> None:
    with people.session() as session:
        persons.change(session, "contact", "bob", {"allowed_addresses": "198.51.100.0/24"}, OPERATOR)
    assert use(people, secret, device) == WRONG
    assert why(people) == "address not allowed"
    assert use(people, secret, device, Place("198.51.100.7")).state == "in"
    with people.session() as session:
        persons.disable(session, "bob", OPERATOR)
    assert use(people, secret, device, Place("198.51.100.7")) == WRONG


@pytest.mark.parametrize("said", ["", "[]", "{", '{"id": 1}', '{"id": "\\u0000"}', "[" * 9000])
def test_nonsense_is_told_as_any_other_wrong_answer(people: Database, secret: Secret, said: str) -> None:
    _, sealed = passkeys.begin_sign_in(secret, PARTY, AT)
    assert passkeys.sign_in(people, secret, PARTY, said, sealed, HERE, AT) == WRONG


def test_who_tries_too_often_waits(people: Database, secret: Secret) -> None:
    states = [passkeys.sign_in(people, secret, PARTY, "", "", HERE, AT).state for _ in range(22)]
    assert states == ["wrong"] * 21 + ["wait"]


def test_one_is_listed_and_removed_and_then_signs_in_no_more(
    people: Database, secret: Secret, bob: Person, device: Device
) -> None:
    with people.reading() as session:
        (row,) = passkeys.listing(session, bob)
        assert session.get_one(Passkey, row["id"]).transports == ("internal",)
        anna = found(session, "anna")
    assert (row["name"], row["last_used_at"]) == ("Telephone", None)
    with pytest.raises(UsageError, match="no passkey"), people.session() as session:
        passkeys.remove(session, anna, row["id"], Actor(anna.id, "anna"), AT)
    with people.session() as session:
        passkeys.remove(session, found(session, "bob"), row["id"], Actor(bob.id, "bob"), AT)
    assert use(people, secret, device) == WRONG
    assert [event["before"]["name"] for event in events(people, "passkey_remove")] == ["Telephone"]


def test_the_same_one_is_kept_once_and_of_one_person_twenty(
    people: Database, secret: Secret, bob: Person, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="known already"):
        register(people, secret, bob, device)
    monkeypatch.setattr(passkeys, "MOST", 1)
    with pytest.raises(UsageError, match="There are 1 passkeys already"):
        register(people, secret, bob, Device(PARTY.origin))


def test_a_name_is_one_line(people: Database, secret: Secret, bob: Person) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        register(people, secret, bob, Device(PARTY.origin), name=" ")


def test_whoever_looks_as_another_makes_none(people: Database, secret: Secret, bob: Person) -> None:
    with pytest.raises(UsageError, match="only by the person themselves"):
        passkeys.begin_registration(people, secret, PARTY, Actor(bob.id, "bob", seen_as="x"), AT)


def test_a_device_is_not_told_who_somebody_is_by_number(
    people: Database, secret: Secret, bob: Person
) -> None:
    options, _ = passkeys.begin_registration(people, secret, PARTY, Actor(bob.id, "bob"), AT)
    assert len(options["user"]["id"]) == 43
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert json.dumps(options["excludeCredentials"]) == "[]"
    again, _ = passkeys.begin_registration(
        people, secret, PARTY, Actor(bob.id, "bob"), AT + timedelta(days=1)
    )
    assert again["user"]["id"] == options["user"]["id"]
    assert again["challenge"] != options["challenge"]
