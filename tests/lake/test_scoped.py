"""The tables as one reader has them."""

import re
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tollbook.account.scope import COST_COLUMNS, OF_CARRIERS_DECK, Scope
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.scoped import ScopedLake, alias_of
from tollbook.lake.store import Lake
from tollbook.metrics import compute
from tollbook.tables import CALLS, CHANNELS, CODES, HISTORY, PDD, SEIZURES, TABLES, TRAFFIC
from tollbook.workspace import Workspace

ADMIN = Scope("admin")
ALIASES, NAMES, NO = (Scope("contact", "acme", carriers) for carriers in ("aliases", "names", "no"))
CONTACTS = pytest.mark.parametrize("scope", [ALIASES, NAMES, NO], ids=["aliases", "names", "no"])
AT = {"at": "2026-10-05T10:07", "talk_s": 60, "pdd_ms": 900, "sip_code": 200}
BILLED = {"prefix": "4", "billed_s": 60}


@pytest.fixture
def home(workspace: Workspace, keep: Any) -> Workspace:
    """Two calls of acme by north, one by south, one of others by north; north says Latvia too, but asks dollars."""
    owned = [("acme", "north"), ("acme", "north"), ("acme", "south"), ("others", "north")]
    rows = [
        {**AT, **BILLED, "call_id": f"c{n}", "customer": customer, "carrier": carrier}
        for n, (customer, carrier) in enumerate(owned)
    ]
    sold = [{**row, "destination": "Latvia", "charge": Decimal("0.05"), "currency": "EUR"} for row in rows]
    bought = {"destination": "Latvia", "cost": Decimal("0.02"), "currency": "USD", "seizure": 1}
    keep(sold, [{**row, **bought} for row in rows])
    return workspace


def read(home: Workspace, scope: Scope, table: Any) -> pl.DataFrame:
    return ScopedLake(home, scope).scan(table).collect()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_operator_has_the_tables_as_they_are(home: Workspace, table: Any) -> None:
    assert read(home, ADMIN, table).equals(Lake(home).scan(table).collect())


@CONTACTS
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_contact_has_its_own_rows_and_no_column_of_costs(home: Workspace, scope: Scope, table: Any) -> None:
    lake = ScopedLake(home, scope)
    if not lake.columns(table):
        assert (table, scope) == (SEIZURES, NO)
        with pytest.raises(TollbookError, match="no table 'seizures'"):
            lake.scan(table)
        return
    rows = lake.scan(table).collect()
    assert rows["customer"].unique().to_list() == ["acme"]
    assert rows.columns == list(lake.columns(table))
    assert not COST_COLUMNS & set(rows.columns)
    if table == SEIZURES:
        assert not OF_CARRIERS_DECK & set(rows.columns)
    if "currency" in rows.columns:
        assert "USD" not in rows["currency"].to_list()


@CONTACTS
@pytest.mark.parametrize("table", HISTORY, ids=lambda table: table.name)
def test_what_was_replaced_is_of_operators_alone(home: Workspace, scope: Scope, table: Any) -> None:
    assert ScopedLake(home, scope).columns(table) == ()
    assert ScopedLake(home, ADMIN).columns(table) == table.names


def test_carriers_have_an_alias_a_name_or_are_not_there(home: Workspace) -> None:
    aliases = read(home, ALIASES, CALLS)["carrier"].to_list()
    assert aliases[0] == aliases[1] != aliases[2]
    assert all(re.fullmatch(r"Route [A-Z2-7]{4}", alias) for alias in aliases)
    assert read(home, NAMES, CALLS)["carrier"].to_list() == ["north", "north", "south"]
    assert "carrier" not in read(home, NO, CALLS).columns


def test_an_alias_is_the_same_in_every_table_and_the_next_time(home: Workspace) -> None:
    each = [
        set(read(home, ALIASES, table)["carrier"])
        for table in (CALLS, SEIZURES, TRAFFIC, CODES, PDD, CHANNELS)
    ]
    assert all(aliases == each[0] for aliases in each)
    assert len(each[0]) == 2


def test_customers_cannot_compare_their_aliases() -> None:
    key = b"k" * 32
    assert alias_of(key, "acme", "north") == alias_of(key, "acme", "north")
    assert alias_of(key, "acme", "north") != alias_of(key, "others", "north")
    assert alias_of(key, "acme", "north") != alias_of(b"l" * 32, "acme", "north")


@pytest.mark.parametrize(("customer", "carrier"), [("a", "b c"), ("a b", "c"), ("a b c", "")])
def test_no_two_pairs_are_written_the_same(customer: str, carrier: str) -> None:
    others = {("a", "b c"), ("a b", "c"), ("a b c", "")} - {(customer, carrier)}
    assert alias_of(b"k", customer, carrier) not in {alias_of(b"k", *other) for other in others}


def test_calls_and_seizures_add_up_to_what_an_operator_has_of_the_customer(home: Workspace) -> None:
    names = ["attempts", "answers", "talk_ms", "charge", "seizures", "seizure_answers", "seizure_talk_ms"]
    mine = read(home, ALIASES, TRAFFIC).select(pl.col(names).sum())
    all_of_it = read(home, ADMIN, TRAFFIC).filter(pl.col("customer") == "acme").select(pl.col(names).sum())
    assert mine.equals(all_of_it)


def test_a_seizure_does_not_tell_its_destination_by_the_row_that_it_shares(
    workspace: Workspace, keep: Any
) -> None:
    row = {**AT, **BILLED, "call_id": "c", "customer": "acme", "carrier": "north", "destination": "Latvia",
           "currency": "EUR"}  # fmt: skip
    keep([{**row, "charge": Decimal("0.05")}], [{**row, "cost": Decimal("0.02"), "seizure": 1}])
    assert read(workspace, ADMIN, TRAFFIC).select("attempts", "seizures").rows() == [(1, 1)]
    rows = read(workspace, ALIASES, TRAFFIC).select("destination", "currency", "attempts", "seizures").rows()
    assert sorted(rows, key=str) == [("Latvia", "EUR", 1, 0), (None, None, 0, 1)]


def test_a_filter_by_alias_finds_what_the_carrier_has(home: Workspace) -> None:
    lake = ScopedLake(home, ALIASES)
    (north,) = lake.scan(CALLS).filter(pl.col("call_id") == "c0").collect()["carrier"]
    assert compute(lake, ["attempts"], carriers=[north])["attempts"].to_list() == [2]
    assert compute(lake, ["attempts"], carriers=["north"])["attempts"].to_list() == [0]
    with pytest.raises(UsageError, match="nothing is known by carrier"):
        compute(ScopedLake(home, NO), ["attempts"], carriers=["north"])


def test_filters_reach_the_files_through_the_aliases(home: Workspace) -> None:
    asked = ScopedLake(home, ALIASES).scan(TRAFFIC).filter(pl.col("day") == pl.date(2026, 10, 6))
    assert "SELECTION" in asked.explain()


@CONTACTS
def test_metrics_of_costs_are_unknown(home: Workspace, scope: Scope) -> None:
    lake = ScopedLake(home, scope)
    for name in ("cost", "margin", "margin_ratio"):
        with pytest.raises(UsageError, match=f"unknown metric '{name}'"):
            compute(lake, [name])
    assert compute(lake, ["charge"])["charge"].to_list() == [Decimal("0.15")]
