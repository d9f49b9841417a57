"""What of the data a reader has: one value, given to a page when it starts, that everything it opens is cut to."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Self

from tollbook.account.models import CARRIERS_SHOWN
from tollbook.account.rights import ROLES, Role, Verb, may

COST_COLUMNS: Final = frozenset(
    {
        "cost",
        "costed",
        "cost_unrated",
        "profit",
        "profit_ratio",
        "margin",
        "margin_ratio",
        "stake",
        "uncosted",
    }
    | {"seizure_billed_s", "seizure_unrated"}
)
"""Columns and metrics that tell what carriers ask, or what is earned."""
OF_CARRIERS_DECK: Final = frozenset({"destination", "prefix", "billed_s", "currency", "unrated"})
"""Columns of a seizure that come from its carrier's deck."""
_CARRIERS: Final = frozenset({"carrier", "rerouted"})


@dataclass(frozen=True)
class Scope:
    """A reader's role, the customer that it is confined to (null: none), and how it is shown carriers.

    Where nobody says how, an operator sees names and a contact aliases.
    """

    role: Role
    customer: str | None = None
    carriers: str = ""

    def __post_init__(self) -> None:
        """Refuse a contact of no customer, which would be one of all.

        Raises:
            ValueError: the three do not fit each other.
        """
        confined = self.role == "contact"
        if not self.carriers:
            object.__setattr__(self, "carriers", "aliases" if confined else "names")
        if self.role not in ROLES or self.carriers not in CARRIERS_SHOWN or confined != bool(self.customer):
            raise ValueError(f"{self} is no scope")

    @property
    def sees_cost(self) -> bool:
        """Whether cost, profit and margin are there for it."""
        return may(self.role, "see", "costs")

    @property
    def customers(self) -> list[str] | None:
        """Ids of the customers whose data it has; null: all."""
        return None if self.customer is None else [self.customer]

    def may(self, verb: Verb, resource: str) -> bool:
        """Whether it may do this to what it has of a resource."""
        return may(self.role, verb, resource)

    def columns(self, names: Iterable[str], table: str = "") -> list[str]:
        """Of columns or metrics those that are there for it, in order; `table` tells where names are ambiguous."""
        return [name for name in names if not self._lacks(name, table)]

    def _lacks(self, name: str, table: str) -> bool:
        if not self.sees_cost and (
            name in COST_COLUMNS or (table == "seizures" and name in OF_CARRIERS_DECK)
        ):
            return True
        return self.carriers == "no" and (name in _CARRIERS or name.startswith("seizure"))

    def text(self) -> str:
        """The scope as one line, for the environment of a page; `parse` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The scope that `text` wrote.

        Raises:
            ValueError: it is none; nothing may then be shown.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"no scope: {error}") from None
