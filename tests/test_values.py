"""How values are written in parameters and addresses."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from tollbook.errors import UsageError
from tollbook.values import InvoiceStates, joined, parse_back, separated, without


@pytest.mark.parametrize(
    ("text", "meant"),
    [("-24h", timedelta(hours=24)), ("-7d", timedelta(days=7)), ("7d", None), ("-7w", None), ("", None)],
)
def test_a_span_back_from_the_end(text, meant):
    assert parse_back(text) == meant


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a,b"),
        (["UK, mobile", "b"], '"UK, mobile",b'),
        (['say "x"'], '"say ""x"""'),
    ],
)
def test_a_list_in_one_text_comes_back(names, text):
    assert joined(names) == text
    assert separated(text) == names


def test_a_list_without_what_a_reader_lacks_has_none_of_its_graphs_or_lines():
    assert without("carrier,asr:customer,cost", {"customer", "cost"}) == "carrier"


def test_a_state_of_invoices_that_is_none_is_refused_with_the_nearest():
    adapter = TypeAdapter(InvoiceStates)
    assert adapter.validate_python("paid,overdue") == "paid,overdue"
    with pytest.raises(UsageError, match="unknown state 'payed', did you mean 'paid'"):
        adapter.validate_python("payed")
