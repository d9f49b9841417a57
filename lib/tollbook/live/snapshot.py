"""What a switch answers when it is asked which calls are in progress: one protocol for all of them.

A call counts from its first INVITE until its release, once, however many legs it has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from time import perf_counter
from typing import Final, Protocol

import polars as pl

from tollbook.account.secret import secret_of
from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.switches import COLUMNS, Source
from tollbook.tables import INSTANT, Dtype

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class LiveCall:
    """One call in progress. What the switch does not tell is null; `answered` without `answered_at`: it tells not when."""

    call_id: str
    customer: str | None = None
    carrier: str | None = None
    caller: str | None = None
    called: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    answered: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The calls in progress at one instant. Incomplete: the switch itself said that there are others."""

    at: datetime
    calls: tuple[LiveCall, ...]
    complete: bool = True
    took_ms: float = 0.0


class SwitchError(TollbookError):
    """A switch did not answer, or not as it should. Its words hold no credentials."""


class Asked(Protocol):
    """Something that can be asked."""

    @property
    def name(self) -> str:
        """What the switch is called."""

    def snapshot(self) -> Snapshot:
        """The calls in progress now.

        Raises:
            SwitchError: it does not answer, or not as it should.
        """


@dataclass(frozen=True)
class Answer:
    """Rows as the switch wrote them, texts by the names of `Switch.fields`, and whether these are all."""

    rows: Sequence[Row]
    complete: bool = True


@dataclass(frozen=True)
class Switch:
    """One kind of switch: how it is asked, and how its columns become ours.

    `columns` are expressions over `fields`, for the names of `COLUMNS` and `answered`; those that it lacks are null.
    """

    name: str
    description: str
    ask: Callable[[Source, str], Answer]
    fields: tuple[str, ...]
    columns: Callable[[Source], Mapping[str, pl.Expr]]


@cache
def switches() -> dict[str, Switch]:
    """Every kind by its name: each module of this package that has a `SWITCHES`."""
    package = __name__.rpartition(".")[0]
    modules = (import_module(f"{package}.{m.name}") for m in iter_modules(import_module(package).__path__))
    return {each.name: each for module in modules for each in getattr(module, "SWITCHES", ())}


_TYPES: Final[dict[str, Dtype]] = {
    **dict.fromkeys(COLUMNS, pl.String),
    "started_at": INSTANT,
    "answered_at": INSTANT,
}


@dataclass(frozen=True)
class Poll:
    """A source with its secret, which is in no text of it."""

    source: Source
    switch: Switch
    secret: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What the switch is called."""
        return self.source.name

    def snapshot(self) -> Snapshot:
        """The calls in progress now; the instant is the middle between question and answer."""
        begun, before = datetime.now(UTC), perf_counter()
        answer = self.switch.ask(self.source, self.secret)
        took_s = perf_counter() - before
        calls = calls_of(self.source, self.switch, answer.rows)
        return Snapshot(begun + timedelta(seconds=took_s / 2), calls, answer.complete, took_s * 1000)


def poll_of(source: Source) -> Poll:
    """How this source is asked.

    Raises:
        UsageError: there is no switch of this kind.
        TollbookError: its secret cannot be read.
    """
    if source.kind not in switches():
        raise UsageError(
            f"params/live.yml: source '{source.name}': kind '{source.kind}'{did_you_mean(source.kind, switches())}"
        )
    secret = secret_of(source.secret_env or "TOLLBOOK_LIVE_SECRET", source.secret_file)
    if source.secret_env and not secret:
        raise UsageError(f"params/live.yml: source '{source.name}': {source.secret_env} is not set")
    return Poll(source, switches()[source.kind], secret)


def calls_of(source: Source, switch: Switch, rows: Sequence[Row]) -> tuple[LiveCall, ...]:
    """The rows as calls, each identity once: of a row that comes twice the first counts."""
    if not rows:
        return ()
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in switch.fields},
        schema=dict.fromkeys(switch.fields, pl.String),
    )
    told = switch.columns(source)
    known = {name: told.get(name, pl.lit(None)).cast(kind) for name, kind in _TYPES.items()}
    answered = told.get("answered", known["answered_at"].is_not_null())
    made = frame.select(**known, answered=answered.fill_null(value=False))
    unique = made.filter(pl.col("call_id").is_not_null()).unique("call_id", keep="first", maintain_order=True)
    return tuple(LiveCall(**row) for row in unique.iter_rows(named=True))
