"""An invoice in business terms."""

from datetime import date

import pytest

from billing.documents.records import SELLER, make_credit, make_part, make_record, of_customer
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.semantic import business_terms
from tollbook.language import speaking


def test_a_line_is_one_piece_at_its_net_as_calls_are_rounded_each_by_itself() -> None:
    line = business_terms(Document(make_record()))["BG-25"][1]
    assert {name: line[name] for name in ("BT-126", "BT-129", "BT-131", "BT-146", "BT-151", "BT-152", "BT-153")} == {
        "BT-126": "2", "BT-129": "1", "BT-131": "67.96", "BT-146": "67.96",
        "BT-151": "S", "BT-152": "19", "BT-153": "Calls to Latvia",
    }  # fmt: skip
    assert {each["BT-160"]: each["BT-161"] for each in line["BG-32"]} == {
        "Calls": "907", "Seconds billed": "131116", "Rate a minute": "0.0311", "Exact charge": "67.961793",
    }  # fmt: skip


def test_a_line_is_named_in_the_language_in_use_and_tells_what_it_adjusts() -> None:
    line = make_record().lines[1].model_copy(update={"adjusts": "INV-2026-000041"})
    with speaking("de"):
        told = business_terms(Document(make_record(lines=(line,))))["BG-25"][0]["BT-153"]
    assert told == "Anrufe nach Latvia (berichtigt INV-2026-000041)"


def test_an_amount_of_a_note_of_a_part_counts_no_calls() -> None:
    told = business_terms(make_part())["BG-25"]
    assert [line["BT-153"] for line in told] == ["Calls to Latvia", "Calls to UK", "Credited before"]
    assert [each["BT-160"] for each in told[1]["BG-32"]] == ["Rate a minute", "Exact charge"]
    assert (told[2]["BT-129"], told[2]["BT-131"], told[2]["BT-146"]) == ("-1", "-7.00", "7.00")


def test_the_period_is_told_by_its_first_and_its_last_day() -> None:
    terms = business_terms(Document(make_record()))
    assert [terms[name] for name in ("BT-73", "BT-74", "BT-72")] == [
        *(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))
    ]


def test_the_city_has_its_own_place_and_stands_once() -> None:
    assert {
        name: value
        for name, value in business_terms(Document(make_record()))["BG-7"].items()
        if "addr_l" in name
    } == {"addr_l1": "Invalidenstraße 3"}


def test_what_is_outside_the_scope_of_vat_tells_no_vat_number_and_no_rate_of_a_line() -> None:
    terms = business_terms(Document(make_record(tax_rate=None)))
    assert "vat_identifier" not in terms["BG-4"] | terms["BG-7"]
    assert "BT-152" not in terms["BG-25"][0]
    assert terms["BG-23"][0]["BT-121"] == "VATEX-EU-O"


def test_a_reason_of_its_own_goes_before_the_usual_one() -> None:
    record = make_record(tax_rate=None, customer=of_customer(tax_category="E", tax_note="Section 4 No 11"))
    assert business_terms(Document(record))["BG-23"][0]["BT-120"] == "Section 4 No 11"


def test_a_credit_note_names_what_it_takes_back_and_why() -> None:
    terms = business_terms(make_credit())
    assert terms["BG-3"] == [{"BT-25": "INV-2026-000042", "BT-26": date(2026, 11, 2)}]
    assert terms["BG-1"] == [{"BT-22": "Wrong rate for Latvia"}]
    assert "BT-9" not in terms


@pytest.mark.parametrize(("currency", "means"), [("EUR", "58"), ("JPY", "30")])
def test_euros_go_by_sepa_and_others_by_transfer(currency: str, means: str) -> None:
    assert business_terms(Document(make_record(currency)))["BT-81"] == means


def test_without_an_account_the_terms_are_told_in_words() -> None:
    record = make_record(seller=SELLER.model_copy(update={"iban": ""}))
    terms = business_terms(Document(record))
    assert (terms["BT-20"], terms.get("BT-81")) == ("Due in 14 days", None)
