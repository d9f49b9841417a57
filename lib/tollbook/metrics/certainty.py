"""How sure a ratio of counts is."""

from math import sqrt
from typing import Final

Z_95: Final = 1.959963984540054
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def wilson(successes: int, tries: int, z: float = Z_95) -> tuple[float, float] | None:
    """The Wilson interval of successes / tries, at 95 % unless `z` says otherwise; null without tries."""
    if tries == 0:
        return None
    share, spread = successes / tries, z * z / tries
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / tries + spread / (4 * tries))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
