"""`invoices`."""

import pytest

PATH = "/api/v1/invoices"
ALPHAS, BETAS = "INV-2026-000001", "INV-2026-000002"


def numbers(api, token: str, query: str = "") -> list[str | None]:
    answer = api.ask("GET", f"{PATH}{query}", token=token)
    assert answer.status == 200, answer.text
    return [row["number"] for row in answer.json["data"]]


def test_an_operator_has_all_and_a_contact_its_own_once_they_are_issued(api) -> None:
    assert numbers(api, "admin") == [ALPHAS, BETAS, None]
    assert numbers(api, "contact of alpha") == [ALPHAS]
    assert numbers(api, "contact of alpha", "?status=draft") == []
    assert numbers(api, "beta", "?customer=alpha") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?customer=alpha", [ALPHAS, None]),
        ("?customer=alpha&customer=beta&status=issued", [ALPHAS, BETAS]),
        ("?status=draft", [None]),
        ("?status=paid&status=credited", []),
        ("?period=2026-10", [None]),
        ("?period=2026-W41", []),
        ("?issued_since=2026-10-20", [ALPHAS, BETAS]),
        ("?issued_since=2026-10-20T00:00:01Z", []),
    ],
)
def test_it_can_be_asked_for_some(api, query: str, found: list[str | None]) -> None:
    assert numbers(api, "admin", query) == found


@pytest.mark.parametrize("query", ["?status=gone", "?period=yesterday", "?issued_since=x", "?limit=0"])
def test_what_cannot_be_asked_is_refused(api, query: str) -> None:
    assert api.ask("GET", f"{PATH}{query}", token="admin").status == 400


def test_a_row_tells_money_as_text(api) -> None:
    row = api.ask("GET", f"{PATH}?customer=beta", token="admin").json["data"][0]
    assert {name: row[name] for name in ("net", "tax", "total", "exact_charge", "rounding")} == {
        "net": "0.11",
        "tax": "0.02",
        "total": "0.13",
        "exact_charge": "0.1107",
        "rounding": "-0.0007",
    }
    assert row["issued_at"] == "2026-10-20T00:00:00Z"


def test_a_contact_has_every_figure_and_not_what_it_was_computed_with(api) -> None:
    whole = api.ask("GET", f"{PATH}/{ALPHAS}", token="admin").json
    assert whole["source"]["calls"] == 1000
    theirs = api.ask("GET", f"{PATH}/{ALPHAS}", token="contact of alpha").json
    assert theirs == {name: value for name, value in whole.items() if name != "source"}


@pytest.mark.parametrize(
    ("ending", "media"), [("pdf", "application/pdf"), ("html", "text/html; charset=UTF-8")]
)
def test_its_files_are_there_and_each_download_is_in_the_audit(api, ending: str, media: str) -> None:
    answer = api.ask("GET", f"{PATH}/{ALPHAS}.{ending}", token="contact of alpha")
    assert (answer.status, answer.headers["Content-Type"]) == (200, media)
    assert b"alpha" in answer.body
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{ALPHAS}.{ending}"'
    assert api.audited()[-1] == ("al", "export", f"{PATH}/{ALPHAS}.{ending}", "done")


def test_a_file_that_was_not_made_is_not_there(api) -> None:
    for name in (
        f"{ALPHAS}.xml",
        f"{ALPHAS}.csv",
        "INV-2026-000009.pdf",
        "..%2F..%2Ftollbook.db.pdf",
        f"{ALPHAS}.json",
    ):
        assert api.ask("GET", f"{PATH}/{name}", token="admin").status == 404
