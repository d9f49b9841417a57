"""An operation: one method of one address, the right that it asks for, and the function that answers it.

The function's types say what can be asked and what is answered. What is checked, the OpenAPI document and the tests
are all made from the same operation.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import getdoc
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from tollbook.account.rights import Verb
from tollbook.api.asked import Asked

ROOT: Final = "/api/v1"
JSON: Final = "application/json"
LONGEST: Final = 64 * 1024
"""Bytes of a request's body, unless an operation says otherwise; everything else that can be sent is far shorter."""
_COMMON: Final = (400, 401, 403, 406, 429, 503)
_OF_BODY: Final = (413, 415, 422)
_OURS: Final = ("asked", "session", "query", "body", "return")
"""Names of a function's parameters that are no part of its address."""

Work = Callable[..., BaseModel | bytes]


@dataclass(frozen=True)
class Operation:
    """One method of one address. `path` begins at the base address of the portal."""

    method: str
    path: str
    verb: Verb
    resource: str
    work: Work
    status: int
    media: str
    problems: tuple[int, ...]
    longest: int = LONGEST
    kept: bool = True
    """Whether the answer of a write is kept under its `Idempotency-Key`: one that holds a secret is not."""

    def __call__(self, asked: Asked, **arguments: Any) -> BaseModel | bytes:  # noqa: ANN401 - as its function's
        """What it answers."""
        return self.work(asked, **arguments)

    @cached_property
    def types(self) -> Mapping[str, Any]:
        """The types of the function's parameters, with what is said of them."""
        return get_type_hints(self.work, include_extras=True)

    @property
    def query(self) -> type[BaseModel] | None:
        """What can stand in the address behind the question mark."""
        return self.types.get("query")

    @property
    def body(self) -> type[BaseModel] | None:
        """What is sent along."""
        return self.types.get("body")

    @property
    def answer(self) -> type[BaseModel] | None:
        """What is answered; null where it is a file."""
        told = self.types["return"]
        return told if isinstance(told, type) and issubclass(told, BaseModel) else None

    @property
    def places(self) -> dict[str, str]:
        """The parts of the address that can be any, with their meaning."""
        found = {name: kind for name, kind in self.types.items() if name not in _OURS}
        return {
            name: get_args(kind)[1] if get_origin(kind) is Annotated else name for name, kind in found.items()
        }

    @property
    def in_transaction(self) -> bool:
        """Whether it is given a session of the database: to read, or to write where it changes something."""
        return "session" in self.types

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.verb == "change"

    @property
    def refusals(self) -> tuple[int, ...]:
        """The statuses that can stand in place of its answer."""
        return tuple(
            sorted(
                {
                    *_COMMON,
                    *(_OF_BODY if self.body else ()),
                    *((409, 422) if self.is_write else ()),
                    *self.problems,
                }
            )
        )

    @property
    def words(self) -> str:
        """What it does."""
        return getdoc(self.work) or ""

    @property
    def name(self) -> str:
        """Its identity among all."""
        return f"{self.method.lower()}_{re.sub(r'[^a-z]+', '_', self.path.removeprefix(ROOT).lower()).strip('_')}"

    @property
    def pattern(self) -> str:
        """The address as a regular expression."""
        return re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))


def operation(
    method: str,
    path: str,
    verb: Verb,
    resource: str,
    *,
    status: int = 200,
    media: str = JSON,
    problems: tuple[int, ...] = (),
    longest: int = LONGEST,
    kept: bool = True,
) -> Callable[[Work], Operation]:
    """Makes an operation of a function; `problems` are statuses that it has beside those of all, `longest` is its body,
    and `kept` says whether its answer is kept under an `Idempotency-Key`."""

    def make(work: Work) -> Operation:
        return Operation(method, path, verb, resource, work, status, media, problems, longest, kept)

    return make
