"""`extensions/{extension}/history`: who did what with a number. A contact's token has what is of its customer."""

from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account.numbering import history
from tollbook.api.asked import Asked
from tollbook.api.operations import Operation, operation
from tollbook.api.resources.extensions import EXTENSION, Place, found_in
from tollbook.api.types import Instant, Listed, Page, Part, example


class ExtensionEntry(Part):
    """What somebody did with a number. A contact is told who it was where it was its customer's own people."""

    model_config = example(
        {
            "at": "2026-10-05T08:00:00Z", "login": "anna", "as_login": "", "via": "portal", "address": "192.0.2.1",
            "action": "change", "before": {"customer": "acme", "name": "Desk"},
            "after": {"customer": "acme", "name": "Lobby"},
        }
    )  # fmt: skip

    at: Instant
    login: Annotated[str, Field(description="Empty where the token is not told.")]
    as_login: Annotated[str, Field(description="As whom they looked at the portal; empty: as themselves.")]
    via: Annotated[str, Field(description="portal, command line, or `token` and its number.")]
    address: Annotated[str, Field(description="IP address from which it came; empty: from no other machine.")]
    action: str
    before: Annotated[dict[str, Any] | None, Field(description="Values as they were.")]
    after: Annotated[dict[str, Any] | None, Field(description="Values as they are since.")]


class ExtensionHistory(Page[ExtensionEntry]):
    """A page of what was done with a number."""


@operation("GET", f"{EXTENSION}/history", "see", "extensions", problems=(404,))
def list_history(asked: Asked, session: Session, extension: Place, query: Listed) -> ExtensionHistory:
    """List who did what with a number, the oldest first; one that was taken away keeps its history."""
    mine, after = asked.scope.customers, asked.after(query)
    last = int(after[0] or 0) if after else 0
    events = history.of_extension(session, extension, mine, after=last, most=query.limit + 1)
    if not events and after is None:
        found_in(asked, session, extension)
    rows, more, following = asked.page(query, events, lambda event: [event.id])
    known = history.people(session, mine)
    data = [ExtensionEntry.model_validate(history.told(event, known)) for event in rows]
    return ExtensionHistory(data=data, has_more=more, next=following)


OPERATIONS: Final[tuple[Operation, ...]] = (list_history,)
