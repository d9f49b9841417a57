"""`summary`."""

PATH = "/api/v1/summary"
OF_COST = {"cost", "profit", "profit_ratio", "cost_unrated"}


def rows(api, token: str, query: str = ""):
    answer = api.ask("GET", f"{PATH}{query}", token=token)
    assert answer.status == 200, answer.text
    return answer.json["data"]


def test_a_row_is_that_of_the_command(api) -> None:
    alpha = rows(api, "admin")[0]
    assert alpha == {
        "customer": "alpha",
        "view": "daily",
        "start": "2026-10-05T00:00:00Z",
        "end": "2026-10-06T00:00:00Z",
        "attempts": 1000,
        "answers": 400,
        "asr": 400 / 1000,
        "acd_s": 60.0,
        "talk_s": 400 * 60.0,
        "billed_s": 400 * 60,
        "charge": "4.92",
        "cost": "2.46",
        "profit": "2.46",
        "profit_ratio": 0.5,
        "currency": "EUR",
        "unrated": 0,
        "invoice": "INV-2026-000001",
        "cost_unrated": 0,
    }


def test_a_contact_has_its_own_rows_and_nothing_of_cost(api) -> None:
    for token, customer in (("contact of alpha", "alpha"), ("contact of beta", "beta"), ("beta", "beta")):
        (row,) = rows(api, token)
        assert row["customer"] == customer
        assert OF_COST & set(row) == set()
        assert rows(api, token, f"?customer={'beta' if customer == 'alpha' else 'alpha'}") == []
        assert rows(api, token, f"?customer={customer}") == [row]


def test_it_can_be_asked_for_a_view_and_a_span(api) -> None:
    assert [row["view"] for row in rows(api, "admin", "?view=monthly")] == ["monthly"] * 2
    assert rows(api, "admin", "?from=2026-10-06") == []
    assert len(rows(api, "admin", "?from=2026-10-05T23:00Z&to=2026-10-06")) == 2
    assert rows(api, "admin", "?to=2026-10-05") == []
    assert rows(api, "admin", "?view=live") == []


def test_a_view_that_there_is_not_is_refused(api) -> None:
    assert api.ask("GET", f"{PATH}?view=yearly", token="admin").status == 400
