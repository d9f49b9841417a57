import threading
from datetime import timedelta

from sqlalchemy import func, select

from account.people.conftest import AT
from tollbook.account.database import Database
from tollbook.account.people.models import Spent
from tollbook.account.people.once import spend

LATER = AT + timedelta(minutes=5)


def test_a_thing_counts_once(database: Database) -> None:
    assert [spend(database, text, LATER, AT) for text in ("a", "a", "b")] == [True, False, True]


def test_of_those_who_come_at_once_one_is_first(database: Database) -> None:
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(spend(database, "a", LATER, AT))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]


def test_what_would_count_no_more_anyway_is_forgotten(database: Database) -> None:
    spend(database, "a", LATER, AT)
    spend(database, "b", LATER + timedelta(minutes=5), LATER)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Spent)) == 1
