import pytest

from tollbook.account.people import addresses
from tollbook.errors import UsageError


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ()),
        ("192.0.2.7", ("192.0.2.7/32",)),
        ("192.0.2.0/24, 2001:db8::/32", ("192.0.2.0/24", "2001:db8::/32")),
        ("192.0.2.0/24 192.0.2.0/24", ("192.0.2.0/24",)),
    ],
)
def test_networks_are_taken_as_people_write_them(text: str, kept: tuple[str, ...]) -> None:
    assert addresses.checked(text) == kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("office", "'office' is no address or network: write 192.0.2.7 or 192.0.2.0/24"),
        ("192.0.2.7/24", "'192.0.2.7/24' has bits beyond its mask, did you mean '192.0.2.0/24'?"),
        ("192.0.2.0/33", "'192.0.2.0/33' is no address"),
    ],
)
def test_what_is_no_network_says_what_may_be_meant(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as refused:
        addresses.checked(text)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::1", True),
        ("198.51.100.1", False),
        ("2001:db9::1", False),
        ("unix", False),
        ("", False),
    ],
)
def test_an_address_is_allowed_in_a_network_of_the_list(address: str, inside: object) -> None:
    assert addresses.allowed(("192.0.2.0/24", "2001:db8::/32"), address) is inside
    assert addresses.allowed((), address)


def test_one_address_is_written_in_one_way() -> None:
    assert addresses.normal(" 2001:DB8:0::1 ") == "2001:db8::1"
    assert addresses.normal("::ffff:192.0.2.7") == "192.0.2.7"
    assert addresses.normal("x" * 300) == "x" * 100
