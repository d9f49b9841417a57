"""Answers that are no notebook."""

import pytest

from tollbook.portal.handlers import words_of


@pytest.mark.parametrize(
    ("status", "heading"),
    [(404, "Nothing is here"), (403, "Not for you"), (503, "Not now"), (500, "Something went wrong")],
)
def test_what_went_wrong_is_said_in_words(status, heading):
    assert words_of(status)[0] == heading
