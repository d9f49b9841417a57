"""`tollbook serve` as it is typed."""

import click
import pytest

from tollbook.cli import main
from tollbook.cli.serve import serve


def test_another_host_is_refused_before_anything_else(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--host", "0.0.0.0"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(
        "tollbook: will not serve on 0.0.0.0: there is no access control yet"
    )


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_is_a_number_of_a_port(port, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", port])
    assert ended.value.code == 2


def test_it_listens_on_this_machine_unless_told():
    defaults = {option.name: option.default for option in serve.params if isinstance(option, click.Option)}
    assert (defaults["host"], defaults["port"], defaults["base_url"]) == ("127.0.0.1", 8866, "/")
