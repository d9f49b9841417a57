"""Electronic invoices of every kind, held against the schema and the rules of their profile."""

import re
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from billing.documents.records import (
    SELLER,
    make_credit,
    make_difference,
    make_part,
    make_record,
    of_customer,
)
from billing.documents.schematron import broken
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.einvoice import (
    FACTURX,
    PEPPOL,
    XRECHNUNG,
    Profile,
    einvoice,
    lacking,
    profiles_of,
)
from tollbook.billing.record import Line, Record, totals

RULES = {FACTURX: ("factur-x",), PEPPOL: ("en16931-ubl", "peppol"), XRECHNUNG: ("en16931-ubl", "xrechnung")}
ABROAD = {"country": "FR", "tax_id": "FR12345678901", "endpoint": "9957:FR12345678901"}
OVERSEAS = {"country": "US", "tax_id": ""}


def by_day() -> Record:
    record = make_record(grouping="day")
    lines = [
        Line(day=day.day, calls=day.calls, billed_s=day.billed_s, exact=day.charge, net=round(day.charge, 2))
        for day in record.usage
    ]
    sums = totals([line.exact for line in lines], [line.net for line in lines], Decimal(19), "EUR")
    return record.model_copy(update={"lines": tuple(lines), **sums})


def with_a_negative_line() -> Record:
    """A late correction takes back more than half of what the period's calls cost."""
    record = make_record()
    less = Line(
        destination="Correction", calls=1, billed_s=0, exact=Decimal("-300.5"), net=Decimal("-300.50")
    )
    lines = (*record.lines, less)
    sums = totals([line.exact for line in lines], [line.net for line in lines], Decimal(19), "EUR")
    return record.model_copy(update={"lines": lines, **sums})


def in_dinars() -> Record:
    """Amounts of the three-decimal currency that end in 0: EN 16931 has room for them."""
    line = Line(destination="Kuwait", calls=2, billed_s=120, exact=Decimal("1.2301"), net=Decimal("1.230"))
    return make_record("KWD", "0", lines=(line,), **totals([line.exact], [line.net], Decimal(0), "KWD"))


DOCUMENTS = {
    "standard rate": Document(make_record()),
    "a line a day": Document(by_day()),
    "a negative line": Document(with_a_negative_line()),
    "credit note": make_credit(),
    "credit note, reverse charge": make_credit(
        tax_rate=None, customer=of_customer(tax_category="AE", **ABROAD)
    ),
    "credit note of a difference": make_difference(),
    "credit note of a part": make_part(),
    "debit note": make_difference("debit_note"),
    "debit note, reverse charge": make_difference(
        "debit_note", tax_rate=None, customer=of_customer(tax_category="AE", **ABROAD)
    ),
    "reverse charge": Document(make_record(tax_rate=None, customer=of_customer(tax_category="AE", **ABROAD))),
    "zero rated": Document(make_record(tax_rate="0")),
    "outside the scope": Document(make_record(tax_rate=None, customer=of_customer(**OVERSEAS))),
    "export": Document(make_record(tax_rate=None, customer=of_customer(tax_category="G", **OVERSEAS))),
    "exempt": Document(
        make_record(tax_rate=None, customer=of_customer(tax_category="E", tax_note="Section 4 No 11"))
    ),
    "no decimals": Document(make_record("JPY", "10")),
    "three decimals": Document(in_dinars()),
    "another language": Document(
        make_record(customer=of_customer(name="東京 & <Söhne> שלום", language="ar"))
    ),
}


@pytest.mark.parametrize("profile", RULES, ids=lambda profile: profile.label)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_keeps_every_rule_of_its_profile(name: str, profile: Profile) -> None:
    document = DOCUMENTS[name]
    assert lacking(document, profile) == []
    assert broken(einvoice(document, profile), *RULES[profile]) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ("<cbc:TaxExclusiveAmount currencyID='EUR'>500.00<", "BR-CO-13"),
        ("<cbc:CustomizationID>urn:cen.eu:en16931:2017<", "PEPPOL-EN16931-R004"),
    ],
)
def test_the_rules_see_what_is_wrong(changed: str, rule: str) -> None:
    xml = einvoice(DOCUMENTS["standard rate"], PEPPOL).decode()
    element = re.match(r"<([\w:]+)", changed)
    assert element
    wrong = re.sub(rf"<{element[1]}[ >][^<]*<", changed, xml, count=1)
    assert wrong != xml
    assert any(found.startswith(rule) for found in broken(wrong.encode(), *RULES[PEPPOL]))


