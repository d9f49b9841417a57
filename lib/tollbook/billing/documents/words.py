"""All that a document says, in the customer's language: templates lay it out and write nothing of their own."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Final

from babel import Locale
from segno.helpers import make_epc_qr

from tollbook.billing.documents.detail import Pairs, Words, calls, exact, proof, usage
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.isolate import isolated
from tollbook.billing.documents.semantic import WHY_NO_TAX
from tollbook.billing.documents.written import Written
from tollbook.billing.record import Buyer, Line, Place, Record, Seller
from tollbook.language import current, direction, speaking, tr

_MOST_SEPA: Final = Decimal("999999999.99")


def words_of(document: Document) -> Words:
    """The words by place, texts throughout, ready to be laid out.

    Raises:
        UsageError: the customer's language is none of ours.
    """
    language = document.record.customer.language
    with speaking(language):
        write = Written(language, document.record.currency)
        words = {
            "language": write.language,
            "direction": direction(write.language),
            "country": document.record.customer.country,
            "draft": tr("Draft, not an invoice") if document.record.number is None else "",
            "title": _title(document),
            "number": document.record.number or "",
            "seller": _seller(document),
            "buyer": _buyer(document),
            "facts": _facts(document, write),
            "due": _due(document, write),
            "lines": _lines(document, write),
            "totals": _totals(document, write),
            "notes": list(_notes(document)),
            "payment": _payment(document),
            "usage": usage(document, write),
            "exact": exact(document, write),
            "proof": proof(document, write),
            "calls": calls(document, write),
            "page": tr("Page {page} of {pages}"),
        }
    return isolated(words) if words["direction"] == "rtl" else words


def _title(document: Document) -> str:
    if document.preceding:
        return tr("Credit note") if document.is_credit else tr("Debit note")
    return tr("Invoice") if document.record.number else tr("Draft")


def _seller(document: Document) -> Words:
    return seller_of(document.seller, document.record.customer)


def seller_of(seller: Seller, buyer: Place) -> Words:
    """Who sends a document."""
    registered = [tr("VAT number {number}").format(number=seller.tax_id)] if seller.tax_id else []
    registered += [seller.registration] if seller.registration else []
    contact = [*seller.contact.splitlines(), seller.phone, seller.email]
    return {
        "name": seller.name,
        "address": [*seller.address.splitlines(), *_country(seller, buyer.country)],
        "contact": list(dict.fromkeys(filter(None, contact))),
        "registered": registered,
    }


def _buyer(document: Document) -> Words:
    return customer_of(document.record.customer, document.seller)


def customer_of(buyer: Buyer, seller: Seller) -> Words:
    """Whom a document is for."""
    return {
        "heading": tr("Customer"),
        "name": buyer.name,
        "address": [*buyer.address.splitlines(), *_country(buyer, seller.country)],
        "tax": tr("VAT number {number}").format(number=buyer.tax_id) if buyer.tax_id else "",
    }


def _country(place: Place, other: str) -> list[str]:
    """The country's name, where the parties are in two."""
    if not place.country or place.country == other:
        return []
    return [Locale.parse(current()).territories.get(place.country, place.country)]


def _facts(document: Document, write: Written) -> Pairs:
    record, before = document.record, document.preceding
    known = [
        (tr("Date"), write.day(document.issued_on) if document.issued_on else ""),
        (tr("Due"), write.day(document.due_on) if document.due_on else ""),
        (_relation(document), before.number if before else ""),
        (tr("Reason"), before.reason if before else ""),
        (tr("Period"), write.days(record.period.start.date(), document.last_day)),
        (tr("Customer number"), record.customer.id),
        (tr("Your reference"), record.customer.reference),
    ]
    return [(label, text) for label, text in known if text]


def _relation(document: Document) -> str:
    """What a note does to the invoice that it names."""
    record = document.record
    is_whole = document.is_credit and not (record.is_difference or record.is_part)
    return tr("Credits invoice") if is_whole else tr("Corrects invoice")


