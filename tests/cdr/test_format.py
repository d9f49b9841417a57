"""What holds for every format, and how local times become UTC."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.cdr.format import UTC_ZONE, Format, Sample, Zone, format_named, formats
from tollbook.errors import UsageError


def instant(zone: Zone, local: str) -> datetime | None:
    frame = pl.DataFrame({"local": [datetime.fromisoformat(local)]}, schema={"local": pl.Datetime("us")})
    found: datetime | None = frame.select(zone.to_utc(pl.col("local"))).item()
    return found


def test_a_format_is_found_by_its_name() -> None:
    assert {name: format_named(name) for name in formats()} == formats()
    assert {"asterisk", "freeswitch", "kamailio", "tollbook"} <= set(formats())


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown format 'kamalio', did you mean 'kamailio'"):
        format_named("kamalio")


@pytest.mark.parametrize("known", formats().values(), ids=lambda known: known.name)
def test_a_formats_layouts_have_names_of_their_own_and_one_schema(known: Format) -> None:
    names = [layout.name for layout in known.layouts]
    assert len(set(names)) == len(names)
    for layout in known.layouts:
        assert set(layout.record(UTC_ZONE)) <= set(known.schema), layout.name


def test_the_header_is_the_first_row_in_lower_case() -> None:
    assert Sample("a.csv", "", ((" CallID ", "Start"), ("1", "2"))).header == ("callid", "start")
    assert Sample("a.csv", "", ()).header == ()


def test_a_zone_knows_its_summer_and_an_offset_does_not() -> None:
    riga, ahead = Zone(name="Europe/Riga"), Zone(offset_min=120)
    assert instant(riga, "2026-01-05T12:00") == datetime(2026, 1, 5, 12 - 2, tzinfo=UTC)
    assert instant(riga, "2026-07-05T12:00") == datetime(2026, 7, 5, 12 - 3, tzinfo=UTC)
    assert instant(ahead, "2026-07-05T12:00") == datetime(2026, 7, 5, 12 - 2, tzinfo=UTC)


def test_the_doubled_hour_counts_as_its_first_pass_and_the_skipped_one_as_before_the_change() -> None:
    riga = Zone(name="Europe/Riga")
    assert instant(riga, "2026-10-25T03:30") == datetime(2026, 10, 25, 3 - 3, 30, tzinfo=UTC)
    assert instant(riga, "2026-03-29T03:30") == datetime(2026, 3, 29, 3 - 2, 30, tzinfo=UTC)
