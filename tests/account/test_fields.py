from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.fields import FIELDS, Kind, checked, checked_id
from tollbook.account.models import Carrier, Customer
from tollbook.errors import UsageError


@pytest.mark.parametrize(
    ("field", "entered", "value"),
    [
        ("name", " ACME Ltd ", "ACME Ltd"),
        ("currency", "EUR", "EUR"),
        ("currency", "", None),
        ("channels", "30", 30),
        ("channels", 30, 30),
        ("channels", None, None),
        ("debit_limit", "-100.50", Decimal("-100.5")),
        ("debit_limit", Decimal("1E+3"), Decimal(1000)),
        ("zone", "Asia/Kathmandu", "Asia/Kathmandu"),
        ("carriers_shown", "no", "no"),
        ("due_days", "0", 0),
        ("tax_rate", "19", Decimal(19)),
        ("tax_rate", "", None),
        ("invoice_grouping", "day", "day"),
        ("address", "Street 1\r\n\n 12345 Town ", "Street 1\n12345 Town"),
        ("address", "", ""),
        ("country", "DE", "DE"),
        ("endpoint", "9930:DE123456789", "9930:DE123456789"),
        ("language", "de", "de"),
        ("language", "", ""),
        ("tax_category", "AE", "AE"),
        ("reference", "", ""),
        ("invoice_mail", "a@b.example, c@d.example a@b.example", "a@b.example c@d.example"),
    ],
)
def test_a_value_is_taken_as_people_write_it(field: str, entered: object, value: object) -> None:
    assert checked(Customer, {field: entered}) == {field: value}


@pytest.mark.parametrize(
    ("field", "entered", "reason"),
    [
        ("name", "", "name: it is empty"),
        ("invoice_mail", "a@b.example nobody", "invoice_mail: 'nobody' is no e-mail address"),
        ("name", "a\x00b", "name: .* holds control characters"),
        ("name", "a\u202eb", "name: .* holds control characters"),
        ("name", "a\uffffb", "name: .* holds control characters"),
        ("name", "a\U0001fffeb", "name: .* holds control characters"),
        ("currency", "EUX", "currency: unknown currency 'EUX', did you mean"),
        ("currency", "eur", "currency: unknown currency 'eur', did you mean 'EUR'"),
        ("channels", "-1", "channels: '-1' is no whole number from 0 to 1000000"),
        ("channels", "1.5", "channels: '1.5' is no whole number"),
        ("debit_limit", "1e3", "debit_limit: '1e3' is in scientific notation"),
        ("debit_limit", "0.0000000001", "debit_limit: .* has more than 9 decimals"),
        ("debit_limit", "1" + "0" * 29, "debit_limit: .* has more than 29 digits"),
        ("zone", "Europe/Berln", "zone: unknown zone 'Europe/Berln', did you mean 'Europe/Berlin'"),
        ("carriers_shown", "alias", "carriers_shown: 'alias' is none of .*, did you mean 'aliases'"),
        ("due_days", "", "due_days: '' is no whole number"),
        ("tax_rate", "101", "tax_rate: '101' is not from 0 to 100"),
        ("tax_rate", "19%", "tax_rate: '19%' is not an amount"),
        ("country", "Germany", "country: 'Germany' is no country as two letters"),
        ("endpoint", "billing@acme.example", "endpoint: .* is no scheme:value"),
        ("language", "xx", "language: language 'xx'"),
        ("tax_category", "A", "tax_category: 'A' is none of"),
        ("tax_id", "a\x00b", "tax_id: .* holds control characters"),
        ("invoice_grouping", "days", "invoice_grouping: 'days' is none of .*, did you mean 'day'"),
        ("curency", "EUR", "a customer has no field 'curency', did you mean 'currency'"),
    ],
)
def test_what_cannot_be_says_the_field_the_value_and_what_may_be(
    field: str, entered: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=f"^{reason}"):
        checked(Customer, {field: entered})


def test_a_carrier_has_fewer_fields() -> None:
    with pytest.raises(UsageError, match="a carrier has no field 'zone'"):
        checked(Carrier, {"zone": "UTC"})


@pytest.mark.parametrize("kind", [Customer, Carrier])
def test_every_column_can_be_entered_but_those_that_are_given(kind: Kind) -> None:
    columns: Any = kind.__table__.columns
    assert set(FIELDS[kind]) - {"schedule"} == set(columns.keys()) - {"id", "created_at"}


@pytest.mark.parametrize("party_id", ["acme", "Acme GmbH & Co.", "49.30", "客户", "-x", "00417"])
def test_an_id_is_what_records_call_it(party_id: str) -> None:
    assert checked_id(party_id) == party_id


@pytest.mark.parametrize(
    "party_id",
    ["", " ", " acme", "a/b", "a\\b", ".", "..", ".hidden", "a\nb", "a\x00", "a\u200bb", "é" * 101],
)
def test_an_id_that_cannot_name_a_folder_is_refused(party_id: str) -> None:
    with pytest.raises(UsageError, match=r"^id "):
        checked_id(party_id)
