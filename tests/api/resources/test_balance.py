"""A customer's balance and statement, asked over HTTP."""

from api.conftest import ALPHAS

PATH = "/api/v1/customers/alpha"


def test_the_balance_is_what_the_command_tells(api) -> None:
    answer = api.ask("GET", f"{PATH}/balance", token="contact of alpha")
    # 400 calls at 0.0123 are 4.92, with 19 % of tax 5.85, all of it invoiced.
    assert answer.json == {
        "customer": "alpha",
        "currency": "EUR",
        "payments": "0",
        "refunded": "0",
        "invoiced": "5.85",
        "uninvoiced": "0",
        "balance": "-5.85",
        "debit_limit": "0",
        "available": "-5.85",
        "exceeded": True,
    }
    again = api.ask("GET", f"{PATH}/balance", token="admin", If_None_Match=answer.headers["ETag"])
    assert again.status == 304


def test_the_statement_comes_in_pages(api) -> None:
    whole = api.ask("GET", f"{PATH}/statement", token="contact of alpha").json["data"]
    assert [(row["what"], row["reference"], row["charged"], row["balance"]) for row in whole] == [
        ("balance before", "", "0", "0"),
        ("invoice", ALPHAS, "5.85", "-5.85"),
        ("balance", "", "0", "-5.85"),
    ]
    first = api.ask("GET", f"{PATH}/statement?limit=2", token="admin").json
    rest = api.ask("GET", f"{PATH}/statement?limit=2&cursor={first['next']}", token="admin").json
    assert [*first["data"], *rest["data"]] == whole
    assert (rest["has_more"], rest["next"]) == (False, None)


def test_a_span_of_it(api) -> None:
    query = "from=2026-10-21&to=2026-11-01"
    rows = api.ask("GET", f"{PATH}/statement?{query}", token="admin").json["data"]
    assert [(row["at"], row["what"], row["balance"]) for row in rows] == [
        ("2026-10-21T00:00:00Z", "balance before", "-5.85"),
        ("2026-11-01T00:00:00Z", "balance", "-5.85"),
    ]


def test_anothers_is_told_in_the_same_words_as_what_there_is_not(api) -> None:
    for part in ("balance", "statement"):
        one, two = (
            api.ask("GET", f"/api/v1/customers/{name}/{part}", token="contact of alpha")
            for name in ("beta", "nobody")
        )
        assert (one.status, one.body) == (404, two.body)
        assert api.ask("GET", f"/api/v1/customers/nobody/{part}", token="admin").status == 404
