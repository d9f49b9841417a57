"""What a check says."""

from collections.abc import Callable
from dataclasses import dataclass

from tollbook.errors import TollbookError


@dataclass(frozen=True)
class Check:
    """One thing looked at. `ok` false: it will fail in use; `mend` says what to do, also where it is only advice."""

    check: str
    ok: bool
    found: str
    mend: str | None = None


def attempt(name: str, look: Callable[[], str]) -> Check:
    """What is found by looking; what a look raises says what to do."""
    try:
        return Check(name, ok=True, found=look())
    except TollbookError as error:
        return Check(name, ok=False, found="cannot be used", mend=str(error))
