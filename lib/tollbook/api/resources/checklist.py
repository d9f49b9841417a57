"""`checklist`: what is outstanding for whoever has the token. A contact's has its own things, and none of the account."""

from dataclasses import asdict
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import Field

from tollbook.api.asked import Asked
from tollbook.api.cursors import Key
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.types import Listed, Page, Part, example
from tollbook.checklist import checklist
from tollbook.outstanding.item import Item


class Outstanding(Part):
    """One thing that somebody has to enter, mend or look at."""

    model_config = example(
        {
            "name": "without_deck",
            "words": "1 customer has no deck, so its calls have no charge: acme",
            "remedy": "tollbook deck import FILE --customer acme",
            "page": "decks",
            "query": {"deck": "customer:acme"},
        }
    )

    name: Annotated[str, Field(description="What kind of thing it is.")]
    words: str
    remedy: Annotated[str, Field(description="What to do about it: a command, a file or a sentence.")]
    page: Annotated[str, Field(description="The portal's page for it.")]
    query: Annotated[dict[str, str], Field(description="What that page is asked for.")]


class Checklist(Page[Outstanding]):
    """A page of the checklist."""


@operation("GET", f"{ROOT}/checklist", "see", "outstanding")
def list_checklist(asked: Asked, query: Listed) -> Checklist:
    """List what is outstanding, in the order of the portal's checklist."""
    rows = list(enumerate(checklist(asked.workspace, asked.scope, asked.actor.person_id, asked.at)))
    if after := asked.after(query):
        rows = rows[_behind(rows, after) :]
    shown, more, following = asked.page(query, rows[: query.limit + 1], _key)
    data = [Outstanding.model_validate(asdict(item)) for _, item in shown]
    return Checklist(data=data, has_more=more, next=following)


def _behind(rows: list[tuple[int, Item]], after: Key) -> int:
    """Where the page begins: behind the same thing; where that is done meanwhile, what was behind it has moved up."""
    same = (place for place, item in rows if _key((place, item))[1:] == after[1:])
    return next((place + 1 for place in same), int(after[0] or 0))


def _key(row: tuple[int, Item]) -> Key:
    place, item = row
    return [place, item.name, urlencode(item.query)]


OPERATIONS: Final[tuple[Operation, ...]] = (list_checklist,)
