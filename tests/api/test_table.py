"""All operations there are."""

from tollbook.account.rights import API_RESOURCES
from tollbook.api.operations import ROOT
from tollbook.api.table import DESCRIBED, DOCUMENT, OPERATIONS


def test_each_has_a_name_and_an_address_of_its_own() -> None:
    assert len({each.name for each in OPERATIONS}) == len(OPERATIONS)
    assert len({(each.method, each.path) for each in OPERATIONS}) == len(OPERATIONS)


def test_those_that_are_described_lie_under_one_address_and_a_token_can_be_confined_to_each() -> None:
    assert all(each.path.startswith(f"{ROOT}/") for each in DESCRIBED)
    assert {each.resource for each in DESCRIBED} <= set(API_RESOURCES)
    assert DOCUMENT == "/api/v1/openapi.json"


def test_the_server_tells_of_itself_beside_them() -> None:
    assert [each.path for each in OPERATIONS if each not in DESCRIBED] == ["/metrics"]
