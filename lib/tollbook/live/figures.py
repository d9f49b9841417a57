"""How many calls are in progress, for one reader: a contact has its own calls, and no carriers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import polars as pl

from tollbook.account.scope import Scope
from tollbook.lake.store import Lake, Published
from tollbook.live import present as told
from tollbook.live.destinations import destinations
from tollbook.live.limits import Limits, level, limits
from tollbook.live.present import Present
from tollbook.live.snapshot import LiveCall
from tollbook.params import read
from tollbook.switches import Live
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

UNFINISHED: Final = timedelta(days=1)
"""A call whose record has no end for longer than this is no longer counted as in progress."""
ALL: Final = Scope("admin")


@dataclass(frozen=True)
class Counted:
    """Calls in progress by customer and by carrier; null where nobody can tell."""

    at: datetime | None
    source: str
    customers: Mapping[str | None, int] | None
    carriers: Mapping[str | None, int] | None
    answered: Mapping[str | None, int] | None

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return self.customers is not None


def count(present: Present) -> Counted:
    """What the switches told last. Of switches that never answered nothing is known."""
    if not any(one.told for one in present.held):
        return Counted(None, "switches" if present.held else "none", None, None, None)
    calls = [call for _, call in present.calls()]
    return Counted(
        present.at,
        "switches",
        Counter(call.customer for call in calls),
        Counter(call.carrier for call in calls),
        Counter(call.customer for call in calls if call.answered),
    )


def unfinished(lake: Lake, now: datetime) -> Counted:
    """What records without an end tell, where there are any of the last day."""
    version = lake.published.versions.get(CALLS.name)
    return _unfinished(lake.workspace, version, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=4)
def _unfinished(workspace: Workspace, version: int | None, now: datetime) -> Counted:
    # The version alone says which rows: it is in the key so that newer ones are read.
    lake = Lake(workspace)
    published = Published(versions={CALLS.name: version} if version is not None else {})
    recent = lake.scan(CALLS, published=published).filter(
        pl.col("day") >= (now - UNFINISHED).date(),
        pl.col("ended_at").is_null(),
        pl.col("started_at") > now - UNFINISHED,
    )
    rows = recent.select("customer", "carrier", answered=pl.col("answered_at").is_not_null()).collect()
    if rows.is_empty():
        return Counted(None, "none", None, None, None)
    talking = rows.filter("answered")
    return Counted(
        now,
        "records",
        *(Counter(column.to_list()) for column in (rows["customer"], rows["carrier"], talking["customer"])),
    )


def figures(
    counted: Counted,
    present: Present,
    agreed: Limits,
    scope: Scope = ALL,
    *,
    customer: str | None = None,
    near_percent: int = 80,
    now: datetime | None = None,
) -> dict[str, Any]:
    """The document of `tollbook live` and of `GET /live`, of all customers that the scope has, or of one of them."""
    now = now or datetime.now(UTC)
    only = [customer] if customer is not None else scope.customers
    own = _of(counted.customers, only)
    channels = None if own is None else sum(own.values())
    configured = agreed.of(only)
    ages = [one.age_s(now) for one in present.held]
    talking = _of(counted.answered, only)
    made: dict[str, Any] = {
        "at": counted.at,
        "channels": channels,
        "answered": None if talking is None else sum(talking.values()),
        "configured": configured,
        "level": level(channels, configured, near_percent),
        "source": counted.source,
        "silent": not all(one.answers(now) for one in present.held),
        "complete": counted.known
        and all(one.told and one.told.complete and one.answers(now) for one in present.held),
        "age_s": max((age for age in ages if age is not None), default=None),
        "by_customer": _rows("customer", own, agreed.customers, only),
    }
    if scope.customer is None:
        made["by_carrier"] = _rows("carrier", _carriers(counted, present, customer), agreed.carriers)
        made["sources"] = [
            {
                "switch": one.switch,
                "at": one.told.at if one.told else None,
                "age_s": age,
                "channels": len(one.told.calls) if one.told else None,
                "complete": bool(one.told and one.told.complete),
                "answers": one.answers(now),
                "took_ms": round(one.told.took_ms, 1) if one.told else None,
            }
            for one, age in zip(present.held, ages, strict=True)
        ]
    return made


def _of(
    counts: Mapping[str | None, int] | None, only: Iterable[str] | None
) -> Mapping[str | None, int] | None:
    if counts is None or only is None:
        return counts
    return {name: counts.get(name, 0) for name in only}


def _carriers(counted: Counted, present: Present, customer: str | None) -> Mapping[str | None, int] | None:
    if customer is None:
        return counted.carriers
    if counted.source != "switches" or not counted.known:
        return None
    return Counter(call.carrier for _, call in present.calls() if call.customer == customer)


def _rows(
    kind: str,
    counts: Mapping[str | None, int] | None,
    agreed: Mapping[str, int],
    only: Iterable[str] | None = (),
) -> list[dict[str, Any]]:
    """By name, those without one last; whoever has channels agreed and no call is there with 0."""
    if counts is None:
        return []
    quiet: dict[str | None, int] = (
        {name: 0 for name in agreed if not only and name not in counts} if kind == "customer" else {}
    )
    every = sorted({**quiet, **counts}.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
    return [{kind: name, "channels": number, "configured": agreed.get(name or "")} for name, number in every]


def calls_rows(workspace: Workspace, present: Present, scope: Scope, most: int) -> list[dict[str, Any]]:
    """The calls themselves, the longest first, as far as the scope has them.

    Raises:
        TollbookError: the decks, which tell the destinations, cannot be read.
    """
    ordered = sorted(
        _own(present, scope),
        key=lambda pair: (pair[1].started_at is None, pair[1].started_at, pair[1].call_id),
    )
    shown = ordered[:most]
    places = destinations(workspace, [call for _, call in shown])
    return [_call_row(*pair, place, scope) for pair, place in zip(shown, places, strict=True)]


def called_rows(present: Present, scope: Scope, most: int) -> list[dict[str, Any]]:
    """The numbers that most calls go to, as far as the scope has them, with how many, and how many are answered."""
    calls = [call for _, call in _own(present, scope)]
    every, talking = (
        Counter(call.called for call in some) for some in (calls, [call for call in calls if call.answered])
    )
    ordered = sorted(every.items(), key=lambda pair: (-pair[1], pair[0] or ""))
    return [{"called": name, "channels": n, "answered": talking[name]} for name, n in ordered[:most]]


def _own(present: Present, scope: Scope) -> Iterator[tuple[str, LiveCall]]:
    return (pair for pair in present.calls() if scope.customer in {None, pair[1].customer})


def _call_row(switch: str, call: LiveCall, destination: str | None, scope: Scope) -> dict[str, Any]:
    row: dict[str, Any] = {
        "caller": call.caller, "called": call.called, "destination": destination,
        "state": "answered" if call.answered else "ringing",
        "started_at": call.started_at, "answered_at": call.answered_at,
    }  # fmt: skip
    if scope.customer is not None:
        return row
    return {"switch": switch, "customer": call.customer, "carrier": call.carrier, **row}


def present_of(workspace: Workspace) -> Present:
    """What the process that asks the switches told; nothing of each where none does."""
    sources = read("live", Live).sources
    if not sources:
        return Present()
    held = tuple(told.Held(source.name, source.every_s) for source in sources)
    return told.read(workspace) or Present(held)


def now_in(workspace: Workspace, present: Present, now: datetime | None = None) -> Counted:
    """What the switches told, else unfinished records.

    Raises:
        TollbookError: the records cannot be read.
    """
    counted = count(present)
    return counted if present.held else unfinished(Lake(workspace), now or datetime.now(UTC))


def document(
    workspace: Workspace, present: Present, scope: Scope = ALL, customer: str | None = None
) -> dict[str, Any]:
    """What is in progress now, as one reader has it.

    Raises:
        TollbookError: the database or the records cannot be read.
    """
    near = read("live", Live).near_percent
    counted = now_in(workspace, present)
    return figures(counted, present, limits(workspace), scope, customer=customer, near_percent=near)
