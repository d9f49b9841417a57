"""Which answers a program takes."""

import pytest

from tollbook.api.accepted import accepts


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("", True),
        ("*/*", True),
        ("application/*", True),
        ("application/json", True),
        ("Application/JSON; q=0.5", True),
        ("text/html", False),
        ("text/html, */*;q=0.1", True),
        ("application/json;q=0, */*", False),
        ("application/json;q=nonsense", False),
        ("image/*;q=1, application/*;q=0", False),
    ],
)
def test_the_most_exact_range_decides(header: str, taken: object) -> None:
    assert accepts(header, "application/json") is taken


def test_what_stands_behind_a_kind_does_not_matter() -> None:
    assert accepts("text/csv", "text/csv; charset=UTF-8")
