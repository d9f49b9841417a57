"""The tables as one reader has them: the rows and columns of its scope, and carriers as it is shown them.

What a scope does not hold is not hidden further up: it is not in any frame that is read here.
"""

from base64 import b32encode
from functools import cached_property
from hmac import digest
from typing import Final

import polars as pl

from tollbook.account.scope import Scope
from tollbook.account.secret import workspace_secret
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Published
from tollbook.money import MONEY
from tollbook.tables import CALLS, CODES, HISTORY, KEY, PDD, SEIZURES, TRAFFIC, Table
from tollbook.workspace import Workspace

ALIAS: Final = "Route {}"
"""What a carrier is called by those who are not shown its name; a name of four letters and digits stands in it."""

_SIGNS: Final = 4
_PURPOSE: Final = "carriers' aliases"
_BY_DECK: Final = ("destination", "currency")
_TWO_GRAINS: Final = (TRAFFIC, CODES, PDD)
"""Rollups that hold calls and seizures, each under the destination and currency of its own deck."""


class ScopedLake(Lake):
    """The tables of one workspace, cut to a scope."""

    def __init__(self, workspace: Workspace, scope: Scope) -> None:
        super().__init__(workspace)
        self.scope = scope
        self._aliases: dict[str, str] = {}

    def columns(self, table: Table) -> tuple[str, ...]:
        """The columns that the scope has of a table; none where it has nothing of it."""
        not_theirs = self.scope.customer is not None and ("customer" not in table.names or table in HISTORY)
        if not_theirs or (table == SEIZURES and self.scope.carriers == "no"):
            return ()
        return tuple(self.scope.columns(table.names, table.name))

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The columns of calls that a reader may choose, and ask by: to a contact all calls are of one customer."""
        confined = self.scope.customer is not None
        return tuple(name for name in self.columns(CALLS) if not (confined and name == "customer"))

    def scan(self, table: Table, *, published: Published | None = None) -> pl.LazyFrame:
        """The table as published, cut to the scope.

        Raises:
            TollbookError: the scope has nothing of this table.
        """
        rows, names = super().scan(table, published=published), self.columns(table)
        if not names:
            raise TollbookError(f"there is no table '{table.name}'")
        if self.scope.customer is not None:
            rows = rows.filter(pl.col("customer") == self.scope.customer)
        if table in _TWO_GRAINS and not self.scope.sees_cost:
            rows = _grains_apart(rows, table, names)
        return self._shown(rows.select(names))

    def _shown(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """With carriers under the names that the scope is shown."""
        if self.scope.carriers != "aliases":
            return rows
        # Element by element, so that filters on other columns still reach the files.
        known = pl.col("carrier").map_batches(self._aliased, return_dtype=pl.String, is_elementwise=True)
        return rows.with_columns(carrier=known)

    def _aliased(self, carriers: pl.Series) -> pl.Series:
        told = {name: self._alias(name) for name in carriers.unique().to_list() if name is not None}
        return carriers.replace_strict(told, default=None, return_dtype=pl.String)

    def _alias(self, carrier: str) -> str:
        if carrier not in self._aliases:
            self._aliases[carrier] = alias_of(self._key, self.scope.customer or "", carrier)
        return self._aliases[carrier]

    @cached_property
    def _key(self) -> bytes:
        return workspace_secret(self.workspace).key(_PURPOSE)


def alias_of(key: bytes, customer: str, carrier: str) -> str:
    """A carrier's alias for one customer: `Route 7K3Q`, the same ever after, whoever else joins the network.

    It is made of the key, so nobody without it can tell whose it is, and customers cannot compare theirs. Of 20
    carriers two have the same one in one of 5000 networks.
    """
    made = digest(key, f"{len(customer)} {customer} {carrier}".encode(), "sha256")
    return ALIAS.format(b32encode(made)[:_SIGNS].decode())


def _grains_apart(rows: pl.LazyFrame, table: Table, names: tuple[str, ...]) -> pl.LazyFrame:
    """Calls in rows of their own, and seizures, if the scope has them, in others without what their deck says.

    A row of a rollup holds both where both decks use the same words: nobody could tell how many of each.
    """
    counts = [c.name for c in table.columns if c.dtype in {pl.Int64, MONEY} and c.name not in KEY]
    tries = [name for name in counts if name == "rerouted" or name.startswith("seizure")]
    calls = [name for name in counts if name not in tries and name in names]
    of_calls = rows.filter(pl.col("attempts") > 0).with_columns(_none_of(tries, table))
    if "seizures" not in names:
        return of_calls
    unnamed = [pl.lit(None, table.schema[name]).alias(name) for name in _BY_DECK]
    of_tries = rows.filter(pl.col("seizures") > 0).with_columns(*unnamed, *_none_of(calls, table))
    return pl.concat([of_calls, of_tries])


def _none_of(names: list[str], table: Table) -> list[pl.Expr]:
    return [pl.lit(0, table.schema[name]).alias(name) for name in names]
