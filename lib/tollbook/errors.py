"""What can go wrong in a way that a user can mend."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

LISTED: Final = 25
"""Known words that a line has room for."""


class TollbookError(Exception):
    """Something could not be done. The message is one line: why, and what to do (exit code 1)."""

    exit_code = 1


class UsageError(TollbookError):
    """The request itself is wrong: an unknown name, a bad date, a missing choice (exit code 2)."""

    exit_code = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'currency'?` for the nearest known word, or `; known: a, b, c` without one, a line's worth."""
    names = sorted(known)
    near = nearest(word, names)
    if near:
        return f", did you mean '{near}'?"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"; known: {', '.join(names[:LISTED]) or 'none'}{more}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like it, if any is."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)
