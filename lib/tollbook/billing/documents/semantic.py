"""An invoice in the terms of EN 16931: the business terms (BT) and groups (BG) of which every syntax is made."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tollbook.billing.documents.document import (
    EXEMPT,
    EXPORT,
    OUTSIDE,
    REVERSE_CHARGE,
    Document,
)
from tollbook.billing.record import Buyer, Line, Place, Seller
from tollbook.language import later, tr
from tollbook.money import minor_digits, plain

WHY_NO_TAX: Final[Mapping[str, str]] = {
    REVERSE_CHARGE: later("Reverse charge: the customer accounts for the VAT."),
    EXPORT: later("Service to a customer outside the EU: not taxed."),
    EXEMPT: later("Exempt from VAT."),
    OUTSIDE: later("Not subject to VAT."),
}
"""Reason by category, where the customer's own says nothing else."""
_VATEX: Final = {REVERSE_CHARGE: "VATEX-EU-AE", EXPORT: "VATEX-EU-G", OUTSIDE: "VATEX-EU-O"}
_EACH: Final = "C62"
"""Unit of UN/ECE Recommendation 20: a piece. A line adds calls each rounded by itself, so it has no price a minute."""
MOST_DECIMALS: Final = 2
_SEPA: Final = "58"
_TRANSFER: Final = "30"


def business_terms(document: Document) -> dict[str, Any]:
    """The terms by their number, amounts as text, dates as dates, in the language in use. Nothing here knows XML."""
    record = document.record
    reason = document.preceding.reason if document.preceding else ""
    terms: dict[str, Any] = {
        "BT-1": record.number,
        "BT-2": document.issued_on,
        "BT-3": document.type_code,
        "BT-5": record.currency,
        "BT-9": document.due_on,
        "BT-10": record.customer.reference,
        "BT-23": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        "BT-72": document.last_day,
        "BT-73": record.period.start.date(),
        "BT-74": document.last_day,
        "BG-1": [{"BT-22": reason}] if reason else [],
        "BG-3": _preceding(document),
        "BG-4": _seller(document),
        "BG-7": _buyer(document),
        "BG-23": [_tax(document)],
        "BG-25": [_line(document, *numbered) for numbered in enumerate(record.lines, start=1)],
        **_payment(document),
        **_sums(document),
    }
    return {name: value for name, value in terms.items() if value}


def _preceding(document: Document) -> list[dict[str, Any]]:
    before = document.preceding
    return [{"BT-25": before.number, "BT-26": before.issued_on}] if before else []


def _amount(document: Document, value: Decimal) -> str:
    """An amount as text in the currency's minor unit, of which two decimals at most are told."""
    places = min(minor_digits(document.record.currency), MOST_DECIMALS)
    return f"{value:.{places}f}"


def _sums(document: Document) -> dict[str, str]:
    record = document.record
    net, tax, total = (_amount(document, value) for value in (record.net, record.tax, record.total))
    return {"BT-106": net, "BT-109": net, "BT-110": tax, "BT-112": total, "BT-115": total}


def _tax(document: Document) -> dict[str, str]:
    record, category = document.record, document.tax_category
    terms = {
        "BT-116": _amount(document, record.net),
        "BT-117": _amount(document, record.tax),
        "BT-118": category,
        "BT-119": plain(record.tax_rate or Decimal(0)),
    }
    if category in WHY_NO_TAX:
        terms["BT-120"] = record.customer.tax_note or tr(WHY_NO_TAX[category])
    if category in _VATEX:
        terms["BT-121"] = _VATEX[category]
    return terms


def _rate(document: Document) -> dict[str, str]:
    """The rate of a line in percent. What is outside the scope of VAT has none, which is not 0 (BR-O-05)."""
    return (
        {} if document.tax_category == OUTSIDE else {"BT-152": plain(document.record.tax_rate or Decimal(0))}
    )


