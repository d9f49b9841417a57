import click
import pytest
from click.testing import CliRunner

from tollbook.account.fields import FIELDS
from tollbook.account.models import Customer
from tollbook.cli.entered import given, options, something
from tollbook.errors import UsageError


def test_each_field_is_an_option_in_the_order_of_the_fields() -> None:
    @click.command()
    @options(FIELDS[Customer].values())
    def command(**entered: str | None) -> None:
        click.echo(given(entered))

    assert [param.opts for param in command.params] == [[field.option] for field in FIELDS[Customer].values()]
    done = CliRunner().invoke(command, ["--grouping", "day", "--channels", ""])
    assert done.stdout == "{'invoice_grouping': 'day', 'channels': ''}\n"


def test_an_empty_value_is_given_and_nothing_at_all_is_wrong_usage() -> None:
    assert something({"name": None, "zone": ""}) == {"zone": ""}
    with pytest.raises(UsageError, match="nothing to set: name a field, such as --name"):
        something({"name": None, "zone": None})
