"""How tries end: answered or with which code, after how much ringing."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tollbook.demo.arrivals import Floats, Integers
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS

Flags = npt.NDArray[np.bool_]
Mix = tuple[tuple[int, float], ...]

MOVES_ON: Final[Mix] = ((503, 0.75), (500, 0.06), (502, 0.04), (408, 0.15))
"""Codes that send a call to the next carrier. 408 comes when the carrier does not answer at all."""
REFUSALS: Final[Mix] = ((487, 0.38), (480, 0.25), (486, 0.20), (404, 0.08), (484, 0.03), (603, 0.06))
DIALER_REFUSALS: Final[Mix] = ((487, 0.44), (404, 0.31), (480, 0.15), (486, 0.10))
"""Final codes of tries that reach the far side and are not answered."""
DIALER_ASR: Final = 0.46
"""What is left of the chance of an answer when a dialer calls."""
FALSE_ASR: Final = 0.985
"""Chance of an answer from a carrier that answers falsely."""

RINGING: Final = (200, 487, 480, 603)
"""Codes before which the far side rings, so that there is a post-dial delay."""
AT_ONCE: Final = (404, 484, 500, 502, 503)
TIMEOUT_US: Final = 5_000_000

_FALSE: Final = np.array([carrier.false_answers for carrier in CARRIERS])
_REACH: Final = np.array([carrier.reach for carrier in CARRIERS])
_PDD_S: Final = np.array([carrier.pdd_s for carrier in CARRIERS])
_ASR: Final = np.array([destination.asr for destination in DESTINATIONS])
_MOBILE: Final = np.array([int(destination.kind == "mobile") for destination in DESTINATIONS])
_DIALER: Final = np.array([customer.dialer for customer in CUSTOMERS])


@dataclass(frozen=True)
class Setting:
    """Tries that begin: who calls where over which carrier (places in the plan's lists), and when."""

    customer: Integers
    destination: Integers
    carrier: Integers
    start_us: Integers

    def __len__(self) -> int:
        return len(self.start_us)

    @property
    def dialer(self) -> Flags:
        return _DIALER[self.customer]

    @property
    def mobile(self) -> Integers:
        return _MOBILE[self.destination]

    @property
    def false(self) -> Flags:
        return _FALSE[self.carrier]


def codes(tries: Setting, congestion: Floats, rng: np.random.Generator) -> Integers:
    """The final SIP code of each try; `congestion` is its chance of being sent on to the next carrier."""
    usual, dialer = _drawn(REFUSALS, len(tries), rng), _drawn(DIALER_REFUSALS, len(tries), rng)
    code = np.where(tries.dialer, dialer, usual)
    asr = _ASR[tries.destination] * _REACH[tries.carrier, tries.mobile]
    asr = np.where(tries.false, FALSE_ASR, asr * np.where(tries.dialer, DIALER_ASR, 1.0))
    code = np.where(rng.random(len(tries)) < asr, 200, code)
    moves = rng.random(len(tries)) < congestion
    return np.where(moves, _drawn(MOVES_ON, len(tries), rng), code)


def times(tries: Setting, code: Integers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Microseconds since 1970 of the first ringing (-1 where nothing rings) and of the final code."""
    size = len(tries)
    pdd_s = _PDD_S[tries.carrier, tries.mobile]
    reached_us = tries.start_us + spread_us(pdd_s, np.where(tries.false, 0.2, 0.6), size, rng)
    final_us = reached_us.copy()
    for ends_with, wait_us in _waits_us(tries, rng).items():
        final_us += np.where(code == ends_with, wait_us, 0)
    at_once_us = tries.start_us + spread_us(0.09, 0.5, size, rng)
    final_us = np.where(np.isin(code, AT_ONCE), at_once_us, final_us)
    final_us = np.where(code == 408, tries.start_us + TIMEOUT_US, final_us)  # noqa: PLR2004 - SIP's timeout
    return np.where(np.isin(code, RINGING), reached_us, -1), final_us


def spread_us(
    median_s: Floats | float, sigma: Floats | float, size: int, rng: np.random.Generator
) -> Integers:
    """Log-normal times of that median, at least a millisecond and at most a minute, in microseconds."""
    drawn_s = np.exp(np.log(median_s) + sigma * rng.standard_normal(size))
    return (np.clip(drawn_s, 0.001, 60.0) * 1e6).astype(np.int64)


def _waits_us(tries: Setting, rng: np.random.Generator) -> dict[int, Integers]:
    """How long it rings before each final code: an answer, the caller's giving up, nobody there, a refusal."""
    size = len(tries)
    answer_s = np.where(tries.false, 1.2, np.where(tries.dialer, 6.0, 10.0))
    return {
        200: spread_us(answer_s, 0.6, size, rng),
        487: spread_us(np.where(tries.dialer, 11.0, 16.0), 0.6, size, rng),
        480: (rng.uniform(20, 60, size) * 1e6).astype(np.int64),
        603: spread_us(3.0, 0.5, size, rng),
    }


def _drawn(mix: Mix, size: int, rng: np.random.Generator) -> Integers:
    weights = np.array([weight for _, weight in mix])
    choices = np.array([code for code, _ in mix], dtype=np.int64)
    return choices[rng.choice(len(choices), size, p=weights / weights.sum())]
