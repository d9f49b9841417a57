from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import twofactor
from tollbook.account.people.models import Person, RecoveryCode
from tollbook.account.people.persons import found
from tollbook.account.secret import Secret
from tollbook.errors import UsageError

STEP = timedelta(seconds=twofactor.STEP_S)


@pytest.fixture
def by(bob: Person) -> Actor:
    return Actor(bob.id, "bob", "192.0.2.7")


def enrol(db: Database, secret: Secret, by: Actor) -> tuple[pyotp.TOTP, list[str]]:
    """The app of somebody whose second factor is on since a step before AT, and the recovery codes."""
    with db.session() as session:
        made = twofactor.begin(session, secret, by, "Tollbook")
    app = pyotp.TOTP(made.secret)
    with db.session() as session:
        return app, twofactor.confirm(session, secret, by, app.at(AT - STEP), AT - STEP)


def passes(db: Database, secret: Secret, code: str, at: datetime = AT) -> bool:
    with db.session() as session:
        return twofactor.passes(session, secret, found(session, "bob", locked=True), code, at)


def test_an_app_is_told_the_secret_the_login_and_whose_portal_it_is(
    people: Database, secret: Secret, by: Actor
) -> None:
    with people.session() as session:
        made = twofactor.begin(session, secret, by, "ACME Telecom")
    assert made.uri == f"otpauth://totp/ACME%20Telecom:bob?secret={made.secret}&issuer=ACME%20Telecom"
    assert len(made.secret) == 32


def test_the_secret_is_never_stored_as_it_is(people: Database, secret: Secret, by: Actor) -> None:
    with people.session() as session:
        made = twofactor.begin(session, secret, by, "Tollbook")
        stored = found(session, "bob").totp_secret
    assert stored
    assert made.secret not in stored
    assert secret.unseal(stored, "second factor") == made.secret


def test_it_counts_once_a_code_has_confirmed_it(people: Database, secret: Secret, by: Actor) -> None:
    with people.session() as session:
        made = twofactor.begin(session, secret, by, "Tollbook")
        assert found(session, "bob").totp_confirmed_at is None
    wrong = str((int(pyotp.TOTP(made.secret).at(AT)) + 1) % 1_000_000).zfill(6)
    with pytest.raises(UsageError, match="This code is wrong"), people.session() as session:
        twofactor.confirm(session, secret, by, wrong, AT + 10 * STEP)
    with people.session() as session:
        codes = twofactor.confirm(session, secret, by, pyotp.TOTP(made.secret).at(AT), AT)
        assert found(session, "bob").totp_confirmed_at == AT
    assert len(set(codes)) == 10


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_a_step_early_or_late(
    people: Database, secret: Secret, by: Actor, steps: int, taken: object
) -> None:
    app, _ = enrol(people, secret, by)
    at = AT + 100 * STEP
    assert passes(people, secret, app.at(at + steps * STEP), at) is taken


def test_a_code_is_taken_once_and_none_before_it(people: Database, secret: Secret, by: Actor) -> None:
    app, _ = enrol(people, secret, by)
    assert not passes(people, secret, app.at(AT - STEP))  # the one that confirmed
    assert passes(people, secret, app.at(AT))
    assert not passes(people, secret, app.at(AT))
    assert not passes(people, secret, app.at(AT), AT + STEP)
    assert passes(people, secret, app.at(AT + STEP), AT + STEP)


@pytest.mark.parametrize(
    "code", ["", "000000", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "x" * 10_000]
)
def test_what_is_no_code_is_wrong(people: Database, secret: Secret, by: Actor, code: str) -> None:
    app, _ = enrol(people, secret, by)
    assert app.at(AT) != code
    assert not passes(people, secret, code)


def test_a_code_may_be_typed_with_a_space(people: Database, secret: Secret, by: Actor) -> None:
    app, _ = enrol(people, secret, by)
    code = app.at(AT)
    assert passes(people, secret, f"{code[:3]} {code[3:]}")


def test_a_recovery_code_is_taken_once_however_it_is_typed(
    people: Database, secret: Secret, by: Actor
) -> None:
    _, codes = enrol(people, secret, by)
    assert passes(people, secret, codes[0].upper().replace("-", " "))
    assert not passes(people, secret, codes[0])
    assert passes(people, secret, codes[1])


def test_recovery_codes_are_kept_as_hashes(people: Database, secret: Secret, by: Actor) -> None:
    _, codes = enrol(people, secret, by)
    with people.reading() as session:
        kept = session.scalars(select(RecoveryCode.hash)).all()
    assert len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & set(kept)


def test_new_recovery_codes_take_the_place_of_the_old(people: Database, secret: Secret, by: Actor) -> None:
    _, old = enrol(people, secret, by)
    with people.session() as session:
        new = twofactor.new_recovery_codes(session, by, AT)
    assert not passes(people, secret, old[0])
    assert passes(people, secret, new[0])


def test_one_that_is_on_is_turned_off_before_another(people: Database, secret: Secret, by: Actor) -> None:
    enrol(people, secret, by)
    with pytest.raises(UsageError, match="turn it off first"), people.session() as session:
        twofactor.begin(session, secret, by, "Tollbook")
    with people.session() as session:
        assert twofactor.turn_off(session, found(session, "bob"), OPERATOR, AT)
        assert not twofactor.turn_off(session, found(session, "bob"), OPERATOR, AT)
        assert session.scalars(select(RecoveryCode)).all() == []
        twofactor.begin(session, secret, by, "Tollbook")


def test_without_one_there_is_nothing_to_confirm_and_nothing_to_recover(
    people: Database, secret: Secret, by: Actor
) -> None:
    with pytest.raises(UsageError, match="There is nothing to confirm"), people.session() as session:
        twofactor.confirm(session, secret, by, "123456", AT)
    with pytest.raises(UsageError, match="There is no second factor yet"), people.session() as session:
        twofactor.new_recovery_codes(session, by, AT)
    assert not passes(people, secret, "123456")


def test_a_secret_of_another_workspace_lets_nobody_in(people: Database, secret: Secret, by: Actor) -> None:
    app, _ = enrol(people, secret, by)
    assert not passes(people, Secret(bytes(32)), app.at(AT))


def test_whoever_looks_as_another_sets_up_nothing(people: Database, secret: Secret) -> None:
    with pytest.raises(UsageError, match="only by the person themselves"), people.session() as session:
        twofactor.begin(session, secret, Actor(1, "admin", seen_as="bob"), "Tollbook")


def test_on_and_off_are_audited_without_any_secret(people: Database, secret: Secret, by: Actor) -> None:
    app, codes = enrol(people, secret, by)
    with people.session() as session:
        twofactor.turn_off(session, found(session, "bob"), OPERATOR, AT)
    with people.reading() as session:
        told = list(audit.events(session, AT - STEP, AT + STEP))
    assert [event["action"] for event in told] == ["two_factor_on", "two_factor_off"]
    assert not any(code in repr(told) for code in (app.secret, *codes))
