"""The page: it says what the record says, needs nothing else, and no name of a customer becomes a part of it."""

import re
from html.parser import HTMLParser

import pytest

from billing.documents.records import make_calls, make_credit, make_record, of_customer
from tollbook.billing.documents.document import Document, Look
from tollbook.billing.documents.html import html
from tollbook.billing.documents.words import words_of
from tollbook.errors import TollbookError

LOGO = ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')


def page(document: Document) -> str:
    return html(document, words_of(document)).decode()


class Outline(HTMLParser):
    """The elements of a page and whatever they would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.loaded += [
            value or "" for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}
        ]


def test_it_says_every_line_and_every_sum() -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", page(Document(make_record(), calls=make_calls(3)))).split())
    for said in (
        "INV-2026-000042",
        "Germany mobile",
        "2,185:16",
        "€67.96",
        "€512.61",
        "€97.40",
        "€610.01",
        "512.608376",
    ):
        assert said in text


def test_it_runs_nothing_and_loads_nothing() -> None:
    outline = Outline(page(Document(make_record(), calls=make_calls(3), look=Look(logo=LOGO))))
    assert {"script", "link", "iframe", "object", "embed", "form"}.isdisjoint(outline.elements)
    assert [each[:26] for each in outline.loaded] == ["data:image/svg+xml;base64,"]


def test_names_are_texts_whatever_they_hold() -> None:
    evil = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}"
    told = page(Document(make_record(customer=of_customer(name=evil, address=evil, reference=evil))))
    assert (
        Outline(told).elements
        == Outline(page(Document(make_record(customer=of_customer(address="x"))))).elements
    )
    assert "{{ 7*7 }}" in told


def test_it_reads_from_right_to_left_where_the_language_does() -> None:
    assert '<html lang="ar" dir="rtl">' in page(Document(make_record(customer=of_customer(language="ar"))))


def test_a_draft_and_a_credit_note_say_what_they_are() -> None:
    assert "Draft, not an invoice" in page(Document(make_record(number=None, issued_at=None)))
    assert "Credit note" in page(make_credit())


def test_an_own_template_changes_a_part_or_all() -> None:
    part = Look(
        html='{% extends "tollbook.html" %}{% block style %}:root { --accent: #7a1f3d }{% endblock %}'
    )
    assert "--accent: #7a1f3d" in page(Document(make_record(), look=part))
    assert page(Document(make_record(), look=Look(html="{{ it.buyer.name }}"))) == "ACME Telekom AG"


@pytest.mark.parametrize("template", ["{{ it.nothing }}", "{% if %}", "{{ it.__class__.__mro__ }}"])
def test_a_template_that_is_wrong_is_an_error_of_the_invoice(template: str) -> None:
    with pytest.raises(TollbookError, match="the page of INV-2026-000042 cannot be laid out"):
        page(Document(make_record(), look=Look(html=template)))
