"""Who reaches the portal: this machine alone unless an address, and proxies or a certificate, are told."""

from pathlib import Path

import pytest

from portal.world import NAME, Papers
from tollbook.errors import TollbookError, UsageError
from tollbook.params import Site
from tollbook.portal.reach import Reach, base_of, normal_base

ADDRESS = f"https://{NAME}/tollbook/"
BEHIND = Site(address=ADDRESS, proxies=("127.0.0.1", "::ffff:192.0.2.1"))


def reach(site: Site, host: str = "127.0.0.1", **told: object) -> Reach:
    return Reach.of(site, host=host, port=8866, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_reaches_it_and_nothing_has_to_be_set(host: str) -> None:
    made = reach(Site(), host)
    assert (made.address, made.proxies, made.certificate, made.base_url) == ("", (), None, "/")
    assert made.hostnames == ["localhost"]


def test_an_address_alone_lets_nobody_else_in() -> None:
    made = reach(Site(address=ADDRESS))
    assert (made.hostnames, made.address) == (["localhost"], "")
    assert made.shown == "http://127.0.0.1:8866/tollbook/"


def test_named_proxies_connect_and_the_address_is_a_name_of_the_portal() -> None:
    made = reach(BEHIND)
    assert made.proxies == ("127.0.0.1", "192.0.2.1")
    assert made.hostnames == ["localhost", NAME]
    assert (made.base_url, made.origin) == ("/tollbook/", f"https://{NAME}")
    assert made.shown == f"{ADDRESS} (listening on 127.0.0.1:8866)"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
@pytest.mark.parametrize("address", ["", "http://localhost/", "https://192.0.2.7/", "https://[2001:db8::1]/"])
def test_others_need_an_address_with_a_name_by_https(host: str, address: str) -> None:
    with pytest.raises(
        TollbookError, match=rf"will not serve others on {host} without an address that they type"
    ):
        reach(Site(address=address), host)


def test_named_proxies_without_an_address_are_refused_on_loopback_too() -> None:
    with pytest.raises(TollbookError, match=r"such as `address: https://calls\.example/`"):
        reach(Site(proxies=("127.0.0.1",)))


def test_others_are_not_served_unencrypted() -> None:
    with pytest.raises(
        TollbookError, match=r"will not serve others on 0\.0\.0\.0 unencrypted: name the proxies"
    ):
        reach(Site(address=ADDRESS), "0.0.0.0")


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--certificate and --key belong together"):
        reach(Site(address=ADDRESS), certificate=tmp_path / "chain.pem")


def test_a_certificate_of_its_own_has_to_be_one_for_the_address(tmp_path: Path) -> None:
    papers = Papers.made(tmp_path, "elsewhere.example")
    made = reach(Site(address=ADDRESS), "0.0.0.0", certificate=papers.chain, key=papers.key)
    with pytest.raises(TollbookError, match=rf"is a certificate for elsewhere\.example, not for {NAME}"):
        made.refuse_unfit()


@pytest.mark.parametrize("proxy", ["10.0.0.0/8", "proxy.example", ""])
def test_a_proxy_is_named_by_its_own_address(proxy: str) -> None:
    with pytest.raises(UsageError, match=f"proxies '{proxy}': write the IP address of each"):
        Site(address=ADDRESS, proxies=(proxy,))


@pytest.mark.parametrize(("given", "used"), [("/", "/"), ("tollbook", "/tollbook/"), ("/a/b-c/", "/a/b-c/")])
def test_a_base_address_has_slashes_at_both_ends(given: str, used: str) -> None:
    assert normal_base(given) == used


def test_a_base_address_is_a_plain_path() -> None:
    with pytest.raises(UsageError, match="--base-url '/a b/': write a path such as /tollbook/"):
        normal_base("/a b/")


@pytest.mark.parametrize(
    ("address", "told", "used"),
    [("", None, "/"), ("", "x", "/x/"), (ADDRESS, None, "/tollbook/"), (ADDRESS, "tollbook", "/tollbook/")],
)
def test_the_path_is_that_of_the_address_unless_told(address: str, told: str | None, used: str) -> None:
    assert base_of(Site(address=address), told) == used


def test_a_path_that_contradicts_the_address_is_refused() -> None:
    with pytest.raises(
        UsageError, match=f"--base-url /x/ contradicts `address: {ADDRESS}` in params/site.yml"
    ):
        base_of(Site(address=ADDRESS), "/x/")
