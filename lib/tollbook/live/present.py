"""The present as it is held: the last answer of each switch, with its age. One that is silent is never taken for 0."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from tollbook.live.seen import Seen
from tollbook.live.snapshot import LiveCall, Snapshot
from tollbook.periods import iso_z
from tollbook.workspace import Workspace

LATE_POLLS: Final = 3
"""A switch that has not answered for as many turns is silent, whatever the reason."""
_TIMES: Final = ("started_at", "answered_at")
_SEEN: Final = ("first_at", "last_at")


@dataclass(frozen=True)
class Held:
    """What is known of one switch: its last answer (null: it has never given one), and why there was none since.

    `over` are calls that have ended and are not in the table `live_calls` yet.
    """

    switch: str
    every_s: float = 5.0
    told: Snapshot | None = None
    why: str = ""
    over: tuple[Seen, ...] = ()

    def age_s(self, now: datetime) -> float | None:
        """Seconds since its last answer."""
        return None if self.told is None else max(0.0, (now - self.told.at).total_seconds())

    def answers(self, now: datetime) -> bool:
        """Whether it has answered lately."""
        age_s = self.age_s(now)
        return not self.why and age_s is not None and age_s <= LATE_POLLS * self.every_s

    def answered(self, told: Snapshot, over: tuple[Seen, ...] = ()) -> Self:
        """With a new answer, and the calls that have ended and are not kept yet."""
        return replace(self, told=told, why="", over=over)

    def failed(self, why: str) -> Self:
        """Without one: what it told last stays."""
        return replace(self, why=why)


@dataclass(frozen=True)
class Present:
    """All switches. `number` counts the changes, so that whoever has seen one knows whether there is a newer."""

    held: tuple[Held, ...] = ()
    number: int = 0

    @property
    def at(self) -> datetime | None:
        """The instant of the latest answer."""
        return max((one.told.at for one in self.held if one.told), default=None)

    def calls(self) -> Iterable[tuple[str, LiveCall]]:
        """Every call with its switch."""
        return ((one.switch, call) for one in self.held if one.told for call in one.told.calls)

    def changed(self, held: Held) -> Self:
        """With this switch as it is now."""
        return replace(
            self,
            number=self.number + 1,
            held=tuple(held if one.switch == held.switch else one for one in self.held),
        )


def path(workspace: Workspace) -> Path:
    """Where the process that asks the switches tells the others of this workspace."""
    return workspace.home / "live.json"


def write(workspace: Workspace, present: Present) -> None:
    """Tell the other processes."""
    aside = path(workspace).with_suffix(".tmp")
    aside.write_text(json.dumps({"number": present.number, "held": [_written(one) for one in present.held]}))
    aside.replace(path(workspace))


def read(workspace: Workspace) -> Present | None:
    """What another process told; null where there is nothing that can be read."""
    try:
        told = json.loads(path(workspace).read_text())
        return Present(tuple(_read(one) for one in told["held"]), told["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _written(held: Held) -> dict[str, Any]:
    told = held.told and {
        **asdict(replace(held.told, calls=())),
        "at": iso_z(held.told.at),
        "calls": [_call(call) for call in held.told.calls],
    }
    over = [_call(one.call) | {name: getattr(one, name).isoformat() for name in _SEEN} for one in held.over]
    return {"switch": held.switch, "every_s": held.every_s, "told": told, "why": held.why, "over": over}


def _call(call: LiveCall) -> dict[str, Any]:
    made = {name: value for name, value in vars(call).items() if value is not None}
    return made | {name: made[name].isoformat() for name in _TIMES if name in made}


def _read(told: Mapping[str, Any]) -> Held:
    given = told["told"]
    snapshot = given and Snapshot(
        datetime.fromisoformat(given["at"]),
        tuple(_read_call(call) for call in given["calls"]),
        given["complete"],
        given["took_ms"],
    )
    over = tuple(_read_over(told["switch"], one) for one in told.get("over", ()))
    return Held(told["switch"], told["every_s"], snapshot, told["why"], over)


def _read_call(told: Mapping[str, Any]) -> LiveCall:
    return LiveCall(
        **{**told, **{name: datetime.fromisoformat(told[name]) for name in _TIMES if name in told}}
    )


def _read_over(switch: str, told: Mapping[str, Any]) -> Seen:
    call = {name: value for name, value in told.items() if name not in _SEEN}
    return Seen(switch, _read_call(call), *(datetime.fromisoformat(told[name]) for name in _SEEN))
