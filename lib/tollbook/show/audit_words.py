"""What the page of the audit says: an entry as people read it, the headings of its grid, the words of its parts."""

from datetime import UTC
from typing import Any, Final

import polars as pl

from tollbook.account.audit import COMMAND_LINE, PORTAL, PROVIDER, SCHEDULE, TOKEN
from tollbook.account.audited import difference
from tollbook.account.people.models import AuditEvent
from tollbook.language import later, tr
from tollbook.periods import parse_zone
from tollbook.show.grid_values import GridColumn
from tollbook.show.words import NOTHING

MOST_NAMES: Final = 4
"""Names of what changed, in a line of the grid; the others are counted."""
TONES: Final = {"refused": "wrong", "failed": "wrong"}
_OUTCOMES: Final = {"done": later("done"), "refused": later("refused"), "failed": later("failed")}
_WAYS: Final = {
    COMMAND_LINE: later("command line"),
    PORTAL: later("portal"),
    SCHEDULE: later("schedule"),
    PROVIDER: later("payment provider"),
}
_TEXTS: Final = ("who", "where", "action", "resource", "outcome", "names", "href", "tone")
_FRAME: Final = pl.Schema(
    {"number": pl.String(), "at": pl.Datetime("us", "UTC"), **{name: pl.String() for name in _TEXTS}}
)


def outcome_words() -> dict[str, str]:
    """What became of it, in the reader's language."""
    return {name: tr(words) for name, words in _OUTCOMES.items()}


def who(event: AuditEvent) -> str:
    """Who it was, and as whom they looked."""
    if event.as_login:
        return tr("{login} as {contact}").format(login=event.login, contact=event.as_login)
    return event.login or NOTHING


def where(event: AuditEvent) -> str:
    """By which way it came, and from which address."""
    kind, _, number = event.via.partition(" ")
    way = tr("API token {number}").format(number=number) if kind == TOKEN else tr(_WAYS.get(event.via, ""))
    return ", ".join(filter(None, (way, event.address))) or NOTHING


def frame(events: list[AuditEvent], address: str) -> pl.DataFrame:
    """Entries as the grid has them; behind `address` stands the number of the one that it opens."""
    outcomes = outcome_words()
    rows = [
        {
            "number": str(event.id),
            "at": event.at.replace(microsecond=0),
            "who": who(event),
            "where": where(event),
            "action": event.action.replace("_", " "),
            "resource": event.resource,
            "outcome": outcomes.get(event.outcome, event.outcome),
            "names": _names(event),
            "href": f"{address}{event.id}",
            "tone": TONES.get(event.outcome),
        }
        for event in events
    ]
    return pl.DataFrame(rows, schema=_FRAME)


def opened(event: AuditEvent, zone: str) -> dict[str, Any]:
    """One entry as it is opened: facts, and each value before and after; all texts."""
    at = event.at.astimezone(parse_zone(zone))
    facts = [
        (tr("Time"), f"{at:%Y-%m-%d %H:%M:%S} {zone}"),
        (tr("Time, UTC"), f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"),
        (tr("Who"), who(event)),
        (tr("From where"), where(event)),
        (tr("Action"), event.action.replace("_", " ")),
        (tr("What"), event.resource),
        (tr("Outcome"), outcome_words().get(event.outcome, event.outcome)),
    ]
    return {
        "number": str(event.id),
        "title": tr("Entry {number}").format(number=event.id),
        "facts": facts,
        "changes": [
            {"name": name, "before": before, "after": after, "changed": before != after}
            for name, before, after in difference(event.before, event.after)
        ],
    }


def columns() -> list[GridColumn]:
    """The columns of the grid."""
    return [
        GridColumn("number", tr("Entry"), "link", href="href"),
        GridColumn("at", tr("Time"), "instant"),
        GridColumn("who", tr("Who")),
        GridColumn("where", tr("From where")),
        GridColumn("action", tr("Action")),
        GridColumn("resource", tr("What")),
        GridColumn("names", tr("Values")),
        GridColumn("outcome", tr("Outcome"), tone="tone"),
    ]


def words() -> dict[str, str]:
    """What the turns and the entry that is opened say."""
    return {
        "pages": tr("Pages"),
        "newest": tr("Newest"),
        "newer": tr("Newer"),
        "older": tr("Older"),
        "oldest": tr("Oldest"),
        "counting": tr("Counting…"),
        "csv": tr("Download CSV"),
        "xlsx": tr("Download XLSX"),
        "close": tr("Close"),
        "name": tr("Name"),
        "before": tr("Before"),
        "after": tr("After"),
        "changes": tr("Before and after"),
        "nothing": tr("This entry tells of no values."),
        "none": tr("was not there"),
    }


def _names(event: AuditEvent) -> str:
    names = [name for name, before, after in difference(event.before, event.after) if before != after]
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" +{more}" if more > 0 else "")
