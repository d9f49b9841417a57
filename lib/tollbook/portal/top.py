"""The frame of a page: what its top shows, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from polars.exceptions import PolarsError
from sqlalchemy.exc import SQLAlchemyError

from tollbook.account.people.sessions import Signed
from tollbook.checklist import checklist
from tollbook.errors import TollbookError
from tollbook.language import LANGUAGES, current, direction, tr, trn
from tollbook.live.feed import feed
from tollbook.live.figures import document, present_of
from tollbook.outstanding.item import Item
from tollbook.outstanding.readers import VERIFY
from tollbook.params import PageParams, Site, read
from tollbook.portal.menu import sections
from tollbook.portal.pages import NAVIGATION
from tollbook.portal.paying import due
from tollbook.portal.preferences import theme, theme_words
from tollbook.show.words import shortly, when
from tollbook.workspace import open_workspace

PLACES: Final = frozenset({*(page.name for page in NAVIGATION), "live", "rejects", VERIFY})
"""Where an item of the checklist may lead."""


@dataclass(frozen=True)
class Clock:
    """The date and time at the top. `chosen` says that its zone is the page's own, which a reader can change."""

    zone: str
    chosen: bool

    @property
    def words(self) -> str:
        """As of now; the page keeps it going."""
        return shortly(datetime.now(ZoneInfo(self.zone)))

    def at(self, instant: datetime) -> str:
        """An instant in its zone."""
        return when(instant.astimezone(ZoneInfo(self.zone)))


def frame(
    reader: Signed | None, label: str, name: str = "", chosen: PageParams | None = None, *, xsrf: str = ""
) -> dict[str, Any]:
    """All that the templates show around a page; `name` is the page of the navigation that it belongs to.

    What the reader may not see is not in it; where nobody is signed in it has no more than the site's name. `xsrf`
    is what its forms send back.
    """
    site = read("site", Site)
    may = reader.scope.may if reader else lambda *_: False
    zone = getattr(chosen, "zone", "")
    clock = Clock(zone or (reader and reader.who.zone) or site.zone, chosen=bool(zone))
    return {
        "label": label,
        "page": name,
        "site": site.name,
        "pages": [
            {"name": page.name, "label": tr(page.label), "answers": tr(page.answers)}
            for page in NAVIGATION
            if may("see", page.resource)
        ],
        "reader": reader.who if reader else None,
        "seen_as": reader.seen_as if reader else None,
        "may": may,
        "sections": sections(reader),
        "xsrf": xsrf,
        "language": current(),
        "direction": direction(current()),
        "languages": dict(LANGUAGES),
        "theme": theme(),
        "themes": theme_words(),
        "clock": clock,
        "at": clock.at,
        "due": due(reader.scope if reader else None),
        "live": live(reader) if reader and may("see", "live") else None,
        "outstanding": outstanding(reader) if reader and may("see", "outstanding") else None,
        "href": href,
        "tr": tr,
        "trn": trn,
    }


def live(reader: Signed) -> dict[str, Any] | None:
    """Calls in progress now, as far as the reader has them; none where the records cannot be read."""
    try:
        workspace = open_workspace()
        here = feed(workspace)
        return document(workspace, here.present if here else present_of(workspace), reader.scope)
    except (TollbookError, OSError, PolarsError, SQLAlchemyError):  # the page is there without it
        return None


def outstanding(reader: Signed) -> list[Item] | None:
    """The reader's checklist; none where it cannot be told, which the page itself says.

    Whoever looks as another is not told what that person has to do about themselves.
    """
    person = None if reader.seen_as else reader.who.id
    try:
        return checklist(open_workspace(), reader.scope, person)
    except (TollbookError, OSError, PolarsError, SQLAlchemyError):  # the page is there without it
        return None


def href(item: Item) -> str:
    """Where an item of the checklist leads, relative to the base address.

    Raises:
        ValueError: nowhere; the program is wrong, not its user.
    """
    if item.page not in PLACES:
        raise ValueError(f"'{item.name}' leads to '{item.page}', which is no page")
    return f"{item.page}?{urlencode(item.query)}" if item.query else item.page
