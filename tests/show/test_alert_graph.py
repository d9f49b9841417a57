"""What a rule would have done, as a drawing."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from tollbook.account.alerts.models import Alert
from tollbook.account.alerts.telling import Figure
from tollbook.alerts.judge import Happening
from tollbook.alerts.replay import Replayed
from tollbook.show.alert_graph import drawn

AT = datetime(2026, 10, 5, 12, tzinfo=UTC)


def replayed(*values: float | None) -> Replayed:
    ats = [AT + timedelta(minutes=15 * n) for n in range(len(values))]
    nothing = pl.Series([None] * len(values), dtype=pl.Float64)
    figures = pl.DataFrame(
        {"subject": "north", "at": ats, "value": pl.Series(values, dtype=pl.Float64), "numerator": nothing,
         "denominator": nothing}
    )  # fmt: skip
    rule = Alert(area="asr", operator="below", threshold=Decimal("0.4"), reset=Decimal("0.45"))
    happened = (Happening("north", "fired", Figure(ats[1], Decimal("0.3"))),)
    return Replayed(rule, AT, AT + timedelta(days=1), figures, happened, Counter())


def test_it_has_the_figure_its_bounds_and_a_mark_where_it_fired() -> None:
    made = drawn(replayed(0.5, 0.3, None), "north")
    assert made is not None
    assert made.tables["lines"]["value"] == [50, 30, None]
    assert made.tables["lines"]["words"] == ["50.00 %", "30.00 %", "–"]
    assert made.tables["bounds"] == {"value": [40, 45], "kind": ["threshold", "reset"]}
    assert (made.tables["marks"]["value"], made.tables["marks"]["kind"]) == ([30], ["fired"])
    assert {layer["data"]["name"] for layer in made.spec["layer"]} <= set(made.tables)


def test_of_whom_nothing_is_there_nothing_is_drawn() -> None:
    assert drawn(replayed(0.5, 0.3), "south") is None
