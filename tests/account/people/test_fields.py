import pytest

from tollbook.account.people.fields import FIELDS, OWN, checked, checked_login, folded
from tollbook.account.people.models import Person
from tollbook.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("Anna", "anna"),
        (" Anna@ACME.example ", "anna@acme.example"),
        ("JÜRGEN.Groß", "jürgen.gross"),
        ("u\u0308nal", "ünal"),
        ("\uff21nna", "anna"),
        ("a+b@c-d.example", "a+b@c-d.example"),
        ("x", "x"),
    ],
)
def test_a_login_name_is_kept_in_one_form(typed: str, login: str) -> None:
    assert checked_login(typed) == login
    assert folded(login) == login


@pytest.mark.parametrize(
    "typed", ["", " ", "a b", "a@b@c", ".anna", "anna-", "a/b", "<b>", "an\u202ena", "x" * 201]
)
def test_a_login_name_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match=r"^login .*: write an e-mail address or a name"):
        checked_login(typed)


@pytest.mark.parametrize(
    ("field", "entered", "value"),
    [
        ("name", " Anna Ünal ", "Anna Ünal"),
        ("email", "", ""),
        ("email", "Anna@acme.example", "Anna@acme.example"),
        ("phone", "+49 (30) 123-45.67", "+49301234567"),
        ("mobile", "", ""),
        ("language", "ar", "ar"),
        ("language", "", ""),
        ("zone", "Asia/Kathmandu", "Asia/Kathmandu"),
        ("zone", "", ""),
        ("theme", "dark", "dark"),
        ("role", "admin", "admin"),
        ("allowed_addresses", "192.0.2.7,2001:db8::/32", ("192.0.2.7/32", "2001:db8::/32")),
    ],
)
def test_a_value_is_taken_as_people_write_it(field: str, entered: str, value: object) -> None:
    assert checked("user", {field: entered}) == {field: value}


@pytest.mark.parametrize(
    ("field", "entered", "reason"),
    [
        ("name", "", "name: it is empty"),
        ("email", "anna", "email: 'anna' is no e-mail address such as"),
        ("email", "a b@c", "email: 'a b@c' is no e-mail address"),
        ("phone", "12", "phone: '12' is no telephone number such as"),
        ("mobile", "call me", "mobile: 'call me' is no telephone number"),
        ("phone", "\u0661\u0662\u0663", "phone: .* is no telephone number"),
        ("language", "dee", "language: language 'dee': there is .*, did you mean 'de'"),
        ("zone", "Europe/Berln", "zone: unknown zone 'Europe/Berln', did you mean 'Europe/Berlin'"),
        ("theme", "drak", "theme: 'drak' is none of .*, did you mean 'dark'"),
        ("role", "contact", "role: 'contact' is none of admin, analyst"),
        ("allowed_addresses", "192.0.2.7/24", "allowed_addresses: .*did you mean '192.0.2.0/24'"),
        ("rol", "admin", "a user has no field 'rol', did you mean 'role'"),
    ],
)
def test_what_cannot_be_says_the_field_the_value_and_what_may_be(
    field: str, entered: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=f"^{reason}"):
        checked("user", {field: entered})


def test_a_contact_has_a_customer_and_no_role_to_choose() -> None:
    assert set(FIELDS["contact"]) - set(FIELDS["user"]) == {"customer"}
    with pytest.raises(UsageError, match="a contact has no field 'role'"):
        checked("contact", {"role": "admin"})


def test_what_one_may_change_of_oneself_is_never_a_right() -> None:
    assert set(OWN) == set(FIELDS["user"]) - {"role", "allowed_addresses"}


def test_every_column_can_be_entered_but_those_that_are_given() -> None:
    given = {"id", "login", "role", "customer_id", "created_at", "disabled_at", "totp_step", "totp_secret"}
    given |= {
        "email_verified_at",
        "email_claimed",
        "mobile_verified_at",
        "password_hash",
        "password_changed_at",
        "totp_confirmed_at",
    }
    assert set(FIELDS["user"]) - {"role"} == set(Person.__table__.columns.keys()) - given
