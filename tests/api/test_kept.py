"""Answers kept under the key of a write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tollbook.account.database import Database
from tollbook.account.models import KeptAnswer
from tollbook.api.kept import VALID, Claim, InProgress, found, keep
from tollbook.api.problems import ProblemError

AT = datetime(2026, 10, 5, tzinfo=UTC)
CLAIM = Claim.of("person 1", "key", "POST", "/things", b"{}")
OTHER = Claim.of("person 1", "key", "POST", "/things", b'{"a": 1}')


def status_of(error: pytest.ExceptionInfo[ProblemError]) -> int:
    return error.value.status


def test_an_answer_is_found_again_by_its_owner_for_a_day(database: Database) -> None:
    with database.session() as session:
        assert found(session, CLAIM, AT) is None
        keep(session, CLAIM, 201, "things/1", '{"id": 1}', AT)
    with database.reading() as session:
        row = found(session, CLAIM, AT + VALID - timedelta(seconds=1))
        assert row is not None
        assert (row.status, row.location, row.body) == (201, "things/1", '{"id": 1}')
        assert found(session, CLAIM, AT + VALID) is None
        assert found(session, Claim.of("person 2", "key", "POST", "/things", b"{}"), AT) is None


def test_a_key_that_came_with_another_request_is_refused(database: Database) -> None:
    with database.session() as session:
        keep(session, CLAIM, 201, "", "{}", AT)
        with pytest.raises(ProblemError) as error:
            found(session, OTHER, AT)
    assert status_of(error) == 422


def test_after_a_day_a_key_is_free_and_old_answers_are_forgotten(database: Database) -> None:
    with database.session() as session:
        keep(session, CLAIM, 201, "", "{}", AT)
        keep(session, Claim.of("person 3", "k", "POST", "/things", b"{}"), 201, "", "{}", AT)
    with database.session() as session:
        keep(session, OTHER, 201, "", "{}", AT + VALID)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 1


def test_of_two_servers_one_keeps_its_answer(database: Database) -> None:
    with database.session() as session:
        keep(session, CLAIM, 201, "", "{}", AT)
    with pytest.raises(ProblemError) as error, database.session() as session:
        keep(session, CLAIM, 201, "", "{}", AT)
    assert status_of(error) == 409


def test_a_request_that_is_being_answered_is_not_answered_twice() -> None:
    progress = InProgress()
    with progress.alone(CLAIM):
        with pytest.raises(ProblemError) as error, progress.alone(OTHER):
            pytest.fail("two at once")
        assert (status_of(error), error.value.headers["Retry-After"]) == (409, "1")
    with progress.alone(CLAIM):
        pass


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb", "a b"])
def test_a_key_is_of_visible_characters(key: str) -> None:
    with pytest.raises(ProblemError) as error:
        Claim.of("person 1", key, "POST", "/things", b"{}")
    assert status_of(error) == 400


def test_the_same_request_many_times_at_once_is_done_once(api) -> None:
    def ask(_: int):
        return api.ask(
            "POST", "/api/v1/customers", token="admin", body={"id": "once"}, Idempotency_Key="once-and-only"
        )

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(ask, range(16)))
    made = [answer for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.body for answer in made}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in made) == 1
    added = [event for event in api.audited() if event[1:3] == ("add", "customer once")]
    assert added == [("ada", "add", "customer once", "done")]
    again = ask(0)
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, made[0].body, "true")
    assert again.headers["Location"] == made[0].headers["Location"] == "customers/once"


def test_another_body_with_the_same_key_is_refused_and_another_owner_has_its_own_keys(api) -> None:
    def ask(token: str, body: object) -> int:
        return api.ask(
            "PATCH", "/api/v1/customers/alpha", token=token, body=body, Idempotency_Key="shared"
        ).status

    assert ask("admin", {"due_days": 14}) == 200
    assert ask("admin's customers", {"due_days": 14}) == 200
    assert ask("admin", {"due_days": 15}) == 422
    assert ask("contact of alpha", {"due_days": 15}) == 403


def test_what_was_refused_keeps_no_key(api) -> None:
    def ask(body: object) -> int:
        return api.ask(
            "POST", "/api/v1/customers", token="admin", body=body, Idempotency_Key="refused"
        ).status

    assert ask({"id": "alpha"}) == 409
    assert ask({"id": "after a refusal"}) == 201
