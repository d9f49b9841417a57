"""What the page of master data says: the labels of fields, of what they can be, and the words of its parts."""

from collections.abc import Mapping
from typing import Final

from tollbook.account.fields import Field
from tollbook.account.register import Register
from tollbook.language import LANGUAGES, later, tr

TITLES: Final = {"customer": later("Customers"), "carrier": later("Carriers"), "contact": later("Contacts")}
"""The kinds of master data that the page has, in the order of its tabs."""

GROUPS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "customer": (
        (later("Who it is"), ("name", "language", "zone", "channels", "carriers_shown")),
        (
            later("What it pays"),
            ("currency", "debit_limit", "due_days", "schedule", "invoice_grouping", "number_rules"),
        ),
        (later("Tax"), ("tax_rate", "tax_id", "tax_category", "tax_note")),
        (
            later("Where invoices go"),
            ("address", "postcode", "city", "country", "invoice_mail", "endpoint", "reference"),
        ),
    ),
    "carrier": ((later("Who it is"), ("name", "channels", "currency")),),
    "contact": (
        (later("Who it is"), ("customer", "name", "department")),
        (later("How to reach them"), ("email", "mobile", "phone")),
        (later("In the portal"), ("language", "zone", "theme", "allowed_addresses")),
    ),
}
"""The fields of each kind as they stand together in its form."""

LABELS: Final = {
    "id": (later("Id"), later("What call records call it; it stays as it is.")),
    "login": (later("Login name"), later("An e-mail address or a name; it stays as it is.")),
    "name": (later("Name"), later("What people read; empty: the id.")),
    "language": (later("Language"), ""),
    "zone": (later("Zone"), ""),
    "channels": (later("Channels"), later("Calls at once that were agreed.")),
    "carriers_shown": (later("Carriers in the portal"), later("How its contacts see them.")),
    "currency": (later("Currency"), later("It stays once a deck, an invoice or a payment has it.")),
    "debit_limit": (
        later("Debit limit"),
        later("0: prepaid. More than 0: credit. Less: a reserve that stays untouched."),
    ),
    "due_days": (later("Due days"), later("Days until an invoice is due.")),
    "schedule": (later("Invoiced by itself"), later("A new schedule begins with the present period.")),
    "invoice_grouping": (later("Invoice lines by"), ""),
    "number_rules": (
        later("Number normalisation"),
        later("For rating: 00> drops 00, 0>49 puts 49 for 0. The longest that fits holds."),
    ),
    "tax_rate": (later("VAT in percent"), later("Empty: none.")),
    "tax_id": (later("VAT number"), later("With its country in front.")),
    "tax_category": (later("VAT category"), ""),
    "tax_note": (later("Why there is no tax"), later("Where that is not usual.")),
    "address": (later("Address"), later("As it stands on invoices.")),
    "postcode": (later("Postcode"), ""),
    "city": (later("City"), ""),
    "country": (later("Country"), later("Two letters, such as DE.")),
    "invoice_mail": (
        later("Invoices by e-mail to"),
        later("E-mail addresses with a space between."),
    ),
    "endpoint": (later("Electronic address"), later("For e-invoices, such as 9930:DE123456789.")),
    "reference": (later("Reference"), later("What it wants to read on its invoices.")),
    "customer": (later("Customer"), later("Whose contact it is; it stays as it is.")),
    "department": (later("Department"), ""),
    "email": (later("E-mail"), later("Unverified once it changes.")),
    "mobile": (later("Mobile telephone"), later("Unverified once it changes.")),
    "phone": (later("Telephone"), ""),
    "theme": (later("Theme"), ""),
    "allowed_addresses": (
        later("Only from addresses"),
        later("Such as 192.0.2.0/24; empty: from anywhere."),
    ),
}
"""What a field is called, and what helps to fill it in."""

_MEANT: Final[Mapping[str, Mapping[str, str]]] = {
    "carriers_shown": {
        "aliases": later("By an alias"),
        "names": later("By name"),
        "no": later("Not at all"),
    },
    "invoice_grouping": {"destination": later("Destination"), "day": later("Day")},
    "schedule": {
        "": later("Never"),
        "daily": later("Daily"),
        "weekly": later("Weekly"),
        "monthly": later("Monthly"),
    },
    "tax_category": {
        "": later("As the rate says"),
        "S": later("S: standard rate"),
        "Z": later("Z: zero rated"),
        "E": later("E: exempt"),
        "AE": later("AE: reverse charge"),
        "G": later("G: export"),
        "O": later("O: outside the scope of VAT"),
    },
    "theme": {"system": later("As the device"), "light": later("Light"), "dark": later("Dark")},
}


def label(name: str) -> str:
    """What a column or a field is called."""
    return tr(LABELS[name][0])


def meant(register: Register, name: str, text: str) -> str:
    """What a field's text means, for people: the label of a choice."""
    field = register.fields.get(name)
    return dict(choices(register, field))[text] if field and text in field.words else text


def choices(register: Register, field: Field) -> list[tuple[str, str]]:
    """What a field of choices can be, with their labels."""
    if field.name == "language":
        empty = tr("English") if register.word == "customer" else tr("As the site")
        return [("", empty), *LANGUAGES.items()]
    return [(word, tr(_MEANT[field.name][word])) for word in field.words]


def adding(word: str) -> str:
    """What the button says that opens an empty form."""
    return {
        "customer": tr("Add a customer"),
        "carrier": tr("Add a carrier"),
        "contact": tr("Add a contact"),
    }[word]


def words() -> dict[str, str]:
    """What the parts say."""
    return {
        "review": tr("Review"),
        "save": tr("Save"),
        "back": tr("Go on editing"),
        "close": tr("Close"),
        "disable": tr("Disable"),
        "enable": tr("Enable"),
        "changes": tr("This will be saved:"),
        "saved": tr("{name} is saved."),
        "field": tr("Field"),
        "before": tr("Before"),
        "after": tr("After"),
        "empty": tr("empty"),
        "file": tr("CSV or XLSX with a header"),
        "columns": tr("Columns, of which only the first is needed: {columns}."),
        "too_large": tr("The file is larger than {most} KB."),
        "planned": tr(
            "{file}: {rows} rows, {added} new, {changed} changed, {unchanged} as they are, {conflicts} conflicts."
        ),
        "enter": tr("Enter all of it"),
        "dry": tr("Nothing has been changed yet."),
        "all": tr("All of it, to read in again:"),
    }
