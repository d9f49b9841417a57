"""The bar of controls, told as a list."""

from datetime import UTC, datetime

import pytest

from tollbook.params import Dashboard, Summary
from tollbook.show import controls
from tollbook.show.choices import Choices
from tollbook.show.controls import DAY_PRESETS, Many, Number, One, Range, Tabs, Text, Toggle, Zone


@pytest.fixture
def choices():
    return Choices(Dashboard(start="-24h"))


def test_the_bar_takes_the_place_of_the_pages_address(choices):
    told = []
    choices.watch(lambda new, names: told.append((new.zone, set(names))))
    bar = controls.bar(choices, [Range(), Zone()])
    assert choices.widget is bar
    bar.values = bar.values | {"zone": "Asia/Kathmandu"}
    assert told == [("Asia/Kathmandu", {"zone"})]


def test_what_was_refused_is_said_in_the_bar(choices):
    bar = controls.bar(choices, [Range(), Zone()])
    bar.values = bar.values | {"zone": "Nowhere"}
    assert "unknown zone 'Nowhere'" in bar.fault
    assert bar.values["zone"] == "UTC"


def test_a_control_of_no_parameter_is_a_mistake(choices):
    with pytest.raises(ValueError, match=r"no parameter of /dashboard: colour, size"):
        controls.bar(choices, [Text("size", "Size"), Toggle("colour", "Colour")])


def test_the_old_address_is_heard_no_more(choices):
    old = choices.widget
    controls.bar(choices, [Zone()])
    old.values = old.values | {"zone": "Europe/Riga"}
    assert choices.value.zone == "UTC"


def test_options_are_values_with_labels_and_counts(choices):
    bar = controls.bar(choices, [Many("customer", "Customer", ["acme", ("b", "Beta"), ("c", "Gamma", 12)])])
    assert bar.fields[0]["options"] == [
        {"value": "acme", "label": "acme", "count": None},
        {"value": "b", "label": "Beta", "count": None},
        {"value": "c", "label": "Gamma", "count": 12},
    ]


def test_every_kind_says_what_it_is(choices):
    made = [
        Tabs("by", "By", ["total"]),
        One("compare", "Compare", [("", "No")]),
        Number("graphs", "Graphs", least=0),
        Text("only", "Only", placeholder="north"),
        Toggle("destination", "Destination", on="Latvia", off="", hint="of all"),
    ]
    bar = controls.bar(choices, made)
    assert [field["kind"] for field in bar.fields] == ["tabs", "one", "number", "text", "toggle"]
    assert bar.fields[4] | {"on": "Latvia", "off": "", "hint": "of all"} == bar.fields[4]


def test_a_page_of_days_offers_spans_of_days():
    bar = controls.bar(Choices(Summary()), [Range(empty="", days=True)])
    assert [preset["value"] for preset in bar.fields[0]["presets"]] == list(DAY_PRESETS)


def test_any_length_back_can_be_offered(choices):
    bar = controls.bar(choices, [Range(presets=("-12h", "-366d", "today"))])
    told = [preset["label"] for preset in bar.fields[0]["presets"]]
    assert told == ["Last 12 h", "Last 366 days", "Today"]
    with pytest.raises(ValueError, match="no span 'tomorrow'"):
        Range(presets=("tomorrow",)).sent()


def test_utc_and_the_accounts_zone_come_first(choices, tmp_path, monkeypatch):
    (tmp_path / "site.yml").write_text("zone: Europe/Riga\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    field = Zone().sent()
    assert field["first"] == ["UTC", "Europe/Riga"]
    assert {"Asia/Kathmandu", "America/Sao_Paulo"} <= set(field["zones"])
    assert not {"Asia/Katmandu", "US/Pacific"} & set(field["zones"])


def test_newer_figures_are_told_in_utc(choices):
    bar = controls.bar(choices, [], as_of=datetime(2026, 10, 6, 1, tzinfo=UTC))
    assert (bar.as_of, bar.latest) == ("2026-10-06T01:00:00Z", "")
    bar.tell(latest=datetime(2026, 10, 6, tzinfo=UTC))
    assert (bar.as_of, bar.latest) == ("2026-10-06T01:00:00Z", "2026-10-06T00:00:00Z")
