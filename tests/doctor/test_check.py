"""A look either finds something, or says what to do."""

from tollbook.doctor.check import attempt
from tollbook.errors import TollbookError


def test_what_is_found_is_told() -> None:
    check = attempt("water", lambda: "warm")
    assert (check.ok, check.found, check.mend) == (True, "warm", None)


def test_what_cannot_be_looked_at_says_what_to_do() -> None:
    def look() -> str:
        raise TollbookError("turn it on")

    check = attempt("water", look)
    assert (check.ok, check.mend) == (False, "turn it on")
