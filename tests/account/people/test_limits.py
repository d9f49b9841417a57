import threading
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest

from account.people.conftest import AT, PASSWORD
from tollbook.account.database import Database
from tollbook.account.people import limits, passwords, sessions, signin
from tollbook.account.people.models import Person, SignInFailure
from tollbook.account.people.persons import found
from tollbook.account.people.signin import Place
from tollbook.account.secret import Secret

HERE, THERE = "192.0.2.7", "198.51.100.1"


def wrong(db: Database, address: str, login: str, times: int = 1, at: datetime = AT) -> int:
    """Seconds that the last of so many tries had to wait, each made as soon as it may be."""
    wait = 0
    for _ in range(times):
        wait = limits.attempt(db, address, login, at).wait_s
    return wait


def tries_until(db: Database, address: str, login: str, end: timedelta) -> int:
    """How many tries are looked at by somebody who tries as often as they may."""
    at, looked_at = AT, 0
    while at < AT + end:
        wait = limits.attempt(db, address, login, at).wait_s
        looked_at += wait == 0
        at += timedelta(seconds=wait)
    return looked_at


@pytest.mark.parametrize(
    ("kind", "failures", "wait"),
    [
        ("login", 5, 0),
        ("login", 6, 1),
        ("login", 7, 2),
        ("login", 10, 16),
        ("login", 500, 900),
        ("address", 20, 0),
        ("address", 21, 1),
        ("pair", 6, 1),
        ("login", 5.4, 0),
    ],
)
def test_the_wait_doubles_beyond_the_free_failures_up_to_a_quarter_of_an_hour(
    kind: str, failures: float, wait: int
) -> None:
    assert limits.delay_s(kind, failures) == wait


def test_a_name_has_to_wait_after_its_free_failures_wherever_they_come_from(people: Database) -> None:
    assert [wrong(people, f"192.0.2.{n}", "anna") for n in range(8)] == [0, 0, 0, 0, 0, 0, 1, 1]


def test_a_try_that_waits_is_not_counted(people: Database) -> None:
    wrong(people, HERE, "anna", times=6)
    assert wrong(people, HERE, "anna", times=50) == 1
    assert wrong(people, HERE, "anna", at=AT + timedelta(seconds=1)) == 0
    assert wrong(people, HERE, "anna", at=AT + timedelta(seconds=1)) == 2


def test_a_locked_name_does_not_lock_its_address(people: Database) -> None:
    wrong(people, HERE, "anna", times=7)
    assert wrong(people, HERE, "bob") == 0


def test_an_address_has_to_wait_whatever_names_it_tries_and_the_names_do_not(people: Database) -> None:
    for n in range(21):
        wrong(people, HERE, f"guess{n}")
    assert wrong(people, HERE, "bob") == 1
    assert wrong(people, THERE, "bob") == 0


def test_a_network_of_ipv6_is_one_address(people: Database) -> None:
    for n in range(21):
        wrong(people, f"2001:db8::{n:x}", f"guess{n}")
    assert wrong(people, "2001:db8::ffff", "bob") == 1
    assert wrong(people, "2001:db8:0:1::1", "bob") == 0


def test_failures_fade_by_half_in_six_hours(people: Database) -> None:
    wrong(people, HERE, "anna", times=6)
    later = AT + 2 * limits.HALF_LIFE
    # 6 / 4 = 1.5 are left; four more are 5.5, which is taken for 6 and has the next one wait.
    assert [wrong(people, HERE, "anna", at=later) for _ in range(5)] == [0, 0, 0, 0, 1]


def test_who_tries_for_a_day_gets_a_hundred_odd_tries_at_a_name(people: Database) -> None:
    assert 96 <= tries_until(people, HERE, "anna", timedelta(days=1)) <= 130


def test_success_forgets_a_names_failures_and_gives_an_address_back_its_own_try(people: Database) -> None:
    wrong(people, HERE, "bob", times=4)
    tried = limits.attempt(people, HERE, "anna", AT)
    with people.session() as session:
        limits.forgive(session, tried.keys, AT)
        left = {(row.kind, row.failures) for row in session.query(SignInFailure)}
    assert left == {("login", 4.0), ("address", 4.0)}


def test_where_a_person_is_known_only_their_own_failures_there_count(people: Database, bob: Person) -> None:
    with people.session() as session:
        sessions.begin(session, found(session, "bob"), HERE, "", AT)
    wrong(people, THERE, "bob", times=7)
    for n in range(21):
        wrong(people, HERE, f"guess{n}")
    assert (wrong(people, THERE, "bob"), wrong(people, HERE, "anna")) == (1, 1)
    assert [wrong(people, HERE, "bob") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 1]
    assert wrong(people, HERE, "bob", at=AT + timedelta(days=31)) == 0


def test_a_clock_that_is_set_back_has_nobody_wait_for_days(people: Database) -> None:
    wrong(people, HERE, "anna", times=7)
    assert wrong(people, HERE, "anna", at=AT - timedelta(days=9)) == limits.LONGEST_S


def test_names_and_addresses_are_not_readable_in_the_table(people: Database) -> None:
    wrong(people, HERE, "my password by mistake")
    with people.reading() as session:
        kept = [(row.kind, row.key) for row in session.query(SignInFailure)]
    assert Counter(kind for kind, _ in kept) == {"address": 1, "login": 1}
    assert all(len(key) == 64 for _, key in kept)


def test_what_is_long_past_is_forgotten(people: Database) -> None:
    wrong(people, HERE, "anna")
    wrong(people, THERE, "bob", at=AT + timedelta(days=4))
    with people.reading() as session:
        assert session.query(SignInFailure).count() == 2


def test_tries_at_the_same_moment_all_count(people: Database) -> None:
    waits: list[int] = []
    threads = [
        threading.Thread(target=lambda: waits.append(limits.attempt(people, HERE, "anna", AT).wait_s))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(waits) == {0: 6, 1: 6}


def test_a_thousand_wrong_sign_ins_cost_the_work_of_a_few(
    people: Database, secret: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: bool(looked_at.append(password)))
    begun = time.process_time()
    for n in range(1000):
        place = Place(HERE)
        signin.sign_in(people, secret, f"guess{n}", PASSWORD, place, AT + timedelta(seconds=n * 0.06))
    assert len(looked_at) <= 27
    assert time.process_time() - begun < 20