def test_xrechnung_rules_see_a_missing_reference() -> None:
    document = Document(make_record(customer=of_customer(reference="")))
    assert any(found.startswith("BR-DE-15") for found in broken(einvoice(document, XRECHNUNG), "xrechnung"))


def values(document: Document, profile: Profile) -> dict[str, str]:
    root = etree.fromstring(einvoice(document, profile))
    return {
        etree.QName(node).localname: (node.text or "") for node in root.iter() if isinstance(node.tag, str)
    }


def test_it_says_the_figures_of_the_record() -> None:
    told = values(DOCUMENTS["standard rate"], FACTURX)
    figures = (
        "LineTotalAmount",
        "TaxBasisTotalAmount",
        "TaxTotalAmount",
        "GrandTotalAmount",
        "DuePayableAmount",
    )
    assert [told[name] for name in figures] == ["512.61", "512.61", "97.40", "610.01", "610.01"]


def test_a_credit_note_names_the_invoice_and_its_own_type() -> None:
    xml = einvoice(make_credit(), FACTURX).decode()
    assert "<ram:TypeCode>381</ram:TypeCode>" in xml
    assert "<ram:IssuerAssignedID>INV-2026-000042</ram:IssuerAssignedID>" in xml
    assert etree.QName(etree.fromstring(einvoice(make_credit(), PEPPOL))).localname == "CreditNote"


def test_a_note_of_a_difference_names_the_invoice_and_its_own_type() -> None:
    for kind, code, root in (("credit_note", "381", "CreditNote"), ("debit_note", "383", "Invoice")):
        document = make_difference(kind)
        xml = einvoice(document, FACTURX).decode()
        assert f"<ram:TypeCode>{code}</ram:TypeCode>" in xml
        assert "<ram:IssuerAssignedID>INV-2026-000042</ram:IssuerAssignedID>" in xml
        ubl = einvoice(document, PEPPOL).decode()
        assert etree.QName(etree.fromstring(ubl.encode())).localname == root
        assert f"TypeCode>{code}<" in ubl
        assert "<cbc:ID>INV-2026-000042</cbc:ID>" in ubl
    assert "TypeCode>380<" in einvoice(make_difference("debit_note"), XRECHNUNG).decode()  # it knows no 383


def test_profiles_call_themselves_by_their_own_name() -> None:
    for profile in RULES:
        assert profile.identifier in einvoice(DOCUMENTS["standard rate"], profile).decode()


def test_xrechnung_is_for_customers_in_germany_and_a_draft_is_no_invoice() -> None:
    assert profiles_of(DOCUMENTS["standard rate"]) == (FACTURX, PEPPOL, XRECHNUNG)
    assert profiles_of(DOCUMENTS["reverse charge"]) == (FACTURX, PEPPOL)
    assert profiles_of(Document(make_record(number=None, issued_at=None))) == ()


@pytest.mark.parametrize(
    ("seller", "customer", "rate", "profile", "why"),
    [
        ({"country": ""}, {}, "19", FACTURX, "params/company.yml has no country"),
        ({}, {"country": ""}, "19", FACTURX, "customer acme has no country"),
        ({"tax_id": "123"}, {}, "19", FACTURX, "params/company.yml has no VAT number with its country in front (tax_id)"),
        ({}, {"tax_category": "AE", "tax_id": ""}, None, FACTURX,
         "customer acme has no VAT number with its country in front (tax_id)"),
        ({}, {"tax_category": "AE"}, "19", FACTURX, "tax category AE takes no tax, and there is a tax rate"),
        ({}, {"tax_category": "S"}, None, FACTURX, "tax category S needs a tax rate"),
        ({}, {"tax_category": "X"}, None, FACTURX, "tax category X is none of S, Z, E, AE, G, O"),
        ({}, {"endpoint": ""}, "19", PEPPOL, "customer acme has no endpoint"),
        ({}, {"reference": ""}, "19", XRECHNUNG, "customer acme has no reference"),
        ({"phone": ""}, {}, "19", XRECHNUNG, "params/company.yml has no phone"),
    ],
)  # fmt: skip
def test_what_a_profile_lacks_is_told(
    seller: dict[str, Any], customer: dict[str, Any], rate: str | None, profile: Profile, why: str
) -> None:
    record = make_record(
        tax_rate=rate, seller=SELLER.model_copy(update=seller), customer=of_customer(**customer)
    )
    assert lacking(Document(record), profile) == [why]


def test_three_decimals_that_are_not_0_have_no_room() -> None:
    assert lacking(Document(make_record("KWD", "0")), FACTURX) == [
        "its amounts in KWD have three decimals, and EN 16931 has room for two"
    ]
