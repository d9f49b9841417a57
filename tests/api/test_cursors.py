"""Cursors are opaque, of one question, and the same each time."""

import pytest

from tollbook.account.secret import Secret
from tollbook.api.cursors import cut, opened, sealed
from tollbook.api.problems import ProblemError

SECRET = Secret(b"1" * 32)


def test_a_cursor_gives_its_key_back_and_tells_it_to_nobody_else() -> None:
    cursor = sealed(SECRET, "invoices of alpha", ["2026-10-05T00:00:00Z", "alpha", 7])
    assert opened(SECRET, "invoices of alpha", cursor) == ["2026-10-05T00:00:00Z", "alpha", 7]
    assert sealed(SECRET, "invoices of alpha", ["2026-10-05T00:00:00Z", "alpha", 7]) == cursor
    assert "alpha" not in cursor


@pytest.mark.parametrize("cursor", ["", "x", "ä", "AAAA", "A" * 60, "not/base64+", "=" * 9])
def test_what_was_not_made_here_is_refused(cursor: str) -> None:
    with pytest.raises(ProblemError, match="cursor") as refused:
        opened(SECRET, "", cursor)
    assert refused.value.status == 400


def test_that_of_another_question_or_workspace_is_refused() -> None:
    cursor = sealed(SECRET, "invoices of alpha", [1])
    for secret, question in ((SECRET, "invoices of beta"), (Secret(b"2" * 32), "invoices of alpha")):
        with pytest.raises(ProblemError):
            opened(secret, question, cursor)


def test_one_row_more_than_a_page_holds_says_that_there_are_more() -> None:
    assert cut([1, 2, 3], 2) == ([1, 2], True)
    assert cut([1, 2], 2) == ([1, 2], False)
    assert cut([], 2) == ([], False)
