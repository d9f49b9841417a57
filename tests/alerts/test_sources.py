"""Until when there are figures."""

from datetime import UTC, datetime

from alerts.conftest import calls
from tollbook.account.database import Database
from tollbook.alerts.sources import floored, quarters, sources
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-10-05T{text}").replace(tzinfo=UTC)


def ends(workspace, *areas: str) -> list[datetime | None]:
    with Database.of(workspace).reading() as session:
        found = sources(Lake(workspace), session)
        assert found is not None
        return [found.end(area) for area in areas]


def test_before_the_first_refresh_there_are_none(workspace) -> None:
    with Database.of(workspace).reading() as session:
        assert sources(Lake(workspace), session) is None


def test_traffic_is_judged_to_the_newest_whole_quarter_of_an_hour_and_the_rest_by_the_clock(
    workspace, keep
) -> None:
    lake = keep(calls("11:50", 1, 1), rolled=False)
    refresh(lake, at("11:55:30"))
    assert ends(workspace, "asr", "balance", "completeness") == [at("11:45"), at("11:55:30"), at("11:45")]
    refresh(lake, at("14:07"))
    assert ends(workspace, "asr", "balance", "completeness") == [at("12:00"), at("14:07"), at("14:00")]


def test_without_calls_only_the_clock_tells(workspace, keep) -> None:
    refresh(Lake(workspace), at("14:07"))
    assert ends(workspace, "asr", "balance") == [None, at("14:07")]


def test_quarters_hold_both_ends() -> None:
    assert floored(at("11:59:59")) == at("11:45")
    assert quarters(at("11:45"), at("12:15")).to_list() == [at("11:45"), at("12:00"), at("12:15")]
