"""Passwords: hashed with Argon2id, compared in the same time whoever is asked for, and judged before they are taken."""

import secrets
import unicodedata
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tollbook.account.people.bearer import readable, storable
from tollbook.errors import UsageError
from tollbook.language import later, tr

SHORTEST: Final = 12
LONGEST: Final = 1024
"""Characters; more is no password but a try to keep the machine busy."""
STRONG_ENOUGH: Final = 3
"""The lowest score that is taken."""
_JUDGED: Final = 72
"""Characters that are judged: strength grows with length, the time to judge with its square."""
_STAND_FOR_LETTERS: Final = frozenset("!$%(+0123456789<@[{|")
_SIGNS_READ: Final = 8
"""Kinds of signs that are read as letters too (0.1 s); with 16 of them one password takes ten seconds."""

HASHER: Final = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 for little memory: 64 MiB, 3 passes."""

_SENTENCES: Final = (
    later("One of the first that anybody would try"),
    later("Easily guessed"),
    later("Holds against a few guesses, not against many"),
    later("Strong"),
    later("Very strong"),
)


@dataclass(frozen=True)
class Judgement:
    """How a password would hold: 0 (at once guessed) to 4, in a sentence, and whether it is taken."""

    score: int
    sentence: str
    taken: bool


def hashed(password: str) -> str:
    """What is stored of a password."""
    return HASHER.hash(_plain(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Null, as of an unknown name, takes the same work and is false."""
    try:
        HASHER.verify(stored or _nobodys(), _plain(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and len(password) <= LONGEST


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's, and should be made anew while the password is known."""
    return HASHER.check_needs_rehash(stored)


def judge(password: str, *known: str) -> Judgement:
    """How strong a password is; `known` is what everybody knows of the person, such as login and name."""
    if len(_plain(password)) < SHORTEST:
        words = tr("Too short: use at least {count} characters").format(count=SHORTEST)
        return Judgement(0, words, taken=False)
    score = _score(_plain(password), known)
    return Judgement(score, tr(_SENTENCES[score]), taken=score >= STRONG_ENOUGH)


def same(typed: str, again: str) -> str:
    """The password, if it was typed the same twice.

    Raises:
        UsageError: it was not.
    """
    if typed != again:
        raise UsageError(tr("The two passwords are not the same"))
    return typed


def checked(password: str, *known: str) -> str:
    """The password itself, if it is strong enough.

    Raises:
        UsageError: it is too short, too long, or easily guessed.
    """
    if len(password) > LONGEST:
        raise UsageError(tr("Too long: use at most {count} characters").format(count=LONGEST))
    judgement = judge(password, *known)
    if not judgement.taken:
        advice = tr("several words that do not belong together are strong and easy to keep in mind")
        raise UsageError(f"{judgement.sentence}: {advice}")
    return password


def generated() -> str:
    """A new random password of 100 bits that can be copied by hand."""
    return readable(groups=4, letters=5)


def _score(password: str, known: tuple[str, ...]) -> int:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its dictionaries are large, and few ask

    words = [
        part for text in known for part in (text, *text.replace("@", " ").replace(".", " ").split()) if part
    ]
    score: int = zxcvbn(_readable(password[:_JUDGED]), user_inputs=words)["score"]
    return score


def _readable(password: str) -> str:
    """It without signs that stand for letters beyond the first few kinds: every reading of them is tried.

    Fewer characters are guessed sooner, so nothing is taken for stronger than it is.
    """
    kinds = list(dict.fromkeys(sign for sign in password if sign in _STAND_FOR_LETTERS))
    dropped = {ord(sign): None for sign in kinds[_SIGNS_READ:]}
    return password.translate(dropped)


def _plain(password: str) -> str:
    """One form of what can be typed in several: an accent is a character of its own on some keyboards."""
    return unicodedata.normalize("NFKC", storable(password))


def _nobodys() -> str:
    """A hash with today's parameters that nobody knows a password of."""
    given = HASHER
    cost = f"m={given.memory_cost},t={given.time_cost},p={given.parallelism}"
    salt, tag = (_unpadded(secrets.token_bytes(length)) for length in (given.salt_len, given.hash_len))
    return f"$argon2id$v=19${cost}${salt}${tag}"


def _unpadded(content: bytes) -> str:
    return b64encode(content).decode().rstrip("=")
