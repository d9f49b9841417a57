"""What can go wrong in a way that a user can mend."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LISTED: Final = 25


class TollbookError(Exception):
    """Something could not be done. The message is one line: why, and what to do (exit code 1)."""

    exit_code = 1


class UsageError(TollbookError):
    """The request itself is wrong: an unknown name, a bad date, a missing choice (exit code 2)."""

    exit_code = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'currency'?` for the nearest known word, or `; known: a, b, c` without one, a line's worth."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f", did you mean '{near[0]}'?"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"; known: {', '.join(names[:_LISTED]) or 'none'}{more}"