def _line(document: Document, number: int, line: Line) -> dict[str, Any]:
    net = _amount(document, line.net)
    terms: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": "-1" if line.net < 0 else "1",
        "BT-130": _EACH,
        "BT-131": net,
        "BT-146": net.lstrip("-"),
        "BT-151": document.tax_category,
        **_rate(document),
        "BT-153": _item(document, line),
        "BG-32": [{"BT-160": name, "BT-161": value} for name, value in _attributes(document, line)],
    }
    if line.day:
        terms |= {"BT-134": line.day, "BT-135": line.day}
    return terms


def _item(document: Document, line: Line) -> str:
    if document.record.is_amount(line) and not line.part_of:
        return tr("Amount of no line") if line.net > 0 else tr("Credited before")
    if line.day:
        told = tr("Calls on {day}").format(day=line.day)
    else:
        told = tr("Calls to {destination}").format(destination=line.destination or "–")
    return tr("{what} (adjusts {number})").format(what=told, number=line.adjusts) if line.adjusts else told


def _attributes(document: Document, line: Line) -> Iterator[tuple[str, str]]:
    if not document.record.is_amount(line):
        yield tr("Calls"), str(line.rerated or line.calls)
        yield tr("Seconds billed"), str(line.billed_s)
    if line.rate_per_min is not None:
        yield tr("Rate a minute"), plain(line.rate_per_min)
    yield tr("Exact charge"), plain(line.exact)


def _payment(document: Document) -> dict[str, str]:
    """Where a transfer goes; of a credit note, as of any, XRechnung wants to know."""
    seller = document.seller
    if document.preceding and document.is_credit:
        told = tr("Credits invoice {number}")
        if document.record.is_difference or document.record.is_part:
            told = tr("Corrects invoice {number}")
        terms = {"BT-20": told.format(number=document.preceding.number)}
    else:
        terms = (
            {} if seller.iban else {"BT-20": tr("Due in {days} days").format(days=document.record.due_days)}
        )
    if not seller.iban:
        return terms
    means = _SEPA if document.record.currency == "EUR" else _TRANSFER
    where = {"BT-81": means, "BT-84": seller.iban.replace(" ", ""), "BT-85": seller.name}
    return {**terms, **where, "BT-83": document.record.number or "", "BT-86": seller.bic}


def _seller(document: Document) -> dict[str, Any]:
    seller = document.seller
    contact = {"name": _contact(seller), "phone": seller.phone, "email": seller.email}
    told = {
        "name": seller.name,
        "legal_identifier": seller.registration,
        "contacts": [{key: value for key, value in contact.items() if value}]
        if any(contact.values())
        else [],
        **_place(seller, seller.address, document),
    }
    return {name: value for name, value in told.items() if value}


def _contact(seller: Seller) -> str:
    return next(iter(seller.contact.splitlines()), "")


def _buyer(document: Document) -> dict[str, Any]:
    buyer: Buyer = document.record.customer
    told = {"name": buyer.name, **_place(buyer, buyer.address, document)}
    return {name: value for name, value in told.items() if value}


def _place(place: Place, address: str, document: Document) -> dict[str, str]:
    scheme, _, value = place.endpoint.partition(":")
    lines = [line for line in address.splitlines() if not _is_city(line, place)]
    told = {f"addr_l{number}": line for number, line in enumerate(lines[:3], start=1)}
    told |= {"city": place.city, "postcode": place.postcode, "country_code": place.country}
    if place.endpoint:
        told |= {"einvoicing_addr": value, "einvoicing_addr_schemeid": scheme}
    if document.tax_category != OUTSIDE:  # BR-O-02: such an invoice tells no VAT number
        told["vat_identifier"] = place.tax_id
    return told


def _is_city(line: str, place: Place) -> bool:
    """The line of the address that a postcode and a city of their own stand for."""
    return bool(place.city) and place.city in line and place.postcode in line
