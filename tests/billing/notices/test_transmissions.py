"""What was signed speaks for one body."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tollbook.account.database import Database
from tollbook.account.online import Transmission
from tollbook.billing.notices.told import UnsignedError
from tollbook.billing.notices.transmissions import KEPT, once

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)


def test_the_same_body_may_come_again_and_no_other(database: Database) -> None:
    for _ in range(2):
        once(database, "1|at|webhook|7", b"one", AT)
    with pytest.raises(UnsignedError):
        once(database, "1|at|webhook|7", b"other", AT)
    once(database, "2|at|webhook|7", b"other", AT)


def test_what_no_longer_counts_is_forgotten(database: Database) -> None:
    once(database, "1|at|webhook|7", b"one", AT)
    once(database, "2|at|webhook|7", b"one", AT + KEPT + timedelta(seconds=1))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Transmission)) == 1
