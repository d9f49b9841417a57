import pytest

from tollbook import summary, tables
from tollbook.account.scope import COST_COLUMNS, Scope
from tollbook.metrics import METRICS

ADMIN, ANALYST = Scope("admin"), Scope("analyst")
ALIASES, NO = Scope("contact", "acme", "aliases"), Scope("contact", "acme", "no")
TELLING = ("cost", "profit", "margin")


@pytest.mark.parametrize(
    ("role", "customer", "carriers"),
    [
        ("contact", None, "aliases"),
        ("contact", "", "aliases"),
        ("admin", "acme", "names"),
        ("root", None, "names"),
        ("contact", "acme", "all"),
    ],
)
def test_a_contact_of_no_customer_and_the_like_cannot_be(role, customer, carriers) -> None:
    with pytest.raises(ValueError, match="is no scope"):
        Scope(role, customer, carriers)


def test_operators_have_all_customers_and_a_contact_its_own() -> None:
    assert (ADMIN.customers, ANALYST.customers, ALIASES.customers) == (None, None, ["acme"])


def test_only_operators_see_what_calls_cost() -> None:
    assert [scope.sees_cost for scope in (ADMIN, ANALYST, ALIASES, NO)] == [True, True, False, False]


def test_a_contact_has_no_column_of_cost() -> None:
    columns = ["customer", "carrier", "charge", "cost", "profit", "profit_ratio", "cost_unrated"]
    assert ADMIN.columns(columns) == columns
    assert ALIASES.columns(columns) == ["customer", "carrier", "charge"]


def test_what_a_seizure_has_from_its_carriers_deck_is_cost_too() -> None:
    columns = ["carrier", "sip_code", "destination", "billed_s", "cost", "currency"]
    assert ALIASES.columns(columns, "seizures") == ["carrier", "sip_code"]
    assert "destination" in ALIASES.columns(columns, "calls")
    assert ANALYST.columns(columns, "seizures") == columns


def test_where_carriers_are_not_shown_nothing_is_told_of_them() -> None:
    columns = ["attempts", "carrier", "seizures", "seizure_answers", "rerouted", "charge", "margin"]
    assert NO.columns(columns) == ["attempts", "charge"]


def test_every_column_and_metric_that_tells_of_cost_is_known() -> None:
    names = {name for table in tables.TABLES for name in table.names} | set(METRICS) | set(summary.COLUMNS)
    telling = {name for name in names if any(word in name for word in TELLING)}
    assert telling <= COST_COLUMNS
    assert telling >= {"cost", "margin", "margin_ratio", "profit", "profit_ratio", "costed", "cost_unrated"}


def test_it_answers_by_its_role() -> None:
    assert ADMIN.may("change", "people")
    assert not ANALYST.may("change", "people")
    assert not ALIASES.may("see", "people")


@pytest.mark.parametrize("scope", [ADMIN, ALIASES, NO])
def test_it_travels_as_text(scope: Scope) -> None:
    assert Scope.parse(scope.text()) == scope


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '"admin"', '{"role": "contact"}', '{"role": "admin", "more": 1}']
)
def test_a_text_that_is_none_gives_no_scope(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Scope.parse(text)


def test_where_nobody_says_how_a_contact_sees_aliases_of_carriers_and_an_operator_names() -> None:
    assert Scope("contact", "acme").carriers == "aliases"
    assert Scope("analyst").carriers == "names"
    assert Scope.parse('{"role": "contact", "customer": "acme"}').carriers == "aliases"
