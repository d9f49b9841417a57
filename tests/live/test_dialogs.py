"""What Kamailio and OpenSIPS have in common."""

from tollbook.live.dialogs import dialogs
from tollbook.switches import Source

SOURCE = Source(name="s1", kind="kamailio", address="http://127.0.0.1/RPC")


def test_variables_are_a_list_of_maps_and_empty_ones_are_none() -> None:
    listed = [
        {"call-id": "a", "state": 1, "init_ts": 1795397700, "v": [{"customer": "acme"}, {"carrier": ""}]},
        {"call-id": "b", "state": "5"},
        "noise",
    ]
    (row,) = dialogs(SOURCE, listed, "call-id", "init_ts", "start_ts", lambda one: one.get("v"))
    assert (row["call_id"], row["state"], row["begun"]) == ("a", "1", "1795397700")
    assert (row["customer"], row["carrier"], row["confirmed"]) == ("acme", None, None)
