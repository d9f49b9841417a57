"""Answers to writes, kept under their `Idempotency-Key`: whoever asks again is answered the same, and nothing is done twice.

An answer is kept in the transaction of its write. So there is none without the other, whatever is killed in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.models import KeptAnswer
from tollbook.account.people.bearer import digest
from tollbook.api.problems import ProblemError

VALID: Final = timedelta(hours=24)
LONGEST: Final = 255
_FORGOTTEN_AT_ONCE: Final = 100
_TWICE: Final = "Idempotency-Key: the same request is just being answered: ask again in a moment"


@dataclass(frozen=True)
class Claim:
    """A key, whose it is, and what was asked with it."""

    owner: str
    key: str
    request: str

    @classmethod
    def of(cls, owner: str, key: str, method: str, path: str, body: bytes) -> "Claim":
        """The claim of a request.

        Raises:
            ProblemError: the key is empty, too long, or not of visible ASCII characters.
        """
        if not (key and len(key) <= LONGEST and all("!" <= sign <= "~" for sign in key)):
            raise ProblemError(400, f"Idempotency-Key: write 1 to {LONGEST} visible ASCII characters")
        return cls(owner, digest(key), sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest())


def found(session: Session, claim: Claim, at: datetime) -> KeptAnswer | None:
    """The answer that is kept under a key, if there is one.

    Raises:
        ProblemError: it is the answer to something else.
    """
    row = session.get(KeptAnswer, (claim.owner, claim.key))
    if row is None or row.at <= at - VALID:
        return None
    if row.request != claim.request:
        raise ProblemError(422, "Idempotency-Key: it came with another request before: take a new one")
    return row


def keep(session: Session, claim: Claim, status: int, location: str, body: str, at: datetime) -> None:
    """Keep an answer; some of those that no longer count are forgotten.

    Raises:
        ProblemError: another server has answered the same request meanwhile.
    """
    gone = (
        select(KeptAnswer.owner, KeptAnswer.key).where(KeptAnswer.at <= at - VALID).limit(_FORGOTTEN_AT_ONCE)
    )
    for owner, key in session.execute(gone).all():
        session.execute(delete(KeptAnswer).where(KeptAnswer.owner == owner, KeptAnswer.key == key))
    mine = KeptAnswer.owner == claim.owner, KeptAnswer.key == claim.key
    session.execute(delete(KeptAnswer).where(*mine, KeptAnswer.at <= at - VALID))
    kept = {"status": status, "location": location, "body": body, "at": at}
    session.add(KeptAnswer(owner=claim.owner, key=claim.key, request=claim.request, **kept))
    try:
        session.flush()
    except IntegrityError:
        raise ProblemError(409, _TWICE, headers={"Retry-After": "1"}) from None


@dataclass
class InProgress:
    """Keys of requests that this process is answering now."""

    _claims: set[tuple[str, str]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def alone(self, claim: Claim) -> Iterator[None]:
        """Answer this request and no other with its key.

        Raises:
            ProblemError: one is being answered.
        """
        mine = claim.owner, claim.key
        with self._lock:
            if mine in self._claims:
                raise ProblemError(409, _TWICE, headers={"Retry-After": "1"})
            self._claims.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._claims.discard(mine)
