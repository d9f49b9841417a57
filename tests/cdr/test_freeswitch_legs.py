"""Channel names and causes of FreeSWITCH."""

import polars as pl
import pytest

from tollbook.cdr import freeswitch_legs as legs


@pytest.mark.parametrize(
    ("channel", "carrier"),
    [
        ("sofia/gateway/alpha/447700900123", "alpha"),
        ("sofia/edge/447700900123@192.0.2.1:5070", "192.0.2.1:5070"),
        ("sofia/edge/447700900123@carrier.example", "carrier.example"),
        ("sofia/external/447700900123", None),
        (None, None),
    ],
)
def test_the_carrier_is_the_gateway_or_the_host(channel: str | None, carrier: str | None) -> None:
    row = pl.DataFrame({"c": [channel]}, schema={"c": pl.String})
    assert row.select(legs.carrier_of_channel(pl.col("c"))).item() == carrier


@pytest.mark.parametrize(
    ("cause", "sip_code", "q850"),
    [
        ("USER_BUSY", 486, 17),
        ("CALL_REJECTED", 603, 21),
        ("NO_USER_RESPONSE", 480, 18),
        ("NORMAL_TEMPORARY_FAILURE", 503, 41),
        ("ORIGINATOR_CANCEL", 487, 16),
        ("NORMAL_CLEARING", 480, 16),
        (None, None, None),
    ],
)
def test_a_cause_has_a_sip_code_and_a_q850_number(
    cause: str | None, sip_code: int | None, q850: int | None
) -> None:
    row = pl.DataFrame({"c": [cause]}, schema={"c": pl.String})
    made = row.select(sip=legs.sip_of_cause(pl.col("c")), q=legs.q850_of_cause(pl.col("c")))
    assert made.row(0) == (sip_code, q850)


def test_a_record_is_a_leg_or_the_variables_of_one() -> None:
    assert list(legs.SCHEMA) == [*legs.LEG, "variables"]
