"""Final SIP codes: of the known network 409 calls end with 200, 601 with 486."""

import polars as pl
import pytest

from tollbook.show import codes
from tollbook.show.figures import Figures
from tollbook.show.lineup import NOT_TOLD, OTHERS
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span


def of_day(home, **asked):
    return Figures(Reading(home), span("2026-10-05", "2026-10-06", "UTC", None), Asked(**asked))


def test_each_code_has_its_count_and_share(network):
    rows = codes.rows(of_day(network))
    assert rows["series"].to_list() == ["486", "200"]
    assert rows["words"].to_list() == ["601, 59.50 %", "409, 40.50 %"]
    assert codes.labels(of_day(network))["486"] == "486 Busy Here"


def test_shares_of_a_piece_of_time_are_of_all_its_calls(network):
    # Two codes of 1010 calls: 24 hours have ten calls a piece, quarters have not. The first has calls 0 to 44.
    shares = codes.shares(of_day(network)).filter(pl.col("at") == pl.col("at").min())
    told = dict(shares.select("series", "value").iter_rows())
    assert told == pytest.approx({"200": 100 * 18 / 45, "486": 100 * 27 / 45})
    assert shares.filter(pl.col("series") == "200").select("numerator", "denominator").row(0) == (18, 45)


def test_nothing_has_no_share(network):
    last = codes.shares(of_day(network)).filter(pl.col("at") == pl.col("at").max())
    assert last["value"].null_count() == last.height


def test_of_picked_carriers_seizures_count(network):
    assert codes.counted(of_day(network)) == "attempts"
    north = of_day(network, carriers=["north"])
    assert codes.counted(north) == "seizures"
    assert codes.rows(north)["value"].sum() == 505


def test_rare_codes_share_an_area_and_codes_not_told_have_their_own(workspace, keep, monkeypatch):
    monkeypatch.setattr(codes, "MOST_AREAS", 1)
    told = [(486, 3), (503, 2), (480, 1), (None, 1)]
    calls = [
        {"at": "2026-10-05T10:00", "sip_code": code, "call_id": f"{code}-{n}"}
        for code, many in told
        for n in range(many)
    ]
    keep(calls)
    data = of_day(workspace)
    shares = codes.shares(data).drop_nulls("value")
    assert dict(shares.select("series", "numerator").iter_rows()) == {"486": 3, OTHERS: 3, NOT_TOLD: 1}
    assert codes.labels(data)[OTHERS] == "2 more codes"
