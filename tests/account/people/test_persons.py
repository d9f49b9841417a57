from pathlib import Path
from typing import Any

import pytest

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import persons, sessions
from tollbook.account.people.fields import Kind
from tollbook.account.people.models import Person
from tollbook.errors import UsageError
from tollbook.params import Site


def add(db: Database, kind: Kind, login: str, **entered: object) -> dict[str, Any]:
    with db.session() as session:
        return persons.add(session, kind, login, entered, OPERATOR)


def change(db: Database, kind: Kind, login: str, **entered: object) -> dict[str, Any]:
    with db.session() as session:
        return persons.change(session, kind, login, entered, OPERATOR)


def logins(db: Database, kind: Kind) -> list[str]:
    with db.reading() as session:
        return [row["login"] for row in persons.listing(session, kind)]


def last_event(db: Database) -> dict[str, Any]:
    with db.reading() as session:
        return list(audit.events(session, None, None))[-1]


def verify(db: Database, login: str) -> None:
    with db.session() as session:
        person = persons.found(session, login)
        person.email_verified_at = person.mobile_verified_at = AT


def test_what_is_not_entered_has_its_default_and_nothing_secret_is_shown(people: Database) -> None:
    row = add(people, "user", "Carl")
    row.pop("created_at")
    assert row == {
        "login": "carl",
        "role": "analyst",
        "name": "Carl",
        **dict.fromkeys(("email", "department", "phone", "mobile", "language", "zone"), ""),
        "theme": "system",
        "allowed_addresses": [],
        **dict.fromkeys(("email_verified_at", "mobile_verified_at", "password_changed_at", "disabled_at")),
        "two_factor": False,
    }


def test_a_contact_is_of_one_customer_that_is_there(people: Database) -> None:
    assert add(people, "contact", "dora@bolt.example", customer="bolt")["customer"] == "bolt"
    with pytest.raises(UsageError, match=r"^whose contact"):
        add(people, "contact", "emil")
    with pytest.raises(UsageError, match=r"^there is no customer 'blot', did you mean 'bolt'"):
        add(people, "contact", "emil", customer="blot")


def test_a_login_name_is_taken_once_in_any_case_by_users_and_contacts_together(people: Database) -> None:
    with pytest.raises(
        UsageError, match="there is a person 'anna' already: change it with `tollbook user set`"
    ):
        add(people, "user", "ANNA")
    with pytest.raises(UsageError, match="there is a person 'anna' already"):
        add(people, "contact", "anna", customer="acme")


def test_users_and_contacts_are_listed_apart(people: Database) -> None:
    assert (logins(people, "user"), logins(people, "contact")) == (["admin", "anna"], ["bob"])


def test_a_name_of_the_other_kind_says_which_command_has_it(people: Database) -> None:
    with pytest.raises(UsageError, match="'bob' is a contact, not a user: use `tollbook contact`"):
        change(people, "user", "bob", role="admin")
    with pytest.raises(UsageError, match=r"^no user 'ana', did you mean 'anna'"):
        change(people, "user", "ana", name="Anna")


def test_a_change_leaves_the_other_fields(people: Database) -> None:
    change(people, "user", "anna", department="Routing")
    row = change(people, "user", "anna", phone="+49 30 1234")
    assert (row["department"], row["phone"], row["role"]) == ("Routing", "+49301234", "analyst")


@pytest.mark.parametrize(("field", "value"), [("email", "b@acme.example"), ("mobile", "+491701234567")])
def test_another_email_or_mobile_is_unverified_and_the_same_one_stays_verified(
    people: Database, field: str, value: str
) -> None:
    change(people, "contact", "bob", email="a@acme.example", mobile="+491700000000")
    verify(people, "bob")
    other = "mobile" if field == "email" else "email"
    row = change(people, "contact", "bob", **{field: value})
    assert (row[f"{field}_verified_at"], row[f"{other}_verified_at"]) == (None, AT)
    verify(people, "bob")
    assert change(people, "contact", "bob", **{field: value})[f"{field}_verified_at"] == AT


def test_a_contact_stays_with_its_customer(people: Database) -> None:
    with pytest.raises(UsageError, match="'bob' stays a contact of 'acme'"):
        change(people, "contact", "bob", customer="bolt")
    assert change(people, "contact", "bob", customer="acme", name="Bob")["name"] == "Bob"


def test_the_only_admin_can_be_neither_disabled_nor_made_an_analyst(people: Database) -> None:
    with pytest.raises(UsageError, match="'admin' is the only admin: make another one first"):
        change(people, "user", "admin", role="analyst")
    with pytest.raises(UsageError, match="'admin' is the only admin"), people.session() as session:
        persons.disable(session, "admin", OPERATOR)
    change(people, "user", "anna", role="admin")
    assert change(people, "user", "admin", role="analyst")["role"] == "analyst"


