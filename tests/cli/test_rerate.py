"""`tollbook rerate` and `tollbook charges`, as people type them."""

from collections.abc import Callable

from cli.conftest import Printed
from tollbook.workspace import Workspace

Command = Callable[..., Printed]
RUN = ("invoice", "run", "--view", "monthly", "--period", "2026-10")


def test_rerate_tells_then_does_and_charges_lists_what_was_replaced(
    charged: Workspace, repriced: Callable[..., None], tollbook: Command
) -> None:
    assert tollbook(*RUN).code == 0
    repriced("0.012", "0.020")
    dry = tollbook("--json", "rerate", "--dry-run", "--customer", "acme", "--from", "2026-10-01").json
    assert (dry["calls"], dry["changed"], dry["difference"]) == (6, 5, "-0.044")
    assert tollbook("--json", "charges").json == []
    done = tollbook("--json", "rerate", "--reason", "as agreed")
    assert done.code == 0
    assert [(note["number"], note["exact"], note["total"]) for note in done.json["notes"]] == [
        ("CRN-2026-000001", "-0.044", "0.06")
    ]
    (row,) = tollbook("--json", "charges", "--call", "0").json
    assert (row["was"], row["now"], row["run"], row["deck"]) == ("0.056", "0.04", 1, 2)
    verified = tollbook("--json", "invoice", "verify", "INV-2026-000001")
    assert verified.code == 0
    assert verified.err == "INV-2026-000001: the data has changed since; CRN-2026-000001 tells of it\n"
    assert tollbook("invoice", "verify", "CRN-2026-000001").code == 0
    assert tollbook("--json", "rerate").json["notes"] == []


def test_a_deck_that_lacks_a_prefix_takes_no_charge_away(charged: Workspace, tollbook: Command) -> None:
    deck = charged.home / "deck.csv"
    deck.write_text("prefix,destination,rate_per_min\n33,France,0.01\n")
    assert tollbook("deck", "import", deck, "--customer", "acme").code == 0
    done = tollbook("--json", "rerate")
    assert (done.json["changed"], done.json["without_price"][0]["records"]) == (0, 2)
    assert "5 records have no price by the decks of now, and keep the one that they have" in done.err


def test_what_can_not_be_is_refused(charged: Workspace, tollbook: Command) -> None:
    assert tollbook("rerate", "--customer", "quiet").code == 2
    assert tollbook("rerate", "--from", "yesterday").code == 2
    assert tollbook("charges", "--run", "0").code == 2
