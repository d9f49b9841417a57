"""What is said in place of an answer: `application/problem+json` (RFC 9457), with the status that says whose turn it is."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field, ValidationError

from tollbook.api.types import Part
from tollbook.errors import TollbookError

MEDIA: Final = "application/problem+json"

MEANINGS: Final[Mapping[int, str]] = {
    400: "The address, or the JSON of the request, cannot be read.",
    401: "There is no token, or none that counts.",
    403: "The token may not do this.",
    404: "There is no such thing, or none for this token.",
    405: "This address cannot be asked so; `Allow` tells how.",
    406: "There is no answer in a form that is accepted.",
    409: "It does not fit what is there already, or the same request is just being answered.",
    413: "The request is too long.",
    415: "The request is not in JSON.",
    422: "The request can be read, and a value in it cannot be.",
    429: "Too many requests: `Retry-After` tells how many seconds to wait.",
    500: "Something went wrong here.",
    503: "The server is busy: `Retry-After` tells how many seconds to wait.",
}
"""Each status that stands in place of an answer."""


class Mistake(Part):
    """One value that is wrong."""

    name: Annotated[str, Field(description="Its name, with dots where it stands inside another.")]
    why: str


class Problem(Part):
    """What is wrong, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[list[Mistake], Field(description="The values that are wrong, if it is values.")]


class ProblemError(TollbookError):
    """A request that is answered with a problem."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or MEANINGS[status])
        self.status, self.errors, self.headers = status, list(errors), dict(headers or {})

    @property
    def body(self) -> bytes:
        """The problem as JSON."""
        return document(self.status, str(self), self.errors)


def document(status: int, detail: str = "", errors: Sequence[Mistake] = ()) -> bytes:
    """A problem as JSON; `about:blank` says that its kind is told by the status alone."""
    known = HTTPStatus(status) if status in {each.value for each in HTTPStatus} else HTTPStatus.BAD_REQUEST
    told = Problem(
        type="about:blank",
        title=known.phrase,
        status=status,
        detail=detail or MEANINGS.get(status, known.description or known.phrase),
        errors=list(errors),
    )
    return told.model_dump_json().encode()


def invalid(status: int, error: ValidationError, where: str) -> ProblemError:
    """The problem of values that are not of their kind; `where` is what holds them. The values are not repeated."""
    mistakes = [
        Mistake(
            name=".".join(str(part) for part in each["loc"]) or where,
            why=each["msg"].removeprefix("Value error, "),
        )
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    first = mistakes[0]
    return ProblemError(status, f"{first.name}: {first.why}", errors=mistakes)
