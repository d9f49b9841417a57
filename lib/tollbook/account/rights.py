"""Who may do what: one table, which every page, message, request, file and command asks through `may`.

A right to a resource is a right to what one's scope holds of it: a contact that may see invoices sees its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["admin", "analyst", "contact"]
Verb = Literal["see", "export", "change"]

ROLES: Final[tuple[Role, ...]] = ("admin", "analyst", "contact")
"""An admin may everything, an analyst reads everything, a contact is a person of one customer."""
OPERATORS: Final[tuple[Role, ...]] = ("admin", "analyst")
VERBS: Final[tuple[Verb, ...]] = ("see", "export", "change")


@dataclass(frozen=True)
class Right:
    """One resource and the verbs that each role has on it, separated by spaces."""

    resource: str
    meaning: str
    admin: str
    analyst: str
    contact: str

    def of(self, role: Role) -> frozenset[str]:
        """The verbs that a role has."""
        verbs: str = getattr(self, role)
        return frozenset(verbs.split())


_ALL: Final = "see export change"
_READ: Final = "see export"
_SEE: Final = "see"
_OWN: Final = "see change"
_NO: Final = ""

TABLE: Final = (
    # resource, meaning, admin, analyst, contact
    Right("dashboard", "the graphs", _READ, _READ, _READ),
    Right("summary", "the Customer Summary", _READ, _READ, _READ),
    Right("calls", "the calls themselves", _READ, _READ, _READ),
    Right("carriers", "the score cards of carriers", _READ, _READ, _NO),
    Right("own_pages", "pages that an analyst has added", _READ, _READ, _NO),
    Right("gallery", "worked examples on fixed data", _READ, _READ, _NO),
    Right("outstanding", "the checklist; a contact's has only its own things", _SEE, _SEE, _SEE),
    Right("lab", "JupyterLab on copies of the notebooks", _OWN, _OWN, _NO),
    Right("live", "calls in progress now", _SEE, _SEE, _SEE),
    Right("alerts", "rules of alerts, how they stand and what they did", _ALL, _READ, _NO),
    Right("costs", "cost, profit and margin, wherever they stand", _READ, _READ, _NO),
    Right("invoices", "invoices; to change is to make and to issue them", _ALL, _READ, _READ),
    Right("credits", "credit notes; to change is to credit an invoice", _ALL, _READ, _READ),
    Right("payments", "payments and the balance; to change is to book one", _ALL, _READ, _READ),
    Right("blocks", "number blocks; to change is to allocate and to release", _ALL, _READ, _READ),
    Right(
        "extensions",
        "extensions; to change is to take, to name and to free one, and to make its secret",
        _ALL,
        _READ,
        _ALL,
    ),
    Right("customers", "customers as they are entered; a contact's is its own", _ALL, _READ, _SEE),
    Right(
        "master_data",
        "all customers and carriers, as they are entered and as files have them",
        _ALL,
        _READ,
        _NO,
    ),
    Right("decks", "rate decks of customers and carriers", _ALL, _READ, _NO),
    Right("imports", "imported files and what was refused of them", _ALL, _READ, _NO),
    Right("schedules", "what runs when", _OWN, _SEE, _NO),
    Right("company", "the company profile; a contact's is its customer's", _OWN, _SEE, _SEE),
    Right("profile", "one's own profile, password and second factor", _OWN, _OWN, _OWN),
    Right("sessions", "one's own sessions", _OWN, _OWN, _OWN),
    Right("tokens", "one's own API tokens", _OWN, _OWN, _OWN),
    Right("people", "all users and contacts", _ALL, _READ, _NO),
    Right("view_as", "the portal as a contact sees it", _SEE, _SEE, _NO),
    Right("audit", "who did what, when and from where", _READ, _READ, _NO),
    Right("api", "the HTTP API at all; what it gives is asked for again", _OWN, _OWN, _OWN),
    Right("monitoring", "the figures of the server itself, for Prometheus", _SEE, _SEE, _NO),
)
"""Every resource there is, each with an answer for every role."""

RIGHTS: Final[Mapping[str, Right]] = {right.resource: right for right in TABLE}

API_RESOURCES: Final = (
    *("invoices", "summary", "customers", "master_data", "people"),
    *("payments", "blocks", "extensions", "decks", "live", "alerts", "outstanding", "audit"),
)
"""What the HTTP API serves, and what a token can be confined to."""
TOKEN_SCOPES: Final = ("read", *API_RESOURCES, "monitoring")
"""What a token is for: `read` sees all that its owner may see, a resource's name does all its owner may with it."""


def may(role: Role | None, verb: Verb, resource: str) -> bool:
    """Whether a role may do this to a resource; nobody (null) may nothing.

    Raises:
        ValueError: the table has no such role, verb or resource; the program is wrong, not its user.
    """
    if resource not in RIGHTS or verb not in VERBS or role not in {None, *ROLES}:
        raise ValueError(f"the table of rights knows no '{role}' that may '{verb}' '{resource}'")
    return role is not None and verb in RIGHTS[resource].of(role)


def token_may(scopes: tuple[str, ...], role: Role, verb: Verb, resource: str) -> bool:
    """Whether a token with these scopes, of an owner with this role, may do this to a resource; never more than its owner."""
    asked = resource in scopes or ("read" in scopes and verb != "change")
    return asked and may(role, "see", "api") and may(role, verb, resource)
