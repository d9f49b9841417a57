"""`audit`: who changed what, when and from where. Entries are only ever added, so a page of them stays as it is."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audit import told
from tollbook.account.audited import Wanted
from tollbook.account.people.models import AuditEvent
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.types import Instant, Listed, Moment, Page, Part, Text
from tollbook.errors import UsageError

PATH: Final = f"{ROOT}/audit"
Number = Annotated[str, "Its number."]
Outcome = Literal["done", "refused", "failed"]
_MOST_DIGITS: Final = 9


class AuditEntry(Part):
    """What somebody did or wanted to do. A value that is secret stands as `***`."""

    id: int
    at: Instant
    person_id: Annotated[int | None, Field(description="Null where it was no person.")]
    login: str
    as_login: Annotated[str, Field(description="As whom they looked at the portal; empty: as themselves.")]
    via: Annotated[
        str,
        Field(
            description="portal, command line, schedule, provider, or `token` and its number; empty: not known."
        ),
    ]
    address: Annotated[str, Field(description="IP address from which it came; empty: from no other machine.")]
    action: str
    resource: Annotated[
        str, Field(description="The kind of what it was done to, and which: `customer acme`.")
    ]
    outcome: Outcome
    before: Annotated[dict[str, Any] | None, Field(description="Values as they were.")]
    after: Annotated[dict[str, Any] | None, Field(description="Values as they are since.")]


class AuditEntries(Page[AuditEntry]):
    """A page of the audit."""


class AuditAsked(Listed):
    """Which entries to list."""

    since: Annotated[Moment | None, Field(description="First instant.")] = None
    until: Annotated[Moment | None, Field(description="First instant that no longer counts.")] = None
    who: Annotated[Text, Field(description="How the login name begins, of whom they looked as too.")] = ""
    kind: Annotated[
        list[Text] | None, Field(description="customer, invoice, extension, ...; may be repeated.")
    ] = None
    id: Annotated[Text, Field(description="Which of them: an id, a number, a login name.")] = ""
    outcome: Annotated[list[Outcome] | None, Field(description="What became of it; may be repeated.")] = None


@operation("GET", PATH, "see", "audit")
def list_audit(asked: Asked, session: Session, query: AuditAsked) -> AuditEntries:
    """List who changed what, the newest first."""
    wanted = Wanted(query.since, query.until, query.who, query.kind or (), query.id, query.outcome or ())
    after = asked.after(query)
    found = audited.page(session, wanted, rows=query.limit + 1, after=int(after[0] or 0) if after else None)
    rows, more, following = asked.page(query, found.entries, lambda event: [event.id])
    return AuditEntries(data=[_shown(row) for row in rows], has_more=more, next=following)


@operation("GET", f"{PATH}/{{entry}}", "see", "audit", problems=(404,))
def show_audit(asked: Asked, session: Session, entry: Number) -> AuditEntry:  # noqa: ARG001 - as every operation
    """Show an entry of the audit."""
    if not (entry.isascii() and entry.isdigit() and len(entry) <= _MOST_DIGITS):
        raise ProblemError(404)
    try:
        return _shown(audited.entry(session, int(entry)))
    except UsageError:
        raise ProblemError(404) from None


def _shown(event: AuditEvent) -> AuditEntry:
    return AuditEntry.model_validate(told(event))


OPERATIONS: Final[tuple[Operation, ...]] = (list_audit, show_audit)
