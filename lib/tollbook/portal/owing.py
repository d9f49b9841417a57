"""What each customer owes: its balance, and what of its invoices is open and overdue."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.models import Customer
from tollbook.billing.balance import balances
from tollbook.billing.listed import listed
from tollbook.lake.store import Lake


@dataclass(frozen=True)
class Owing:
    """One customer. `balance` is as `billing.balance` tells it."""

    name: str
    balance: Mapping[str, Any]
    open: Decimal
    overdue: Decimal


def owing(lake: Lake, session: Session, at: datetime) -> list[Owing]:
    """Every customer, the one with the most overdue first, then the most open."""
    names = {id_: name for id_, name in session.execute(select(Customer.id, Customer.name))}  # noqa: C416 - its type is known so
    left: defaultdict[str, Decimal] = defaultdict(Decimal)
    late: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in listed(session, at):
        left[one.customer] += one.open
        late[one.customer] += one.open if one.overdue_days else 0
    rows = [
        Owing(names[told["customer"]], told, left[told["customer"]], late[told["customer"]])
        for told in balances(lake, session)
    ]
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, row.balance["customer"]))
