"""From a request to its answer: the token, its limits and rights, what was asked, the operation. It may wait, and runs in a thread.

The order is fixed, and so is what can be learned from a refusal: who has no token that counts is told nothing else.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy.orm import Session

from tollbook.account.audit import record, refused
from tollbook.account.database import Database, shared
from tollbook.account.models import now
from tollbook.account.people import tokens
from tollbook.account.people.bearer import storable
from tollbook.account.people.limits import network
from tollbook.account.people.tokens import Bearer
from tollbook.api import kept
from tollbook.api.asked import Asked
from tollbook.api.kept import Claim, InProgress
from tollbook.api.operations import JSON, Operation
from tollbook.api.problems import MEDIA, ProblemError, document
from tollbook.api.rates import Rates
from tollbook.api.typed import body_of, query_of
from tollbook.errors import TollbookError
from tollbook.params import Site, read
from tollbook.workspace import open_workspace

_log: Final = logging.getLogger("tollbook.api")
_LONGEST: Final = 200
_NO_TOKEN: Final = {"WWW-Authenticate": 'Bearer realm="tollbook"'}
_WRONG_TOKEN: Final = {"WWW-Authenticate": 'Bearer realm="tollbook", error="invalid_token"'}
_NO_RIGHT: Final = {"WWW-Authenticate": 'Bearer realm="tollbook", error="insufficient_scope"'}


@dataclass(frozen=True)
class Request:
    """What came in, as far as it is understood before anybody is known."""

    operation: Operation
    path: str
    places: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    address: str
    server: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int
    body: bytes
    media: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Desk:
    """Answers requests; what it counts and what is in progress is of this process."""

    rates: Rates = field(default_factory=Rates)
    progress: InProgress = field(default_factory=InProgress)

    def answer(self, request: Request) -> Answer:
        """The answer, whatever happens."""
        told: dict[str, str] = {}
        try:
            return self._answer(request, told)
        except ProblemError as error:
            return Answer(error.status, error.body, MEDIA, {**told, **error.headers})
        except TollbookError as error:
            # It may name paths of this machine, which are for the log alone.
            _log.error("%s: %s", request.path, error)
            return Answer(503, document(503), MEDIA, {**told, "Retry-After": "5"})

    def _answer(self, request: Request, told: dict[str, str]) -> Answer:
        return self._done(self._admitted(request, told), request)

    def admitted(self, request: Request) -> Asked | Answer:
        """Whose request it is, if they may ask it; else the answer that says why not. For what is no single answer."""
        told: dict[str, str] = {}
        try:
            asked = self._admitted(request, told)
            query_of(request.operation.query, request.query)
        except ProblemError as error:
            return Answer(error.status, error.body, MEDIA, {**told, **error.headers})
        except TollbookError as error:
            _log.error("%s: %s", request.path, error)
            return Answer(503, document(503), MEDIA, {**told, "Retry-After": "5"})
        return asked

    def still(self, request: Request, asked: Asked) -> bool:
        """Whether the token of a request that goes on is still good for it, with the same rights."""
        try:
            bearer = self._bearer(asked.db, request, read("site", Site).api_per_minute)
        except (ProblemError, TollbookError):
            return False
        operation = request.operation
        return bearer.scope == asked.scope and bearer.may(operation.verb, operation.resource)

    def _admitted(self, request: Request, told: dict[str, str]) -> Asked:
        """The request with its token, if that has the right.

        Raises:
            ProblemError: there is none that counts, too many were sent, or it has no right to this.
        """
        workspace = open_workspace()
        db, at, operation = shared(workspace), now(), request.operation
        quota = read("site", Site).api_per_minute
        bearer = self._bearer(db, request, quota)
        standing = self.rates.count("owner", bearer.actor.login, quota)
        told.update(standing.headers)
        standing.refuse()
        asked = Asked(workspace, db, bearer, at, request.path, request.server, told)
        if tokens.due(bearer, at):
            with db.session() as session:
                tokens.touch(session, bearer.id, at)
        if not bearer.may(operation.verb, operation.resource):
            refused(db, bearer.actor, operation.verb, operation.resource, at)
            raise ProblemError(403, headers=_NO_RIGHT)
        return asked

    def _bearer(self, db: Database, request: Request, quota: int) -> Bearer:
        """Whose token it is. A good one is looked for even where too many wrong ones came before.

        Raises:
            ProblemError: there is no token that counts, and what is said does not tell why.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else ""
        if given:
            with db.reading() as session:
                found = tokens.find(session, given, request.address, now())
            if found:
                return found
        self.rates.count("address", network(request.address), quota).refuse()
        raise ProblemError(401, headers=_WRONG_TOKEN if given else _NO_TOKEN)

    def _done(self, asked: Asked, request: Request) -> Answer:
        operation = request.operation
        places = {name: storable(value) for name, value in request.places.items()}
        arguments: dict[str, Any] = {**places}
        query = query_of(operation.query, request.query)
        if operation.query:
            arguments["query"] = query
        if operation.body:
            arguments["body"] = body_of(operation.body, request.headers.get("Content-Type", ""), request.body)
        try:
            if operation.is_write:
                return self._written(asked, request, arguments)
            answer = self._read(asked, operation, arguments)
        except ProblemError as error:
            if error.status == 404 and asked.scope.customers is not None:  # noqa: PLR2004 - another's looks the same
                refused(asked.db, asked.actor, operation.verb, request.path[:_LONGEST], asked.at)
            raise
        if operation.verb == "export":
            with asked.db.session() as session:
                record(session, asked.actor, "export", request.path[:_LONGEST], at=asked.at)
        return answer

    def _read(self, asked: Asked, operation: Operation, arguments: Mapping[str, Any]) -> Answer:
        if not operation.in_transaction:
            return _answer_of(operation, asked, operation(asked, **arguments))
        with asked.db.reading() as session:
            return _answer_of(operation, asked, operation(asked, session=session, **arguments))

    def _written(self, asked: Asked, request: Request, arguments: Mapping[str, Any]) -> Answer:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            with asked.db.session() as session:
                return _write(asked, session, request.operation, arguments)
        claim = Claim.of(asked.owner, key, request.operation.method, request.path, request.body)
        with self.progress.alone(claim), asked.db.session() as session:
            if row := kept.found(session, claim, asked.at):
                location = {"Location": row.location} if row.location else {}
                again = {**asked.told, **location, "Idempotent-Replayed": "true"}
                return Answer(row.status, row.body.encode(), JSON, again)
            answer = _write(asked, session, request.operation, arguments)
            if request.operation.kept:
                location_of = answer.headers.get("Location", "")
                kept.keep(session, claim, answer.status, location_of, answer.body.decode(), asked.at)
            return answer


def _write(asked: Asked, session: Session, operation: Operation, arguments: Mapping[str, Any]) -> Answer:
    return _answer_of(operation, asked, operation(asked, session=session, **arguments))


def _answer_of(operation: Operation, asked: Asked, answer: BaseModel | bytes) -> Answer:
    # What was not set is not there: a column that the token does not have is absent, not null.
    body = answer if isinstance(answer, bytes) else answer.model_dump_json(exclude_unset=True).encode()
    return Answer(operation.status, body, operation.media, asked.told)