def test_disabling_ends_sessions_and_enabling_brings_none_back(people: Database) -> None:
    with people.session() as session:
        token = sessions.begin(session, persons.found(session, "bob"), "192.0.2.7", "", AT)
    with people.session() as session:
        assert persons.disable(session, "bob", OPERATOR, AT)["disabled_at"] == AT
    with people.session() as session:
        assert persons.enable(session, "bob", OPERATOR)["disabled_at"] is None
        assert sessions.find(session, token, "192.0.2.7", Site(), AT) is None


def test_disabling_twice_keeps_the_first_instant_and_one_event(people: Database) -> None:
    for _ in range(2):
        with people.session() as session:
            row = persons.disable(session, "anna", OPERATOR)
    with people.reading() as session:
        actions = [event["action"] for event in audit.events(session, None, None)]
    assert actions.count("disable") == 1
    assert row["disabled_at"] is not None


def test_one_changes_ones_own_profile_and_no_right(people: Database, bob: Person) -> None:
    by = Actor(bob.id, "bob", "192.0.2.7")
    with people.session() as session:
        assert persons.change_own(session, by, {"zone": "Europe/Riga"})["zone"] == "Europe/Riga"
    assert (last_event(people)["login"], last_event(people)["address"]) == ("bob", "192.0.2.7")
    for field, value in (
        ("customer", "bolt"),
        ("role", "admin"),
        ("allowed_addresses", ""),
        ("password_hash", "x"),
    ):
        with pytest.raises(UsageError, match="can only be changed by an admin"), people.session() as session:
            persons.change_own(session, by, {field: value})


def test_whoever_looks_as_a_contact_does_not_change_a_profile(people: Database) -> None:
    with pytest.raises(UsageError, match="only by the person themselves"), people.session() as session:
        persons.change_own(session, Actor(1, "admin", seen_as="bob"), {"name": "Bob"})


def test_a_change_is_audited_with_what_was_and_what_is(people: Database) -> None:
    change(people, "user", "anna", name="Anna", department="Routing")
    event = last_event(people)
    assert (event["login"], event["action"], event["resource"]) == (
        "root (command line)",
        "change",
        "user anna",
    )
    assert event["before"] == {"name": "anna", "department": ""}
    assert event["after"] == {"name": "Anna", "department": "Routing"}


def test_a_change_that_changes_nothing_is_no_event(people: Database) -> None:
    before = last_event(people)
    change(people, "user", "anna", name="anna")
    assert last_event(people) == before


def write(folder: Path, text: str) -> Path:
    path = folder / "who.csv"
    path.write_text(text)
    return path


def test_a_file_enters_and_changes(people: Database, tmp_path: Path) -> None:
    file = write(tmp_path, "login,customer,name\nBob,,Bobby\ncleo@bolt.example,bolt,Cleo\n")
    with people.session() as session:
        rows = persons.import_file(session, "contact", file, OPERATOR)
    assert [(row["login"], row["customer"], row["name"]) for row in rows] == [
        ("bob", "acme", "Bobby"),
        ("cleo@bolt.example", "bolt", "Cleo"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("login,role\ncarl,boss\n", r"^who\.csv: line 2: role: 'boss' is none of"),
        ("login\nCarl\ncarl\n", r"^who\.csv: line 3: login 'carl' is on line 2 already"),
        ("login\nbob\n", r"^who\.csv: line 2: 'bob' is a contact, not a user"),
        ("login,rol\ncarl,admin\n", r"^who\.csv: line 1: unknown column 'rol', did you mean 'role'"),
        ("name\nCarl\n", r"^who\.csv: line 1: no column 'login'"),
        ("login\n", r"^who\.csv: no rows below the header"),
    ],
)
def test_a_bad_file_changes_nothing_and_names_the_line(
    people: Database, tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason), people.session() as session:
        persons.import_file(session, "user", write(tmp_path, text), OPERATOR)
    assert logins(people, "user") == ["admin", "anna"]


def test_an_address_is_somebodys_by_an_operators_word_or_a_code_and_not_by_their_own(
    people: Database, bob: Person
) -> None:
    def of(email: str) -> list[str]:
        with people.reading() as session:
            return [person.login for person in persons.of_email(session, email)]

    change(people, "user", "anna", email="Shared@acme.example")
    assert of("shared@ACME.example") == ["anna"]
    with people.session() as session:
        persons.change_own(session, Actor(bob.id, "bob"), {"email": "shared@acme.example"})
    assert of("shared@acme.example") == ["anna"]
    change(people, "contact", "bob", email="other@acme.example")
    change(people, "contact", "bob", email="shared@acme.example")
    assert of("shared@acme.example") == ["anna", "bob"]
    assert of("") == []
