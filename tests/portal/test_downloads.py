"""The download: the same calls as the query, the zone in its head, nothing misspelt taken for everything."""

import csv
import io
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tollbook.account.scope import Scope
from tollbook.calls.asked import query
from tollbook.calls.query import pieces
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.params import Calls
from tollbook.portal.downloads import checked, file_of
from tollbook.workspace import Workspace

ALL = {"start": "2026-10-05T00:00Z", "end": "2026-10-06T00:00Z"}


def test_the_file_is_the_query(network: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    parts, name = file_of(
        {**ALL, "outcome": "answered", "columns": "call_id,started_at", "zone": "Europe/Riga"}, Scope("admin")
    )
    rows = list(csv.DictReader(io.StringIO("".join(parts))))
    asked = query(Calls(outcome="answered"), None, None)
    ids = [i for part in pieces(Lake(network), asked, ["call_id"], customers=None) for i in part["call_id"]]
    assert [row["call_id"] for row in rows] == ids
    assert len(ids) == 409
    assert rows[0]["started_at (Europe/Riga)"] == "2026-10-06 01:25:20.000000"
    assert (
        rows[0]["started_at (UTC)"] == f"{datetime(2026, 10, 5, 22, 25, 20, tzinfo=UTC):%Y-%m-%d %H:%M:%S.%f}"
    )
    assert name == "calls-20261005T0300-20261006T0300-Europe-Riga.csv"


def test_a_misspelt_name_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown 'custmer', did you mean 'customer'"):
        checked({"custmer": "beta"})
    with pytest.raises(UsageError, match="unknown 'place'"):
        checked({"place": "after,2026-10-05"})
    with pytest.raises(UsageError, match="unknown 'customer'"):
        checked({"customer": "beta"}, lacks={"customer"})


@pytest.mark.browser
def test_the_portal_sends_it(portal: str) -> None:
    with urlopen(f"{portal}calls.csv?start=2026-10-05&end=2026-10-06&customer=beta") as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert len(answer.read().decode().splitlines()) == 1 + 10
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{portal}calls.csv?outcome=bussy")
    assert refused.value.code == 400
    assert "did you mean" in refused.value.read().decode()
