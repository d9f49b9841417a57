"""What is said and pressed: seconds of talk, digits, codec and who hangs up."""

from typing import Final

import numpy as np

from tollbook.demo.arrivals import Integers
from tollbook.demo.endings import Flags
from tollbook.demo.network import CUSTOMERS

TALK_MIN_MS: Final = 40
TALK_MAX_MS: Final = 3_600_000
FALSE_MEDIAN_S: Final = 17
"""A false answer keeps the caller listening for about 20 s."""
SHORT_SHARE: Final = (0.09, 0.45)
MACHINE_SHARE: Final = (0.03, 0.10)
"""Shares of calls that end within seconds, or that a machine answers: conversational customers, dialers."""
MACHINE_S: Final = (25, 30)
PRESS_AFTER_MS: Final = 3_000
DIGITS_MAX: Final = 3
CODECS: Final = (("PCMA/8000", 0.62), ("PCMU/8000", 0.16), ("G729/8000", 0.20), ("opus/48000/2", 0.02))
ENDS: Final = (("caller", 0.65), ("callee", 0.35))

_DIALER: Final = np.array([customer.dialer for customer in CUSTOMERS])
_DTMF: Final = np.array([customer.dtmf for customer in CUSTOMERS])


def talk_ms(customer: Integers, false: Flags, rng: np.random.Generator) -> Integers:
    """Talk of each call if it is answered: a mixture of log-normals. `false`: by a carrier that answers falsely."""
    dialer = _DIALER[customer]
    kind = rng.random(len(customer))
    short = kind < np.where(dialer, SHORT_SHARE[1], SHORT_SHARE[0])
    machine = kind >= 1 - np.where(dialer, MACHINE_SHARE[1], MACHINE_SHARE[0])
    median_s = np.where(short, 3.0, np.where(dialer, 18.0, 52.0))
    sigma = np.where(short, 0.5, np.where(dialer, 0.8, 1.3))
    spread = rng.standard_normal(len(customer))
    talk_s = np.where(machine, rng.uniform(*MACHINE_S, len(customer)), median_s * np.exp(sigma * spread))
    talk_s = np.where(false, FALSE_MEDIAN_S * np.exp(0.5 * spread), talk_s)
    talked_ms: Integers = np.clip(talk_s * 1000, TALK_MIN_MS, TALK_MAX_MS).astype(np.int64)
    return talked_ms


def digits(customer: Integers, talked_ms: Integers, rng: np.random.Generator) -> Integers:
    """Digits pressed in each call; nobody presses any in the first seconds."""
    presses = (rng.random(len(customer)) < _DTMF[customer]) & (talked_ms >= PRESS_AFTER_MS)
    return np.where(presses, rng.integers(1, DIGITS_MAX + 1, len(customer)), 0)


def one_of(choices: tuple[tuple[str, float], ...], size: int, rng: np.random.Generator) -> list[str]:
    """Words drawn by their weights."""
    words, weights = zip(*choices, strict=True)
    drawn: list[str] = np.array(words)[rng.choice(len(words), size, p=weights)].tolist()
    return drawn
