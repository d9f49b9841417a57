"""What may be entered of a customer or a carrier, and how each value is checked.

The options of the command line and the columns of an import are made from these fields.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from tollbook.account import number_rules
from tollbook.account.ledger import SCHEDULE_VIEWS
from tollbook.account.models import CARRIERS_SHOWN, INVOICE_GROUPINGS, TAX_CATEGORIES, Carrier, Customer
from tollbook.account.types import DIGITS
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import LANGUAGES, known, suggested, tr
from tollbook.money import SCALE, known_currency, parse_amount, plain
from tollbook.periods import parse_zone

Kind = type[Customer] | type[Carrier]
Form = Literal["text", "lines", "whole", "amount", "choice", "currency", "zone"]
"""What a value is, for whoever offers it to be entered: `choice` is one of the field's words."""

MOST_CHANNELS: Final = 1_000_000
MOST_DUE_DAYS: Final = 3650
LONGEST_ID: Final = 200
"""Bytes of an id in UTF-8: it names a folder, and file systems end at 255."""
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that no name holds: control and formatting characters, line and paragraph separators."""


@dataclass(frozen=True)
class Field:
    """One thing that may be entered. `parse` makes its value from text, or says in one line what is wrong.

    `words` are all that a `choice` can be, an empty one among them where it may be empty.
    """

    name: str
    metavar: str
    meaning: str
    parse: Callable[[str], Any]
    short: str = ""
    form: Form = "text"
    words: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--{self.short or self.name.replace('_', '-')}"

    def value(self, entered: object) -> Any:  # noqa: ANN401 - each field has its own type
        """The checked value; None and an empty text are the same.

        Raises:
            UsageError: the field, the value, and what may stand there.
        """
        try:
            return self.parse(self.text(entered).strip())
        except (ValueError, UsageError) as error:
            raise UsageError(f"{self.name}: {error}") from None

    @staticmethod
    def text(value: object) -> str:
        """A value as people enter it, which is the same value again."""
        if isinstance(value, list | tuple):
            return " ".join(map(str, value))
        return plain(value) if isinstance(value, Decimal) else "" if value is None else str(value)


class FieldError(UsageError):
    """What was entered cannot be: `faults` says why, by field."""

    def __init__(self, faults: Mapping[str, str], words: str = "") -> None:
        """Without `words` of its own it says all of them, each after its field."""
        super().__init__(words or "; ".join(f"{name}: {why}" for name, why in faults.items()))
        self.faults = dict(faults)


def checked(kind: Kind, entered: Mapping[str, object]) -> dict[str, Any]:
    """The checked values of what was entered.

    Raises:
        UsageError: a field that there is none of (with the nearest one), or a value that cannot be.
    """
    return values_of(FIELDS[kind], kind.__tablename__, entered)


def values_of(fields: Mapping[str, Field], word: str, entered: Mapping[str, object]) -> dict[str, Any]:
    """The checked values of what was entered, by these fields; `word` is what has them.

    Raises:
        UsageError: as `checked`.
    """
    values, faults = {}, {}
    for name, value in entered.items():
        if name not in fields:
            raise UsageError(f"a {word} has no field '{name}'{did_you_mean(name, fields)}")
        try:
            values[name] = fields[name].parse(Field.text(value).strip())
        except (ValueError, UsageError) as error:
            faults[name] = str(error)
    if faults:
        raise FieldError(faults)
    return values


def checked_id(text: str) -> str:
    """The id itself, if records can hold it and a folder can have it for a name.

    Raises:
        UsageError: what is wrong with it.
    """
    if not text or text != text.strip():
        raise UsageError(f"id '{text}': write at least one character, and no space at either end")
    if text.startswith(".") or any(mark in text for mark in "/\\"):
        raise UsageError(f"id '{text}': no leading dot, no / and no \\, as the id names a folder of reports")
    if any(map(unseen, text)):
        raise UsageError(f"id {text!a}: no control characters")
    if len(text.encode()) > LONGEST_ID:
        raise UsageError(f"id '{text[:40]}…': at most {LONGEST_ID} bytes")
    return text


def unseen(character: str) -> bool:
    """Whether nobody sees it in a line: what controls or formats, and what is no character, which XML cannot hold."""
    no_character = ord(character) & 0xFFFE == 0xFFFE  # noqa: PLR2004 - the last two of each plane of Unicode
    return no_character or unicodedata.category(character) in _UNSEEN


def parse_name(text: str) -> str:
    """A text in one line that people read.

    Raises:
        ValueError: it is empty, or holds what cannot be seen.
    """
    if not text:
        raise ValueError(tr("it is empty"))
    if any(map(unseen, text)):
        raise ValueError(tr("{text} holds control characters").format(text=ascii(text)))
    return text


def _address(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(parse_name(line.strip()) for line in lines if line.strip())


def _line(text: str) -> str:
    return parse_name(text) if text else ""


def _country(text: str) -> str:
    if text and not re.fullmatch(r"[A-Z]{2}", text):
        raise ValueError(tr("'{text}' is no country as two letters, such as DE").format(text=text))
    return text


def _endpoint(text: str) -> str:
    if text and not re.fullmatch(r"[0-9A-Z]{2,4}:\S+", text):
        raise ValueError(tr("'{text}' is no scheme:value, such as 9930:DE123456789").format(text=text))
    return text


def _language(text: str) -> str:
    return known(text) if text else ""


def _mails(text: str) -> str:
    from tollbook.account.people.fields import checked_email  # noqa: PLC0415 - that one imports this

    addresses = text.replace(",", " ").split()
    return " ".join(dict.fromkeys(checked_email(address) for address in addresses))


def _or_none(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same parser, for a field that may be empty."""
    return lambda text: parse(text) if text else None


