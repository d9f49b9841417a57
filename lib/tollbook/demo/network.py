"""The plan of the demo network, as data: destinations, customers, carriers and who is tried for what.

All names are fictional. Callers use the number ranges that regulators keep free for fiction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Kind = Literal["fixed", "mobile"]


@dataclass(frozen=True)
class Destination:
    """Where calls go: its chance of an answer on a good route, and the wholesale price per minute in EUR."""

    name: str
    region: str
    kind: Kind
    zone: str
    asr: float
    price: Decimal
    route: str
    area_codes: tuple[str, ...] = ()
    increments_s: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Customer:
    """Who offers calls. `share` of all calls; `mix` is the weight of each destination.

    A dialer's day follows the clock of `zone`, a conversational customer's that of the number called.
    `markup` is its price over the wholesale price; `callers` are pairs of a prefix and how many digits follow.
    """

    id: str
    name: str
    zone: str
    share: float
    mix: Mapping[str, float]
    markup: Decimal
    callers: tuple[tuple[str, int], ...]
    source_ip: str
    channels: int
    address: str
    dialer: bool = False
    dtmf: float = 0.03
    tax_rate: Decimal = Decimal(0)
    increments_s: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Carrier:
    """Whose routes are tried. `reach` scales the chance of an answer on fixed and mobile numbers.

    `congestion` is the share of tries that fail with a 5xx or 408 and move on; `pdd_s` are medians, fixed
    and mobile. A carrier with `false_answers` answers nearly everything itself, at once and shortly.
    """

    id: str
    name: str
    reach: tuple[float, float]
    congestion: float
    pdd_s: tuple[float, float]
    price: tuple[Decimal, Decimal]
    channels: int
    increments_s: tuple[int, int] = (1, 1)
    false_answers: bool = False


@dataclass(frozen=True)
class Incident:
    """Some hours in which a carrier refuses much more than usual: `days_ago`, and hours of the UTC day."""

    carrier: str
    days_ago: int
    from_hour: int
    hours: int
    congestion: float


def _eur(text: str) -> Decimal:
    return Decimal(text)


DESTINATIONS: Final = (
    Destination("United Kingdom", "GB", "fixed", "Europe/London", 0.56, _eur("0.0046"), "fixed",
                ("20", "121", "161", "113", "131")),
    Destination("United Kingdom Mobile", "GB", "mobile", "Europe/London", 0.50, _eur("0.0145"), "mobile"),
    Destination("Germany", "DE", "fixed", "Europe/Berlin", 0.54, _eur("0.0062"), "fixed",
                ("30", "40", "69", "89", "221")),
    Destination("Germany Mobile", "DE", "mobile", "Europe/Berlin", 0.48, _eur("0.0190"), "mobile"),
    Destination("France", "FR", "fixed", "Europe/Paris", 0.52, _eur("0.0058"), "fixed", ("1", "2", "3", "4", "5")),
    Destination("France Mobile", "FR", "mobile", "Europe/Paris", 0.48, _eur("0.0175"), "mobile"),
    Destination("Spain", "ES", "fixed", "Europe/Madrid", 0.52, _eur("0.0065"), "fixed", ("91", "93", "954", "96")),
    Destination("Italy", "IT", "fixed", "Europe/Rome", 0.50, _eur("0.0071"), "fixed", ("02", "06", "011", "081")),
    Destination("Poland Mobile", "PL", "mobile", "Europe/Warsaw", 0.46, _eur("0.0210"), "mobile"),
    Destination("United States", "US", "fixed", "America/New_York", 0.50, _eur("0.0049"), "fixed",
                ("212", "312", "404", "617", "713"), (6, 6)),
    Destination("Brazil Mobile", "BR", "mobile", "America/Sao_Paulo", 0.40, _eur("0.0240"), "mobile"),
    Destination("India Mobile", "IN", "mobile", "Asia/Kolkata", 0.40, _eur("0.0120"), "grey"),
    Destination("Pakistan Mobile", "PK", "mobile", "Asia/Karachi", 0.36, _eur("0.0390"), "grey", (), (60, 60)),
    Destination("Philippines Mobile", "PH", "mobile", "Asia/Manila", 0.38, _eur("0.1150"), "grey"),
    Destination("Nigeria Mobile", "NG", "mobile", "Africa/Lagos", 0.34, _eur("0.0870"), "grey"),
    Destination("Kenya Mobile", "KE", "mobile", "Africa/Nairobi", 0.36, _eur("0.1040"), "grey"),
)  # fmt: skip

_BRITISH: Final = (("447700900", 3), ("442079460", 3))
_GERMAN: Final = (("493023125", 3), ("496990009", 3))
_FRENCH: Final = (("3319900", 4), ("3363998", 4))
_AMERICAN: Final = (("121255501", 2), ("131255501", 2), ("161755501", 2))

CUSTOMERS: Final = (
    Customer(
        "larkfield", "Larkfield Telecom", "Europe/London", 0.28,
        {"United Kingdom": 5, "United Kingdom Mobile": 5, "India Mobile": 2, "Pakistan Mobile": 1.5,
         "Nigeria Mobile": 1, "France": 1, "Spain": 1},
        _eur("1.13"), _BRITISH, "203.0.113.11", 60, "1 Example Street\nLondon",
    ),
    Customer(
        "ostsee", "Ostsee Voice", "Europe/Berlin", 0.22,
        {"Germany": 6, "Germany Mobile": 4, "Poland Mobile": 2, "Italy": 1, "United Kingdom": 1},
        _eur("1.09"), _GERMAN, "203.0.113.12", 50, "Musterstraße 1\nRostock", tax_rate=_eur("19"),
    ),
    Customer(
        "valmy", "Valmy Interconnexions", "Europe/Paris", 0.15,
        {"France": 5, "France Mobile": 5, "Spain": 1, "Italy": 1, "Kenya Mobile": 0.6, "Brazil Mobile": 1},
        _eur("1.16"), _FRENCH, "203.0.113.13", 40, "1 rue de l'Exemple\nParis", dtmf=0.02, increments_s=(30, 6),
    ),
    Customer(
        "hudsonlink", "Hudson Link", "America/New_York", 0.13,
        {"United States": 3, "India Mobile": 3, "Philippines Mobile": 2, "Nigeria Mobile": 2,
         "Pakistan Mobile": 1, "Brazil Mobile": 1.5},
        _eur("1.02"), _AMERICAN, "203.0.113.14", 40, "1 Sample Avenue\nNew York", dtmf=0.04, increments_s=(6, 6),
    ),
    Customer(
        "brightcall", "Brightcall Outreach", "Europe/London", 0.13,
        {"United Kingdom": 3, "United Kingdom Mobile": 5, "Germany Mobile": 1},
        _eur("0.82"), _BRITISH, "203.0.113.21", 90, "2 Example Street\nLeeds", dialer=True, dtmf=0.24,
    ),
    Customer(
        "sunpoll", "Sunpoll Surveys", "America/New_York", 0.09,
        {"United States": 9, "France Mobile": 1},
        _eur("0.88"), _AMERICAN, "203.0.113.22", 60, "2 Sample Avenue\nBoston", dialer=True, dtmf=0.14,
        increments_s=(6, 6),
    ),
)  # fmt: skip

CARRIERS: Final = (
    Carrier("atlas", "Atlas Carrier Services", (1.12, 1.06), 0.04, (1.5, 3.6), (_eur("1.00"), _eur("1.00")), 120),
    Carrier("harbor", "Harbor Wholesale", (1.04, 0.94), 0.06, (1.8, 4.4), (_eur("0.92"), _eur("0.94")), 90),
    Carrier("movia", "Movia Mobile Routes", (0.80, 1.10), 0.08, (2.6, 4.0), (_eur("1.12"), _eur("0.85")), 80),
    Carrier("penny", "Pennyroute", (0.74, 0.70), 0.16, (2.4, 5.6), (_eur("0.72"), _eur("0.70")), 150, (6, 6)),
    Carrier("mirage", "Mirage Termination", (1.0, 1.0), 0.005, (0.15, 0.15), (_eur("0.48"), _eur("0.48")), 30,
            (60, 60), false_answers=True),
)  # fmt: skip

ROUTES: Final[Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]] = {
    "fixed": ((("harbor", "atlas"), 0.55), (("atlas", "harbor"), 0.45)),
    "mobile": (
        (("movia", "atlas"), 0.6),
        (("atlas", "movia", "harbor"), 0.3),
        (("penny", "movia", "atlas"), 0.1),
    ),
    "grey": ((("penny", "movia", "atlas"), 0.45), (("movia", "atlas"), 0.43), (("mirage", "atlas"), 0.12)),
    "dialer": ((("penny",), 0.75), (("penny", "atlas"), 0.25)),
}
"""Orders of carriers and how often each is taken: by the destination's route, for dialers always `dialer`."""

INCIDENT: Final = Incident("harbor", 3, 14, 3, 0.51)
"""Its ASR falls from about 48 % to 25 %, with 503."""

NO_ROUTE_SHARE: Final = 0.004
"""Calls to numbers that no carrier is tried for; the switch answers 404 itself."""
