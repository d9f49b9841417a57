"""Values that a person sets, within values that a person sets."""

import pytest

from tollbook.errors import UsageError
from tollbook.strict import Params


class Inner(Params):
    port: int = 1


class Outer(Params):
    inner: Inner = Inner()


def test_what_is_wrong_within_a_section_is_named_with_it():
    assert Outer.of({"inner": {"port": 2}}, "x.yml").inner.port == 2
    with pytest.raises(UsageError, match=r"^x\.yml: inner: unknown key 'prt', did you mean 'port'"):
        Outer.of({"inner": {"prt": 2}}, "x.yml")
    with pytest.raises(UsageError, match=r"^x\.yml: inner: port: .*not 'many'$"):
        Outer.of({"inner": {"port": "many"}}, "x.yml")
