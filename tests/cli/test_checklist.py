"""`tollbook checklist`, as people type it."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_json_has_what_to_do_and_the_page_that_leads_there(tollbook: Run) -> None:
    assert tollbook("checklist", "--json").json == [
        {
            "name": f"no_{kind}s",
            "words": f"No {kind}s yet",
            "remedy": f"tollbook {kind} add",
            "page": "master_data",
            "query": {"kind": kind},
        }
        for kind in ("customer", "carrier")
    ]


def test_a_table_has_a_line_each(tollbook: Run) -> None:
    head, *lines = tollbook("checklist").out.splitlines()
    assert head.split() == ["name", "words", "remedy", "page", "query"]
    assert [line.split()[0] for line in lines] == ["no_customers", "no_carriers"]
