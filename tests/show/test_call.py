"""One call as its reader reads it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tollbook.calls.one import Billed, Opened, Rating
from tollbook.show.call import facts, invoice, outcome_words, text_of, told, unrated_words
from tollbook.tables import CALLS, OUTCOMES, SEIZURES, UNRATED

AT = datetime(2026, 10, 5, 20, 59, 59, 500_000, tzinfo=UTC)


def record(table: Any, **values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(table.names), "switch": "s1", "call_id": "c1", "started_at": AT, **values}


def opened(rating: Rating | None = None, billed: Billed | None = None) -> Opened:
    call = record(
        CALLS, customer="acme", charge=Decimal("0.056"), currency="EUR", talk_ms=60_500, outcome="answered"
    )
    first = record(SEIZURES, seizure=1, carrier="north", cost=None, unrated="no_rate", started_at=AT)
    second = record(SEIZURES, seizure=2, carrier=None, started_at=AT + timedelta(seconds=1))
    nothing = Rating(())
    return Opened(call, rating or Rating(("step",), 3), ((first, nothing), (second, nothing)), billed)


def test_all_words_of_outcomes_and_reasons() -> None:
    assert set(outcome_words()) == set(OUTCOMES)
    assert set(unrated_words()) == set(UNRATED)


def test_times_stand_on_both_clocks() -> None:
    shown = dict(facts(opened().call, ZoneInfo("Europe/Riga")))
    assert shown["Start"] == "2026-10-05 23:59:59.500 Europe/Riga = 2026-10-05 20:59:59.500 UTC"
    assert dict(facts(opened().call, ZoneInfo("UTC")))["Start"] == "2026-10-05 20:59:59.500 UTC"


def test_what_is_unknown_is_a_dash_and_amounts_are_whole() -> None:
    shown = dict(facts(opened().call, ZoneInfo("UTC")))
    assert (shown["Codec"], shown["Duration (s)"], shown["Charge"], shown["Outcome"]) == (
        "–",
        "60.5",
        "0.056",
        "Answered",
    )
    assert text_of(Decimal("10.500")) == "10.5"


def test_tries_tell_the_day_only_where_it_is_another() -> None:
    tries = told(opened(), "Europe/Riga")["tries"]
    assert tries["columns"][2]["label"] == "Start (Europe/Riga)"
    assert [row[2] for row in tries["rows"]] == ["23:59:59.500", "2026-10-06 00:00:00.500"]


def test_each_try_has_its_rating() -> None:
    charge, first, second = told(opened(), "UTC")["ratings"]
    assert (charge["title"], charge["amount"], charge["steps"]) == ("Charge", "0.056 EUR", ["step"])
    assert (first["title"], first["amount"]) == (
        "Cost of try 1, north",
        "no prefix of the deck fits the number at that time",
    )
    assert (second["title"], second["amount"]) == ("Cost of try 2, –", "–")


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        (Rating((), 3), "By deck 3, as stored."),
        (Rating((), 3, is_newest=False), "Rated with deck 3; a newer one is in force now."),
        (Rating((), 3, agrees=False), "No deck gives what is stored"),
        (Rating(("no deck",)), ""),
    ],
)
def test_a_note_says_which_deck_and_whether_it_agrees(rating: Rating, words: str) -> None:
    note = told(opened(rating), "UTC")["ratings"][0]["note"]
    assert note.startswith(words)
    assert bool(note) == bool(words)


@pytest.mark.parametrize(
    ("customer", "billed", "text", "href"),
    [
        ("acme", None, "Not invoiced yet.", ""),
        (None, None, "The record does not tell the customer, so there is no invoice.", ""),
        ("a/b", Billed("2026-10-05", "draft", None), "In the draft for 2026-10-05", "invoices/draft/a%2Fb/2026-10-05"),
        ("acme", Billed("2026-10", "issued", "INV-2026-000001"), "INV-2026-000001 for 2026-10, issued", "invoices/INV-2026-000001"),
    ],
)  # fmt: skip
def test_the_invoice_is_named_and_linked(
    customer: str | None, billed: Billed | None, text: str, href: str
) -> None:
    assert invoice({"customer": customer}, billed) == {"text": text, "href": href}


def test_what_was_charged_before_stands_beside_the_steps() -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    before = (
        {"was": Decimal("0.056"), "currency": "EUR", "replaced_at": at},
        {"was": None, "currency": "EUR", "replaced_at": at},
    )
    note = told(opened(Rating(("step",), 3, before=before)), "UTC")["ratings"][0]["note"]
    assert (
        note
        == "By deck 3, as stored. 0.056 EUR until 2026-11-02 00:00:00 UTC. Not rated until 2026-11-02 00:00:00 UTC."
    )
