import pytest

from tollbook.web import safe


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://id.example", True),
        ("http://localhost:9400/x", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:80/", True),
        ("http://id.example", False),
        ("http://localhost.evil.example", False),
        ("http://localhost@evil.example", False),
        ("//id.example", False),
        ("", False),
    ],
)
def test_what_is_neither_encrypted_nor_on_this_machine_is_not_safe(address: str, is_safe: object) -> None:
    assert safe(address) is is_safe
