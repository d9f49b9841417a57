"""One thing outstanding, and how names are told in it."""

from dataclasses import dataclass, field
from typing import Final

MOST_NAMES: Final = 5
"""Of a list in one line; the others are counted."""


@dataclass(frozen=True)
class Item:
    """One thing outstanding, in the reader's language.

    `remedy` is what to do about it, a command, a file or a sentence; `page` and `query` are where to.
    """

    name: str
    words: str
    remedy: str
    page: str
    query: dict[str, str] = field(default_factory=dict)

    @property
    def is_typed(self) -> bool:
        """Whether the remedy is a command or a file, which is the same in every language."""
        return self.remedy.startswith(("tollbook ", "params/"))


def named(words: str, names: list[str]) -> str:
    """The words with how many names there are, and the first of them."""
    more = len(names) - MOST_NAMES
    listed = ", ".join(names[:MOST_NAMES])
    return words.format(count=len(names), names=f"{listed} +{more}" if more > 0 else listed)
