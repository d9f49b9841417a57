"""The fixed data of the gallery."""

import pytest

from tollbook.demo import gallery
from tollbook.metrics import compute


@pytest.fixture(scope="module")
def made():
    return gallery.network()


def test_it_is_the_same_on_every_machine_and_day(made):
    rows = compute(made.lake, ["asr", "charge"], start=gallery.START, end=gallery.OVER).to_dicts()
    assert [(row["asr_numerator"], row["asr_denominator"], str(row["charge"])) for row in rows] == [
        (11869, 27833, "371.528994000")
    ]
    everything = compute(made.lake, ["attempts"]).to_dicts()
    assert everything[0]["attempts"] == 27833


def test_its_decks_are_those_that_priced_it(made):
    assert sorted(made.decks.carriers) == ["atlas", "harbor", "mirage", "movia", "penny"]
    assert len(made.decks.customers) == 6


def test_the_database_of_the_account_is_left_alone(monkeypatch, tmp_path):
    named = f"sqlite:///{tmp_path / 'account.db'}"
    monkeypatch.setenv("TOLLBOOK_DATABASE_URL", named)
    gallery.network()
    assert not (tmp_path / "account.db").exists()
    assert gallery.os.environ["TOLLBOOK_DATABASE_URL"] == named
