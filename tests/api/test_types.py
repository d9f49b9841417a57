"""The forms of values in JSON and in addresses."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from tollbook.api.types import WHOLE, Amount, Instant, Listed, Moment, Page, Part, Text


class Row(Part):
    amount: Amount | None
    at: Instant


class Asked(Part):
    since: Moment | None = None
    word: Text = ""
    number: Annotated[int, Field(ge=0), WHOLE] = 0


def test_decimals_are_texts_and_instants_have_their_z() -> None:
    row = Row(amount=Decimal("0.050"), at=datetime(2026, 10, 5, 1, tzinfo=UTC))
    assert row.model_dump_json() == '{"amount":"0.05","at":"2026-10-05T01:00:00Z"}'
    assert Row(amount=None, at=row.at).model_dump_json().startswith('{"amount":null,')


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-05", datetime(2026, 10, 5, tzinfo=UTC)),
        ("2026-10-05T13:00+02:00", datetime(2026, 10, 5, 11, tzinfo=UTC)),
        ("0001-01-01", datetime(1, 1, 2, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 30, tzinfo=UTC)),
    ],
)
def test_an_address_tells_instants_as_people_write_them(text: str, moment: datetime) -> None:
    assert Asked.model_validate({"since": text}).since == moment


def test_what_is_no_date_is_told_so() -> None:
    with pytest.raises(ValidationError, match="no date or time"):
        Asked.model_validate({"since": "yesterday"})


def test_what_no_database_keeps_is_no_part_of_a_text() -> None:
    assert Asked(word="a\0b").word == "a?b"


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert Asked.model_validate_json('{"number": 14.0}', strict=True).number == 14
    for wrong in ("14.5", '"14"', "-1", "true"):
        with pytest.raises(ValidationError):
            Asked.model_validate_json(f'{{"number": {wrong}}}', strict=True)


def test_a_list_has_pages_of_1_to_500_rows() -> None:
    assert Listed().limit == 100
    for wrong in (0, 501):
        with pytest.raises(ValidationError):
            Listed(limit=wrong)
    assert Page[int](data=[1], has_more=False, next=None).model_dump() == {
        "data": [1],
        "has_more": False,
        "next": None,
    }
