"""What was asked, read by types."""

import pytest

from tollbook.api.problems import ProblemError
from tollbook.api.typed import body_of, query_of
from tollbook.api.types import Listed, Part

JSON = "application/json"


class Query(Listed):
    customer: list[str] | None = None
    word: str = ""


class Body(Part):
    number: int


def test_values_become_what_the_types_say() -> None:
    read = query_of(Query, {"limit": ["7"], "customer": ["a", "b"], "word": ["x"]})
    assert read == Query(limit=7, customer=["a", "b"], word="x")
    assert query_of(None, {}) is None


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"costumer": ["a"]}, "'costumer': there is no such parameter, did you mean 'customer'?"),
        ({"word": ["a", "b"]}, "'word': it is there twice"),
        ({"limit": ["x"]}, "limit: Input should be a valid integer"),
    ],
)
def test_what_cannot_be_asked_is_refused(told: dict[str, list[str]], why: str) -> None:
    with pytest.raises(ProblemError) as refused:
        query_of(Query, told)
    assert refused.value.status == 400
    assert str(refused.value).startswith(why)


def test_where_nothing_can_be_asked_all_is_refused() -> None:
    with pytest.raises(ProblemError):
        query_of(None, {"limit": ["1"]})


@pytest.mark.parametrize(
    ("media", "body", "status"),
    [
        ("", b'{"number": 1}', 415),
        ("text/plain", b'{"number": 1}', 415),
        (f"{JSON}; charset=utf-16", b'{"number": 1}', 415),
        (JSON, b'{"number": ', 400),
        (JSON, b"\xff", 400),
        (JSON, b'{"number": "1"}', 422),
        (JSON, b'{"number": 1, "more": 1}', 422),
    ],
)
def test_a_body_is_json_of_its_kind(media: str, body: bytes, status: int) -> None:
    with pytest.raises(ProblemError) as refused:
        body_of(Body, media, body)
    assert refused.value.status == status


def test_a_body_that_is_right() -> None:
    assert body_of(Body, f"{JSON}; charset=UTF-8", b'{"number": 1}') == Body(number=1)
