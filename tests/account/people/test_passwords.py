import pytest
from argon2 import PasswordHasher, extract_parameters

from tollbook.account.people import passwords
from tollbook.errors import UsageError

GOOD = "four unlikely words together"


def test_a_password_is_kept_as_argon2id_and_matches_itself_alone() -> None:
    stored = passwords.hashed(GOOD)
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, GOOD)
    assert not passwords.matches(stored, GOOD + "!")
    assert stored != passwords.hashed(GOOD)


def test_the_parameters_are_those_of_rfc_9106_for_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    given = passwords.HASHER
    assert (given.memory_cost, given.time_cost, given.parallelism) == (64 * 1024, 3, 4)


def test_an_unknown_name_takes_the_same_work_and_never_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = passwords.HASHER

    class Watched:
        memory_cost, time_cost, parallelism = real.memory_cost, real.time_cost, real.parallelism
        salt_len, hash_len = real.salt_len, real.hash_len

        def verify(self, stored: str, password: str) -> bool:
            seen.append(stored)
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "HASHER", Watched())
    known = real.hash(GOOD)
    assert not passwords.matches(known, "wrong")
    assert not passwords.matches(None, GOOD)
    assert [extract_parameters(stored) for stored in seen] == [extract_parameters(known)] * 2


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_a_damaged_hash_lets_nobody_in(stored: str) -> None:
    assert not passwords.matches(stored, stored)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.outdated(old)
    assert not passwords.outdated(passwords.hashed(GOOD))


def test_one_accent_typed_in_two_ways_is_one_password() -> None:
    assert passwords.matches(passwords.hashed("cafe\u0301 au lait, please"), "caf\u00e9 au lait, please")


@pytest.mark.parametrize(
    ("password", "score", "taken"),
    [
        ("shortenough", 0, False),
        ("password1234", 1, False),
        ("aaaaaaaaaaaa", 0, False),
        ("anna@acme.example", 0, False),
        ("correct horse battery", 4, True),
        ("k3#Vq9zLp2xW", 4, True),
    ],
)
def test_a_password_is_judged_from_0_to_4(password: str, score: int, taken: object) -> None:
    judged = passwords.judge(password, "anna@acme.example", "Anna")
    assert (judged.score, judged.taken) == (score, taken)
    assert judged.sentence


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("eleven char", "Too short: use at least 12 characters: several words"),
        ("password1234", "Easily guessed: several words that do not belong together"),
        ("x" * 1025, "Too long: use at most 1024 characters"),
    ],
)
def test_a_weak_password_is_refused_with_advice(password: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"^{reason}"):
        passwords.checked(password)


def test_a_long_password_is_judged_in_no_time_and_counts_in_full() -> None:
    long = "four unlikely words together " * 30
    assert passwords.checked(long) == long
    assert not passwords.matches(passwords.hashed(long), long[:-1])
    assert not passwords.matches(passwords.hashed("y" * 1024), "y" * 1025)


def test_a_random_password_is_taken_and_never_the_same() -> None:
    made = {passwords.generated() for _ in range(20)}
    assert len(made) == 20
    assert all(passwords.judge(password).taken for password in made)


def test_of_signs_that_stand_for_letters_only_some_kinds_are_read():
    many = "4@8({[<369|1!|7$5+%2"
    read = passwords._readable(f"{many} and words {many}")
    assert len(passwords._STAND_FOR_LETTERS & set(read)) == passwords._SIGNS_READ
    assert "and words" in read
    assert passwords._readable(GOOD + "!1") == GOOD + "!1"
