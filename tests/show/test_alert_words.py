"""What the page of alerts says."""

from decimal import Decimal

from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.fields import FIELDS
from tollbook.account.alerts.models import Alert
from tollbook.show import alert_words
from tollbook.show.alert_rows import event_frame, rule_frame


def test_the_form_has_every_field_that_can_be_entered() -> None:
    assert sorted(field["name"] for field in alert_words.fields(None)) == sorted(FIELDS)


def test_the_form_is_filled_as_people_type_it() -> None:
    rule = Alert(name="ASR", area="asr", operator="below", threshold=Decimal("0.4"), reset=Decimal("0.455"))
    rule.sample_min, rule.min_calls, rule.repeat_min, rule.by = 60, 50, None, "carrier"
    rule.customer, rule.carrier, rule.destination, rule.recipients, rule.active = (
        "",
        "",
        "",
        ("a@x.example",),
        False,
    )
    held = {field["name"]: field["value"] for field in alert_words.fields(rule)}
    assert (held["threshold"], held["reset"], held["repeat_min"], held["active"]) == (
        "40%",
        "45.5%",
        "",
        "no",
    )
    assert {name: FIELDS[name].value(text) for name, text in held.items()} == {
        name: getattr(rule, name) for name in FIELDS
    }


def test_every_area_has_its_unit() -> None:
    assert set(alert_words.units()) == set(AREAS)
    assert alert_words.units()["asr"] == "%"


def test_columns_are_of_the_frames() -> None:
    for columns, frame in (
        (alert_words.rule_columns(), rule_frame([], {})),
        (alert_words.event_columns(), event_frame([], {})),
        (alert_words.firing_columns(), event_frame([], {})),
    ):
        assert {column.name for column in columns} <= set(frame.columns)
