"""Where a page of a list ends, as a text that only this workspace can make, and only the same question can use."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from tollbook.account.secret import Secret
from tollbook.api.problems import ProblemError

Key = list[str | int | None]
"""What rows are in order by, of the last row of a page."""


def sealed(secret: Secret, question: str, key: Key) -> str:
    """The cursor. The same key of the same question has the same one, so that an answer can be known again."""
    made = _cipher(secret).encrypt(json.dumps(key).encode(), [question.encode()])
    return urlsafe_b64encode(made).decode().rstrip("=")


def opened(secret: Secret, question: str, cursor: str) -> Key:
    """The key that a cursor holds.

    Raises:
        ProblemError: it was not made here, or for another question.
    """
    try:
        made = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        found: Key = json.loads(_cipher(secret).decrypt(made, [question.encode()]))
    except (ValueError, InvalidTag):
        raise ProblemError(
            400, "cursor: it belongs to no page of this list: ask it again without one"
        ) from None
    return found


def cut(rows: Sequence[Any], limit: int) -> tuple[list[Any], bool]:
    """The rows of a page, and whether there are more; one more than the page holds is asked for to know."""
    return list(rows[:limit]), len(rows) > limit


def _cipher(secret: Secret) -> AESSIV:
    return AESSIV(secret.key("api cursor"))
