"""The portal's own address."""

from types import SimpleNamespace

import pytest
import yaml

from tollbook.portal.address import address_of, party


@pytest.fixture
def asked(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))

    def make(host, address=""):
        (tmp_path / "site.yml").write_text(yaml.safe_dump({"name": "Calls", "address": address}))
        request = SimpleNamespace(protocol="http", host=host)
        return SimpleNamespace(request=request, settings={"base_url": "/tb/"})

    return make


def test_the_parameters_say_it_else_the_request(asked):
    assert address_of(asked("localhost:8866")) == "http://localhost:8866/tb/"
    assert address_of(asked("localhost:8866", "https://calls.example/tb/")) == "https://calls.example/tb/"


def test_passkeys_are_for_a_name_and_not_for_a_number(asked):
    found = party(asked("localhost:8866", "https://calls.example:8443/tb/"))
    assert (found.rp_id, found.origin, found.name) == ("calls.example", "https://calls.example:8443", "Calls")
    assert party(asked("localhost:8866")).rp_id == "localhost"
    assert [party(asked(host)) for host in ("127.0.0.1:8866", "[::1]:8866")] == [None, None]
