"""Numbers to call: real prefixes by the tables of phonenumbers, random digits after them."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import phonenumbers
from phonenumbers import PhoneNumberType, carrierdata

from tollbook.demo.network import Destination

Integers = npt.NDArray[np.int64]

PREFIXES_MAX: Final = 24
_TRIES: Final = ("2345678901234", "7218306459127", "4600813572946", "0123456789012")
_TYPES: Final = {
    "fixed": {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE},
    "mobile": {PhoneNumberType.MOBILE},
}


@dataclass(frozen=True)
class Range:
    """Numbers that begin with `prefix` (country code first) and have `rest` more digits."""

    prefix: str
    rest: int


@cache
def ranges(destination: Destination) -> tuple[Range, ...]:
    """The number ranges of a destination that hold valid numbers of its kind, at most PREFIXES_MAX."""
    length = _length(destination)
    valid = [p for p in _candidates(destination) if _holds_numbers(p, length, destination)]
    step = max(1, len(valid) // PREFIXES_MAX)
    return tuple(Range(p, length - len(p)) for p in valid[::step][:PREFIXES_MAX])


def deck_prefixes(destination: Destination) -> tuple[str, ...]:
    """What a deck lists for it: the country code for fixed numbers, every range's prefix for mobile ones."""
    if destination.kind == "fixed":
        return (str(phonenumbers.country_code_for_region(destination.region)),)
    return tuple(r.prefix for r in ranges(destination))


def pool(destination: Destination, size: int, rng: np.random.Generator) -> Integers:
    """`size` numbers of the destination, over all its ranges."""
    starts = np.array([int(r.prefix) * 10**r.rest for r in ranges(destination)], dtype=np.int64)
    spans = np.array([10**r.rest for r in ranges(destination)], dtype=np.int64)
    chosen = rng.integers(0, len(starts), size)
    return starts[chosen] + rng.integers(0, spans[chosen])


def callers(sources: tuple[tuple[str, int], ...], size: int, rng: np.random.Generator) -> Integers:
    """`size` calling numbers from ranges given as prefix and digits that follow."""
    starts = np.array([int(prefix) * 10**rest for prefix, rest in sources], dtype=np.int64)
    spans = np.array([10**rest for _, rest in sources], dtype=np.int64)
    chosen = rng.integers(0, len(starts), size)
    return starts[chosen] + rng.integers(0, spans[chosen])


def _candidates(destination: Destination) -> list[str]:
    code = str(phonenumbers.country_code_for_region(destination.region))
    if destination.kind == "fixed":
        return [code + area for area in destination.area_codes]
    # The table of mobile prefixes is no promised interface; each prefix is checked by the promised one.
    return sorted(prefix for prefix in carrierdata.CARRIER_DATA if prefix.startswith(code))


def _length(destination: Destination) -> int:
    kind = PhoneNumberType.FIXED_LINE if destination.kind == "fixed" else PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(destination.region, kind)
    if example is None:
        raise ValueError(f"phonenumbers has no {destination.kind} number of {destination.region}")
    return len(str(example.country_code)) + len(phonenumbers.national_significant_number(example))


def _holds_numbers(prefix: str, length: int, destination: Destination) -> bool:
    numbers = (phonenumbers.parse("+" + (prefix + rest)[:length]) for rest in _TRIES)
    return any(
        phonenumbers.is_valid_number_for_region(number, destination.region)
        and phonenumbers.number_type(number) in _TYPES[destination.kind]
        for number in numbers
    )
