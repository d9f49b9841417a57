"""Codes to outcomes."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.cdr import outcomes
from tollbook.tables import OUTCOMES

ANSWER = datetime(2026, 11, 23, tzinfo=UTC)


def outcome(answered_at: datetime | None, sip_code: int | None, q850: int | None) -> str:
    row = pl.DataFrame(
        {"answered_at": [answered_at], "sip_code": [sip_code], "q850": [q850]},
        schema={"answered_at": pl.Datetime("us", "UTC"), "sip_code": pl.Int32, "q850": pl.Int32},
    )
    return row.select(outcomes.outcome(*(pl.col(c) for c in row.columns))).item()


@pytest.mark.parametrize(
    ("answered_at", "sip_code", "q850", "expected"),
    [
        (ANSWER, 200, 16, "answered"),
        (ANSWER, None, None, "answered"),
        (None, 200, 16, "failed"),
        (None, 486, None, "busy"),
        (None, 480, 18, "no_answer"),
        (None, 487, 16, "cancelled"),
        (None, 603, 21, "rejected"),
        (None, 404, 1, "unallocated"),
        (None, 503, 41, "congestion"),
        (None, 408, 102, "failed"),
        (None, None, 17, "busy"),
        (None, None, 16, "cancelled"),
        (None, None, 99, "failed"),
        (None, None, None, "failed"),
    ],
)
def test_an_answer_signal_goes_before_the_sip_code_and_that_before_the_cause(
    answered_at, sip_code, q850, expected
) -> None:
    assert outcome(answered_at, sip_code, q850) == expected


def test_every_mapped_outcome_is_one_of_the_eight() -> None:
    assert {*outcomes.SIP_OUTCOME.values(), *outcomes.Q850_OUTCOME.values()} <= set(OUTCOMES)


def test_causes_have_the_numbers_of_q850() -> None:
    assert set(outcomes.Q850_OF_CAUSE.values()) <= set(range(1, 128))
    assert outcomes.Q850_OF_CAUSE["USER_BUSY"] == 17
    assert set(outcomes.Q850_OUTCOME) - {47} <= set(outcomes.Q850_OF_CAUSE.values())


def test_a_rejection_is_603_from_freeswitch_and_403_from_asterisk() -> None:
    assert outcomes.FREESWITCH_SIP["CALL_REJECTED"] == 603
    assert outcomes.ASTERISK_SIP[outcomes.Q850_OF_CAUSE["CALL_REJECTED"]] == 403
