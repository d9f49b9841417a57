"""The OpenAPI document is made from the operations."""

import json

import pytest
from jsonschema import Draft202012Validator

from tollbook.account.hooks.models import EVENTS
from tollbook.api.openapi import document
from tollbook.api.operations import ROOT, Operation
from tollbook.api.table import DESCRIBED

TOLD = json.loads(document("/x/"))


def test_it_says_where_the_api_is_and_that_a_token_is_wanted() -> None:
    assert TOLD["openapi"] == "3.1.0"
    assert TOLD["servers"] == [{"url": "/x/api/v1"}]
    assert TOLD["security"] == [{"bearer": []}]
    assert TOLD["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


@pytest.mark.parametrize("each", DESCRIBED, ids=lambda each: each.name)
def test_each_operation_is_in_it_with_its_right_and_refusals(each: Operation) -> None:
    told = TOLD["paths"][each.path.removeprefix(ROOT)][each.method.lower()]
    assert told["x-right"] == {"verb": each.verb, "resource": each.resource}
    assert f"Asks for the right to {each.verb} `{each.resource}`." in told["description"]
    statuses = {int(status) for status in told["responses"]} - {304}
    assert statuses == {each.status, *each.refusals}
    assert {401, 403} <= statuses
    assert ("requestBody" in told) is (each.body is not None)


def test_nothing_else_is() -> None:
    held = [(path, method) for path, methods in TOLD["paths"].items() for method in methods]
    assert len(held) == len(DESCRIBED)
    assert not any("metrics" in path for path, _ in held)


@pytest.mark.parametrize("name", sorted(TOLD["components"]["schemas"]))
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(TOLD["components"]["schemas"][name])


def test_money_is_text_and_an_instant_says_so() -> None:
    invoice = TOLD["components"]["schemas"]["Invoice"]["properties"]
    assert invoice["net"]["type"] == "string"
    assert invoice["created_at"]["format"] == "date-time"


def test_what_a_contact_is_not_told_need_not_be_there() -> None:
    row = TOLD["components"]["schemas"]["SummaryRow"]
    assert set(row["properties"]) - set(row["required"]) == {"cost", "profit", "profit_ratio", "cost_unrated"}
    assert "source" not in TOLD["components"]["schemas"]["InvoiceRecord"]["required"]


def test_what_may_be_in_an_address_is_never_null() -> None:
    for path in TOLD["paths"].values():
        for each in path.values():
            assert not any("null" in json.dumps(parameter["schema"]) for parameter in each["parameters"])


def test_a_write_takes_a_key() -> None:
    for path in TOLD["paths"].values():
        for method, each in path.items():
            names = {parameter["name"] for parameter in each["parameters"]}
            assert ("Idempotency-Key" in names) is (method != "get")


def test_what_is_kept_under_no_key_says_so() -> None:
    told = TOLD["paths"]["/extensions/{extension}/secret"]["post"]["parameters"]
    (key,) = [parameter for parameter in told if parameter["name"] == "Idempotency-Key"]
    assert key["description"] == "It is taken and keeps nothing: each request is done."


def test_every_body_and_every_row_has_an_example_that_fits() -> None:
    schemas = TOLD["components"]["schemas"]
    wanted = [
        *("Customer", "Invoice", "SummaryRow", "Payment", "Balance", "Run", "InvoiceEvent", "PaymentEvent"),
        *("NewCustomer", "CustomerChange", "NewPayment", "PaymentChange", "NewRun", "Reason"),
        *("NumberSettings", "NumberSettingsChange", "NumberUsage", "ExtensionsFile", "ExtensionsPlan"),
        *("ExtensionEntry", "ExtensionChange", "ExtensionSecret"),
    ]
    for name in wanted:
        whole = {**schemas[name], "components": {"schemas": schemas}}
        for example in whole["examples"]:
            Draft202012Validator(whole).validate(example)


def test_every_place_in_an_address_has_an_example() -> None:
    places = [
        parameter
        for path in TOLD["paths"].values()
        for each in path.values()
        for parameter in each["parameters"]
        if parameter["in"] == "path"
    ]
    assert places
    assert all(each["example"] for each in places)


def test_what_webhooks_tell_is_in_it() -> None:
    assert set(TOLD["webhooks"]) == set(EVENTS)
    for each in TOLD["webhooks"].values():
        schema = each["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert schema.rpartition("/")[2] in {"InvoiceEvent", "PaymentEvent", "RefundEvent", "AlertEvent"}
