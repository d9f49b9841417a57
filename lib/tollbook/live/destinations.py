"""Where calls in progress go: by the deck of their customer, as rating will find it when there is a record."""

from collections.abc import Sequence
from functools import lru_cache

import polars as pl
from sqlalchemy import func, select

from tollbook.account.database import Database, shared
from tollbook.account.models import Deck
from tollbook.billing.decks import all_rules, deck_book
from tollbook.billing.rating import Tariff
from tollbook.live.snapshot import LiveCall
from tollbook.tables import INSTANT, Dtype
from tollbook.workspace import Workspace


def destinations(workspace: Workspace, calls: Sequence[LiveCall]) -> list[str | None]:
    """The destination of each; null where its customer has no deck, or the deck no rate for the number.

    Raises:
        TollbookError: the database cannot be reached.
    """
    db = shared(workspace)
    with db.reading() as session:
        # Decks are only added: which there are is told by the last and by how many. Rules of numbers change.
        newest = session.execute(select(func.max(Deck.id), func.count())).one()
        rules = all_rules(session)
    tariff = _tariff(db, tuple(newest), tuple(sorted(rules.items())))
    if tariff is None or not calls:
        return [None] * len(calls)
    rows = [(call.customer, call.called, call.started_at) for call in calls]
    schema: dict[str, Dtype] = {"owner": pl.String, "called": pl.String, "started_at": INSTANT}
    asked = pl.DataFrame(rows, schema=schema, orient="row").with_columns(talk_ms=pl.lit(0, pl.Int64))
    found: list[str | None] = tariff.rate(asked.to_struct()).struct.field("destination").to_list()
    return found


@lru_cache(maxsize=2)
def _tariff(
    db: Database,
    newest: tuple[int | None, ...],  # noqa: ARG001 - in the key
    rules: tuple[tuple[str, str], ...],  # noqa: ARG001 - in the key
) -> Tariff | None:
    decks = deck_book(db).customers
    return Tariff(decks, "customer", "charge") if decks else None
