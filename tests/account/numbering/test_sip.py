"""Secrets are told once; what is kept of them is sealed, and is what switches compare."""

from hashlib import md5

import pytest
from sqlalchemy import text

from account.numbering.conftest import BY, Do
from secrets_kept import SECRETS
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.numbering import blocks, extensions, sip
from tollbook.account.secret import Secret
from tollbook.errors import TollbookError, UsageError

SEALED_BY = Secret(b"k" * 32)
REALM = "sip.example.net"


def made(do: Do, *numbers: str, realm: str = REALM) -> list[sip.Told]:
    told: list[sip.Told] = do(sip.make, BY, sip.numbered(numbers), SEALED_BY, realm)
    for one in told:
        SECRETS.add("a SIP secret", one.secret)
    return told


@pytest.fixture
def three(do: Do) -> None:
    """Acme has 1000 and 1001, beta has 0500."""
    do(extensions.add, BY, "acme", "1000", "Desk")
    do(extensions.add, BY, "acme", "1001")
    do(extensions.add, BY, "beta", "0500")


def test_ha1_is_that_of_rfc_2617() -> None:
    ha1, ha1b = sip.hashes("1000", REALM, "s")
    assert ha1 == md5(b"1000:sip.example.net:s").hexdigest()
    assert ha1b == md5(b"1000@sip.example.net:sip.example.net:s").hexdigest()


def test_a_secret_is_told_and_what_switches_compare_is_kept(do: Do, three: None) -> None:
    (told,) = made(do, "1000")
    assert (told.number, told.customer, told.realm, len(told.secret)) == ("1000", "acme", REALM, 23)
    found, without = do(lambda session: list(sip.devices(session, SEALED_BY)))
    assert found == [sip.Device("1000", "Desk", REALM, *sip.hashes("1000", REALM, told.secret))]
    assert without == ["0500", "1001"]


def test_neither_a_secret_nor_its_hash_lies_in_the_database(do: Do, three: None, numbers: Database) -> None:
    (told,) = made(do, "1000")
    with numbers.reading() as session:
        kept = [*map(str, session.execute(text("SELECT * FROM extension")))]
        kept += [str(event) for event in events(session, None, None)]
    for secret in (told.secret, *sip.hashes("1000", REALM, told.secret)):
        assert not any(secret in row for row in kept)


def test_a_new_secret_takes_the_place_of_the_old(do: Do, three: None) -> None:
    (first,), (second,) = made(do, "1000"), made(do, "1000", realm="other.example")
    assert first.secret != second.secret
    found, _ = do(lambda session: list(sip.devices(session, SEALED_BY, ["acme"])))
    assert [(one.realm, one.ha1) for one in found] == [
        ("other.example", sip.hashes("1000", "other.example", second.secret)[0])
    ]


def test_those_without_one_are_found(do: Do, three: None) -> None:
    made(do, "1000")
    told = do(sip.make, BY, sip.without_secret("acme"), SEALED_BY, REALM)
    assert [one.number for one in told] == ["1001"]
    assert do(sip.make, BY, sip.without_secret("acme"), SEALED_BY, REALM) == []


def test_the_account_s_realm_is_that_of_all(do: Do, three: None) -> None:
    with pytest.raises(TollbookError, match="--realm"):
        made(do, "1000", realm="")
    do(blocks.set_up, BY, realm=REALM)
    assert [one.realm for one in made(do, "1000", realm="")] == [REALM]
    with pytest.raises(UsageError, match="SIP domain"):
        made(do, "1000", realm="no domain")


def test_another_workspace_s_secret_opens_nothing(do: Do, three: None) -> None:
    made(do, "1000")
    with pytest.raises(
        TollbookError, match="secret of extension 1000 was sealed by another workspace secret"
    ):
        do(lambda session: list(sip.devices(session, Secret(b"o" * 32))))


def test_numbers_that_are_none_are_named(do: Do, three: None) -> None:
    do(sip.checked_numbers, ["1000", "0500"])
    with pytest.raises(UsageError, match="there is no extension 500"):
        do(sip.checked_numbers, ["1000", "500"])


def test_the_audit_tells_that_one_was_made(do: Do, three: None, numbers: Database) -> None:
    made(do, "1000")
    made(do, "1000", realm="other.example")
    with numbers.reading() as session:
        *_, first, second = events(session, None, None)
    one, other = ({"customer": "acme", "realm": realm} for realm in (REALM, "other.example"))
    assert [
        (each["action"], each["resource"], each["before"], each["after"]) for each in (first, second)
    ] == [
        ("make secret", "extension 1000", None, one),
        ("make secret", "extension 1000", one, other),
    ]
