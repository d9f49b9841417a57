"""What became of handing a message over."""

from collections.abc import Callable
from typing import Literal

Promise = Callable[[], None]
"""Called when the next thing sent is the message itself: from then on it may have been taken."""


class NotSentError(Exception):
    """A message was not taken, or nobody knows.

    `refused`: it never will be; `later`: it may be another time; `unsure`: the connection was lost after the message
    was sent and before the answer. `everybody`: it has nothing to do with this message, so that no other one would
    be taken now. `answer` is what was said, for those who look into it.
    """

    def __init__(
        self, state: Literal["refused", "later", "unsure"], answer: str, *, everybody: bool = False
    ) -> None:
        super().__init__(answer)
        self.state, self.answer, self.everybody = state, answer, everybody