def _whole(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) <= most):
            raise ValueError(tr("'{text}' is no whole number from 0 to {most}").format(text=text, most=most))
        return int(text)

    return parse


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """A parser of one of these words."""

    def parse(text: str) -> str:
        if text not in words:
            known = ", ".join(filter(None, words))
            raise ValueError(
                tr("'{text}' is none of {words}").format(text=text, words=known) + suggested(text, words)
            )
        return text

    return parse


def _zone(text: str) -> str:
    return parse_zone(text).key


def _debit_limit(text: str) -> Decimal:
    amount = parse_amount(text)
    if amount.adjusted() >= DIGITS - SCALE:
        raise ValueError(tr("'{text}' has more than {most} digits").format(text=text, most=DIGITS - SCALE))
    return amount


def _percent(text: str) -> Decimal:
    percent = parse_amount(text)
    if not 0 <= percent <= 100:  # noqa: PLR2004 - the end of percent
        raise ValueError(tr("'{text}' is not from 0 to 100").format(text=text))
    return percent


_BOTH: Final = (
    Field("name", "NAME", "Name that people read; default the id.", parse_name),
    Field(
        "currency",
        "CODE",
        "ISO 4217, such as EUR; fixed once used.",
        _or_none(known_currency),
        form="currency",
    ),
    Field("channels", "N", "Calls at once that were agreed.", _or_none(_whole(MOST_CHANNELS)), form="whole"),
)
_CUSTOMER: Final = (
    *_BOTH,
    Field(
        "debit_limit",
        "AMOUNT",
        "0 prepaid (default), positive credit, negative reserve, in the currency.",
        _debit_limit,
        form="amount",
    ),
    Field("zone", "ZONE", "Zone of its graphs, such as Europe/Berlin; default UTC.", _zone, form="zone"),
    Field(
        "carriers_shown",
        "|".join(CARRIERS_SHOWN),
        "How it sees carriers; default aliases.",
        one_of(CARRIERS_SHOWN),
        form="choice",
        words=CARRIERS_SHOWN,
    ),
    Field("due_days", "N", "Days until an invoice is due; default 14.", _whole(MOST_DUE_DAYS), form="whole"),
    Field("tax_rate", "PERCENT", "VAT on its invoices, such as 19.", _or_none(_percent), form="amount"),
    Field(
        "invoice_grouping",
        "|".join(INVOICE_GROUPINGS),
        "What makes a line of its invoices; default destination.",
        one_of(INVOICE_GROUPINGS),
        short="grouping",
        form="choice",
        words=INVOICE_GROUPINGS,
    ),
    Field(
        "schedule",
        "|".join(SCHEDULE_VIEWS),
        "How often it is invoiced by itself, from now on; default never.",
        one_of(("", *SCHEDULE_VIEWS)),
        form="choice",
        words=("", *SCHEDULE_VIEWS),
    ),
    Field("address", "TEXT", "Postal address on its invoices, as lines.", _address, form="lines"),
    Field("country", "CODE", "Country of the address for e-invoices, two letters: DE.", _country),
    Field("postcode", "TEXT", "Postcode of the address once more, for e-invoices.", _line),
    Field("city", "TEXT", "City of the address once more, for e-invoices.", _line),
    Field("tax_id", "TEXT", "VAT number, with its country in front.", _line),
    Field("endpoint", "SCHEME:VALUE", "Electronic address for e-invoices: 9930:DE123456789.", _endpoint),
    Field(
        "language",
        "|".join(LANGUAGES),
        "Language of its documents; default English.",
        _language,
        form="choice",
        words=("", *LANGUAGES),
    ),
    Field("reference", "TEXT", "What it wants to read on invoices: a Leitweg-ID, an order.", _line),
    Field(
        "tax_category",
        "|".join(filter(None, TAX_CATEGORIES)),
        "VAT category of its invoices; default what the tax rate says.",
        one_of(TAX_CATEGORIES),
        form="choice",
        words=TAX_CATEGORIES,
    ),
    Field("tax_note", "TEXT", "Why its invoices have no tax, where that is not usual.", _line),
    Field(
        "invoice_mail", "ADDRESSES", "Where its invoices are sent: addresses with a space between.", _mails
    ),
    Field(
        "number_rules",
        "RULES",
        "How numbers that it calls are written for rating: '00> 0>49' drops 00, and puts 49 for 0.",
        number_rules.checked,
    ),
)

FIELDS: Final[Mapping[Kind, Mapping[str, Field]]] = {
    Customer: {field.name: field for field in _CUSTOMER},
    Carrier: {field.name: field for field in _BOTH},
}
"""Fields by name, in the order in which they are shown."""
