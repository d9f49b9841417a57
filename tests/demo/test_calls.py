"""The calls as the switch would know them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.demo.calls import NO_ROUTE_AFTER_US, REPLY_AFTER_US, generate

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
NOW_US = int(NOW.timestamp() * 1e6)


@pytest.fixture(scope="module")
def traffic():
    return generate(days=2, calls_per_day=4000, seed=1, now=NOW)


def test_the_same_seed_gives_the_same_calls_and_another_seed_others(traffic):
    again, other = (generate(2, 4000, seed, NOW) for seed in (1, 2))
    assert again.calls.equals(traffic.calls)
    assert again.tries.equals(traffic.tries)
    assert not other.calls.equals(traffic.calls)


def test_what_has_not_ended_yet_has_no_record(traffic):
    assert traffic.calls["end_us"].max() <= NOW_US
    assert traffic.calls["start_us"].max() > NOW_US - 600_000_000


def test_later_the_same_day_there_are_the_same_calls_and_more(traffic):
    later = generate(2, 4000, 1, NOW.replace(hour=18))
    assert later.calls.height > traffic.calls.height
    assert (
        later.calls.join(traffic.calls, on=traffic.calls.columns, nulls_equal=True).height
        == traffic.calls.height
    )


def test_a_call_has_as_many_tries_as_it_says_and_the_last_one_gives_carrier_and_code(traffic):
    last = traffic.tries.group_by("call").agg(pl.len().alias("n"), pl.last("carrier", "code"))
    joined = traffic.calls.join(last, on="call", how="left", suffix="_tried")
    served = joined.filter(pl.col("tries") > 0)
    assert (served["n"] == served["tries"]).all()
    assert (served["carrier"] == served["carrier_tried"]).all()
    assert (served["code"] == served["code_tried"]).all()


def test_a_call_that_no_carrier_is_tried_for_gets_404_at_once(traffic):
    unserved = traffic.calls.filter(pl.col("tries") == 0)
    assert unserved.height > 0
    assert unserved["carrier"].null_count() == unserved.height
    assert unserved["code"].unique().to_list() == [404]
    assert (unserved["end_us"] - unserved["start_us"] == NO_ROUTE_AFTER_US).all()
    assert unserved["called"].cast(pl.String).str.starts_with("999").all()


def test_only_answered_calls_have_an_answer_talk_digits_and_codec(traffic):
    failed = traffic.calls.filter(pl.col("code") != 200)
    assert failed.select(pl.col("answer_us", "codec", "bye_by").count().sum()).row(0) == (0, 0, 0)
    assert failed.select(pl.col("talk_ms", "digits").sum()).row(0) == (0, 0)


def test_an_answered_call_ends_when_its_talk_does(traffic):
    answered = traffic.calls.filter(pl.col("code") == 200)
    assert (answered["end_us"] - answered["answer_us"] == answered["talk_ms"] * 1000).all()
    assert (answered["pdd_ms"] * 1000 < answered["answer_us"] - answered["start_us"]).all()


def test_a_refused_call_ends_a_moment_after_its_last_try(traffic):
    failed = traffic.calls.filter(pl.col("code") != 200, pl.col("tries") > 0)
    last = traffic.tries.group_by("call").agg(pl.last("end_us"))
    joined = failed.join(last, on="call", suffix="_tried")
    assert (joined["end_us"] - joined["end_us_tried"] == REPLY_AFTER_US).all()


def test_the_customer_is_told_500_for_a_carriers_503(traffic):
    told = dict(traffic.calls.select("code", "told").unique().iter_rows())
    assert told[503] == 500
    assert all(told[code] == code for code in told if code != 503)


def test_few_calls_are_still_calls():
    assert generate(1, 1, 1, NOW.replace(hour=0, minute=0)).calls.height == 0
