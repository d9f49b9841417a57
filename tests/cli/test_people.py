"""`tollbook user` and `tollbook contact`, as people type them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tollbook.account.rights import ROLES, TABLE
from tollbook.cli.people import contact, user

Run = Callable[..., Any]
DOCS = (Path(__file__).parents[2] / "docs" / "people.md").read_text()
BOTH = pytest.mark.parametrize("group", ["user", "contact"])


@pytest.fixture(autouse=True)
def _acme(each_database: None, tollbook: Run) -> None:
    assert tollbook("customer", "add", "acme").code == 0


def add(tollbook: Run, group: str, login: str, *words: str) -> dict[str, Any]:
    own = ("--customer", "acme") if group == "contact" else ()
    done = tollbook(group, "add", login, *own, *words, "--json")
    assert (done.code, done.err) == (0, "")
    row: dict[str, Any] = done.json
    return row


@BOTH
def test_who_is_added_is_shown_and_listed(tollbook: Run, group: str) -> None:
    words = "--email a@acme.example --phone +49301234 --zone Europe/Riga --allowed-addresses 192.0.2.0/24"
    row = add(tollbook, group, "Anna", *words.split(), "--name", "Anna Ünal")
    told = {"login": "anna", "name": "Anna Ünal", "phone": "+49301234", "allowed_addresses": ["192.0.2.0/24"]}
    assert row.items() >= told.items()
    assert tollbook(group, "show", "ANNA", "--json").json == row
    assert tollbook(group, "list", "--json").json == [row]


@BOTH
def test_set_changes_one_field_and_an_empty_value_clears_one(tollbook: Run, group: str) -> None:
    add(tollbook, group, "anna", "--email", "a@acme.example", "--department", "Routing")
    row = tollbook(group, "set", "anna", "--department", "", "--json").json
    assert (row["email"], row["department"]) == ("a@acme.example", "")
    done = tollbook(group, "set", "anna")
    assert done.code == 2
    assert "nothing to set: name a field, such as --" in done.err


@BOTH
def test_a_file_is_taken_as_a_whole_or_not_at_all(tollbook: Run, tmp_path: Path, group: str) -> None:
    column, value = ("customer", "acme") if group == "contact" else ("role", "admin")
    file = tmp_path / "who.csv"
    file.write_text(f"login,{column}\nanna,{value}\nbob,nonsense\n")
    done = tollbook(group, "import", file)
    assert (done.code, done.out) == (2, "")
    assert "who.csv: line 3: " in done.err
    assert tollbook(group, "list", "--json").json == []
    file.write_text(f"login,{column}\nanna,{value}\nbob,{value}\n")
    assert [row["login"] for row in tollbook(group, "import", file, "--json").json] == ["anna", "bob"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("user add anna --role root", "role: 'root' is none of admin, analyst"),
        ("user add an/na", "login 'an/na': write an e-mail address or a name"),
        ("contact add bob", "whose contact? Name a customer"),
        ("contact add bob --customer acne", "no customer 'acne', did you mean 'acme'?"),
        ("user show anna", "no user 'anna'"),
        ("user set carla --name C", "no user 'carla', did you mean 'carl'?"),
        ("contact show carl", "'carl' is a user, not a contact: use `tollbook user`"),
    ],
)
def test_wrong_usage_ends_with_2_and_the_nearest_right_answer(
    tollbook: Run, words: str, message: str
) -> None:
    add(tollbook, "user", "carl")
    done = tollbook(*words.split())
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("group", [user, contact], ids=lambda group: group.name)
def test_every_command_and_option_says_what_it_is_and_the_docs_name_it(group: Any) -> None:
    for command in group.commands.values():
        assert command.help
        assert f"`{command.name}" in DOCS
        for option in (param for param in command.params if param.param_type_name == "option"):
            assert option.help
            assert f"`{option.opts[0]}" in DOCS or option.opts[0] in {"--home", "--json"}


def test_the_docs_have_the_table_of_rights() -> None:
    rows = re.findall(
        r"(?m)^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", DOCS.partition("## Rights")[2]
    )
    told = {(name, meaning, *(verbs.replace("–", "") for verbs in held)) for name, meaning, *held in rows}
    assert told == {
        (right.resource, right.meaning, *(getattr(right, role) for role in ROLES)) for right in TABLE
    }