def _due(document: Document, write: Written) -> Words:
    label = tr("Amount credited") if document.is_credit else tr("Amount due")
    by = tr("Please pay by {day}").format(day=write.day(document.due_on)) if document.due_on else ""
    return {"label": label, "amount": write.money(document.record.total), "by": by}


def _lines(document: Document, write: Written) -> Words:
    record = document.record
    by_day = record.grouping == "day"
    unrated = by_day or record.is_difference
    first = tr("Day") if by_day else tr("Destination")
    heads = [first, *([] if unrated else [tr("Rate a minute")]), tr("Calls"), tr("Minutes"), tr("Net")]
    what = [_what(line, write, record) for line in record.lines]
    columns: list[Sequence[str]] = [
        what,
        *([] if unrated else [write.aligned([line.rate_per_min for line in record.lines])]),
        ["–" if record.is_amount(line) else write.count(line.rerated or line.calls) for line in record.lines],
        ["–" if record.is_amount(line) else write.minutes(line.billed_s) for line in record.lines],
        [write.money(line.net) for line in record.lines],
    ]
    heading = tr("Calls and minutes")
    return {"heading": heading, "heads": heads, "rows": [list(row) for row in zip(*columns, strict=True)]}


def _what(line: Line, write: Written, record: Record) -> str:
    """What a line is for; one that adjusts an earlier invoice names that, unless the document does."""
    if record.is_amount(line) and not line.part_of:
        return tr("Amount of no line") if line.net > 0 else tr("Credited before")
    told = write.day(line.day) if line.day else line.destination or "–"
    if not line.adjusts or record.is_difference:
        return told
    return tr("{what} (adjusts {number})").format(what=told, number=line.adjusts)


def _totals(document: Document, write: Written) -> Words:
    record = document.record
    rate = record.tax_rate
    tax = tr("VAT {rate}").format(rate=write.percent(rate)) if rate is not None else tr("VAT: none")
    net, vat, total = (write.money(value) for value in (record.net, record.tax, record.total))
    return {"rows": [(tr("Net"), net), (tax, vat)], "total": (tr("Total"), total)}


def _notes(document: Document) -> Iterator[str]:
    record, category = document.record, document.tax_category
    if (
        not record.tax
        and category in WHY_NO_TAX
        and (record.customer.tax_category or record.customer.tax_note)
    ):
        yield record.customer.tax_note or tr(WHY_NO_TAX[category])


def _payment(document: Document) -> Words:
    seller, number = document.seller, document.record.number
    if document.is_credit or not number:
        return {}
    rows: Pairs = []
    if seller.iban:
        rows = [(tr("Payee"), seller.name), ("IBAN", fours(seller.iban)), ("BIC", seller.bic)]
        rows += [(tr("Purpose"), number)]
    rows = [(label, text) for label, text in rows if text]
    if not rows and not seller.payment_details:
        return {}
    return {
        "heading": tr("How to pay"),
        "rows": rows,
        "lines": seller.payment_details.splitlines(),
        "code": _code(document),
        "scan": tr("Scan with your banking app"),
    }


def fours(iban: str) -> str:
    """An IBAN as people read it."""
    text = iban.replace(" ", "")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _code(document: Document) -> str:
    """The transfer as a code that banking apps read (EPC 069-12), as SVG; SEPA has it in euros alone."""
    record, seller = document.record, document.seller
    if not seller.iban or record.currency != "EUR" or not Decimal("0.01") <= record.total <= _MOST_SEPA:
        return ""
    code = make_epc_qr(
        name=seller.name[:70],
        iban=seller.iban.replace(" ", ""),
        amount=record.total,
        text=record.number,
        bic=seller.bic or None,
    )
    drawn = BytesIO()
    code.save(drawn, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return drawn.getvalue().decode()
