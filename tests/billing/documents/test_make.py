"""Every document at once: the same bytes for the same record, and nothing asked of anybody."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest

from billing.documents.records import SELLER, make_calls, make_credit, make_record, of_customer
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.make import NAMES, absent_of, documents


def test_an_invoice_has_every_document() -> None:
    assert tuple(documents(Document(make_record(), calls=make_calls(3)))) == NAMES


def test_a_draft_has_no_electronic_invoice_and_without_calls_there_is_no_list_of_them() -> None:
    draft = Document(make_record(number=None, issued_at=None))
    assert tuple(documents(draft)) == ("invoice.pdf", "invoice.html", "lines.csv")


@pytest.mark.parametrize(
    "document", [Document(make_record(), calls=make_calls(3)), make_credit()], ids=["380", "381"]
)
def test_the_same_record_gives_the_same_bytes(document: Document) -> None:
    again = Document(
        type(document.record).model_validate_json(document.record.text), document.preceding, document.calls
    )
    assert documents(document) == documents(again)


def test_nothing_is_asked_of_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a document was about to ask another machine for something")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)
    for document in (Document(make_record(), calls=make_calls(3)), make_credit()):
        assert "ubl.xml" in documents(document)


def test_what_is_left_out_is_told_by_name(tmp_path: Path) -> None:
    record = make_record(customer=of_customer(reference=""), seller=SELLER.model_copy(update={"phone": ""}))
    (tmp_path / "calls.csv").touch()
    assert absent_of(record, tmp_path) == [
        "ubl.xml: customer acme has no reference",
        "xrechnung.xml: customer acme has no reference; params/company.yml has no phone",
    ]
    assert set(documents(Document(record))) == {"invoice.pdf", "invoice.html", "invoice.xml", "lines.csv"}


def test_calls_that_could_not_be_had_are_told(tmp_path: Path) -> None:
    assert absent_of(make_record(), tmp_path) == [
        "calls.csv: the calls are not any more what the invoice was made of"
    ]
