"""Which calls the customers place: seeded, as files that SIPp reads. What then happens is told by SIPp's own logs alone."""

from pathlib import Path
from random import Random
from typing import Final

CUSTOMERS: Final = {"acme": 0.5, "bolt": 0.3, "cobra": 0.2}
KINDS: Final = {
    "answer": 58, "busy": 10, "no answer": 8, "gives up": 9, "not found": 5, "moves on": 8, "no route": 2,
}  # fmt: skip
"""How many in a hundred. One that moves on is refused by alpha with 503 and answered by bravo."""
_CODE: Final = {"busy": 486, "no answer": 480, "not found": 404, "gives up": 487}


def write(folder: Path, calls: int, seed: int) -> dict[str, int]:
    """A file of calls for each customer; how many each has."""
    chance = Random(seed)
    rows: dict[str, list[str]] = {name: [] for name in CUSTOMERS}
    for _ in range(calls):
        (customer,) = chance.choices(list(CUSTOMERS), list(CUSTOMERS.values()))
        rows[customer].append(_call(chance))
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(["SEQUENTIAL", *lines]) + "\n")
    return {name: len(lines) for name, lines in rows.items()}


def _call(chance: Random) -> str:
    (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
    ring = _between(200, chance.lognormvariate(7.3, 0.6), 6000)
    talk = _between(700, chance.lognormvariate(8.9, 0.7), 40_000)
    delay = _between(60, chance.lognormvariate(6.0, 0.7), 3000)
    code = _CODE.get(kind, 200)
    does = f"code={code} delay={delay} ring={ring}"
    alpha = "code=503 delay=0 ring=0" if kind == "moves on" else does
    called = f"{999 if kind == 'no route' else 442}{chance.randrange(10**9):09}"
    caller = f"39041{chance.randrange(10**7):07}"
    return ";".join(map(str, (caller, called, alpha, does, talk, int(kind == "gives up"), ring)))


def _between(least: int, value: float, most: int) -> int:
    return int(min(most, max(least, value)))
