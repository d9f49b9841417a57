"""Files of parameters: what is unknown or of the wrong kind is refused with the nearest right answer."""

from pathlib import Path

import pytest

from tollbook.errors import UsageError
from tollbook.params import (
    FILES,
    Dashboard,
    Params,
    Site,
    Summary,
    folder,
    params_folder,
    read,
)


class Wanted(Params):
    currency: str = "EUR"


def write(within: Path, text: str, name: str = "site") -> None:
    (within / f"{name}.yml").write_text(text, encoding="utf-8")


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path):
    write(tmp_path, "curency: EUR\n")
    with pytest.raises(
        UsageError, match=r"^params/site.yml: unknown key 'curency', did you mean 'currency'?"
    ):
        read("site", Wanted, within=tmp_path)


def test_a_missing_file_means_the_defaults(tmp_path):
    assert read("dashboard", Dashboard, within=tmp_path) == Dashboard(start="", end="", zone="UTC")


def test_an_empty_file_means_the_defaults(tmp_path):
    write(tmp_path, "# nothing yet\n")
    assert read("site", Site, within=tmp_path) == Site()


def test_dates_need_no_quotes(tmp_path):
    write(tmp_path, "start: 2026-10-05\nend: 2026-10-06T12:00:00\n", "dashboard")
    chosen = read("dashboard", Dashboard, within=tmp_path)
    assert (chosen.start, chosen.end) == ("2026-10-05", "2026-10-06T12:00:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "zone: Europe/Rig\n",
            "params/dashboard.yml: unknown zone 'Europe/Rig', did you mean 'Europe/Riga'?",
        ),
        ("start: yesterday\n", "params/dashboard.yml: 'yesterday' is no date or time"),
        ("zone: 5\n", "params/dashboard.yml: zone: Input should be a valid string, not 5"),
        ("- a\n- b\n", "params/dashboard.yml: write lines of `key: value`, not a list"),
        ("zone: [\n", "params/dashboard.yml: line 2: "),
    ],
)
def test_a_wrong_value_is_named_with_its_file(tmp_path, text, said):
    write(tmp_path, text, "dashboard")
    with pytest.raises(UsageError) as caught:
        read("dashboard", Dashboard, within=tmp_path)
    assert str(caught.value).startswith(said)


def test_a_view_is_one_of_four():
    with pytest.raises(UsageError, match="view: Input should be 'live', 'daily', 'weekly' or 'monthly'"):
        Summary.of({"view": "yearly"}, "/summary")


def test_every_file_of_the_project_is_read_and_known():
    files = {path.stem for path in folder("params").glob("*.yml")}
    assert set(FILES) <= files
    for name, kind in FILES.items():
        assert read(name, kind, within=folder("params"))


def test_another_folder_of_parameters_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    assert params_folder() == tmp_path


def test_notebooks_are_found_in_the_checkout():
    assert (folder("notebooks") / "dashboard.ipynb").is_file()


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("2026-10-06", "2026-10-05", "UTC"),
        ("2026-10-05T10:00Z", "2026-10-05T10:00Z", "UTC"),
        ("2026-10-05T10:00Z", "2026-10-05T13:00", "Europe/Riga"),  # three hours ahead of UTC
    ],
)
def test_a_span_that_ends_before_it_starts_is_refused(start, end, zone):
    with pytest.raises(UsageError, match=f"^/dashboard: start {start} is not before end {end}$"):
        Dashboard.of_texts({"start": start, "end": end, "zone": zone}, "/dashboard")


@pytest.mark.parametrize(("start", "end"), [("-7d", "2026-10-05"), ("", "2026-10-05"), ("2026-10-05", "")])
def test_a_span_that_is_open_at_one_end_is_none(start, end):
    assert Dashboard.of_texts({"start": start, "end": end}, "/dashboard").end == end


@pytest.mark.parametrize("address", ["calls.example", "http://calls.example/", "https://calls.example"])
def test_the_address_of_the_portal_is_encrypted_and_ends_with_a_slash(tmp_path, address):
    write(tmp_path, f"address: {address}\n")
    with pytest.raises(UsageError, match="write it with https:// and a / at its end"):
        read("site", Site, within=tmp_path)


def test_what_an_operator_set_for_all_says_nothing_to_a_reader_who_lacks_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    write(
        tmp_path,
        "customer: beta\ncarrier: north\nby: customer,asr:carrier\ngraphs: cost,codes\nzone: Asia/Tokyo\n",
        "dashboard",
    )
    lacks = {"customer", "cost"}
    usual = Dashboard.defaults(lacks)
    assert (usual.customer, usual.carrier, usual.by, usual.graphs) == ("", "", "asr:carrier", "codes")
    assert usual.zone == "Asia/Tokyo"
    assert Dashboard.of(Dashboard.defaults().model_dump(), "here", lacks) == usual
    assert Dashboard.of_texts({"customer": "beta", "carrier": "south"}, "here", lacks=lacks).texts() == {
        **usual.texts(),
        "carrier": "south",
    }


@pytest.mark.parametrize(("name", "value"), [("by", "customer"), ("by", "asr:customer"), ("graphs", "cost")])
def test_a_name_that_a_reader_lacks_is_unknown(name, value):
    assert getattr(Dashboard.of({name: value}, "here"), name) == value
    for one in (value, value.replace("customer", "qqqq").replace("cost", "qqqq")):
        with pytest.raises(UsageError) as refused:
            Dashboard.of({name: one}, "here", {"customer", "cost"})
        assert not {"customer", "cost"} & set(str(refused.value).replace(f"'{one}'", "").split())
