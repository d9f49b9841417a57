"""Foreign words in a text that is written from right to left: each keeps its own direction."""

import unicodedata
from typing import Any, Final

_LRI, _PDI = "\u2066", "\u2069"
_RIGHT_TO_LEFT: Final = {"R", "AL"}
_NO_TEXT: Final = frozenset({"language", "direction", "country", "number", "code"})
"""Words that are not shown, or that a program reads."""


def isolated(words: Any, name: str = "") -> Any:  # noqa: ANN401 - words are nested
    """The words, each that has no letter of a right-to-left script held together as it is: `+49 40`, not `40 49+`."""
    if name in _NO_TEXT:
        return words
    if isinstance(words, dict):
        return {key: isolated(value, key) for key, value in words.items()}
    if isinstance(words, list | tuple):
        return [isolated(value) for value in words]
    return f"{_LRI}{words}{_PDI}" if isinstance(words, str) and words and not _right_to_left(words) else words


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text)
