"""Problems as RFC 9457 has them."""

import json

import pytest
from pydantic import ValidationError

from tollbook.api.problems import MEANINGS, Mistake, ProblemError, document, invalid
from tollbook.api.types import Listed


@pytest.mark.parametrize("status", MEANINGS)
def test_each_status_has_its_words(status: int) -> None:
    told = json.loads(document(status))
    assert told["type"] == "about:blank"
    assert (told["status"], told["detail"], told["errors"]) == (status, MEANINGS[status], [])
    assert told["title"]


def test_a_status_that_nobody_knows_is_still_a_problem() -> None:
    assert json.loads(document(499))["status"] == 499


def test_a_problem_tells_what_is_wrong_by_name() -> None:
    error = ProblemError(422, "name: it is empty", errors=[Mistake(name="name", why="it is empty")])
    assert json.loads(error.body)["errors"] == [{"name": "name", "why": "it is empty"}]


def test_values_that_are_wrong_are_named_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as wrong:
        Listed.model_validate({"limit": "s3cret", "extra": "s3cret"})
    told = invalid(400, wrong.value, "query")
    assert [mistake.name for mistake in told.errors] == ["limit", "extra"]
    assert b"s3cret" not in told.body
