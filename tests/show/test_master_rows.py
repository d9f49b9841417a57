"""Rows of master data, and what a file would do, as grids have them."""

from datetime import UTC, datetime
from decimal import Decimal

from tollbook.account.intake import Conflict, Entry, Plan
from tollbook.show.master import REGISTERS
from tollbook.show.master_rows import columns, frame, plan_columns, plan_frame

AT = datetime(2026, 10, 5, 10, 0, 0, 7, tzinfo=UTC)
CARRIERS, CUSTOMERS = REGISTERS["carrier"], REGISTERS["customer"]


def test_those_that_only_records_name_come_first_and_lead_to_a_form_with_their_id():
    row = {"id": "kilo", "name": "Kilo", "currency": "USD", "channels": 120, "created_at": AT}
    made = frame(CARRIERS, [row], ["z&y", "south"], {"kilo": AT})
    assert made["id"].to_list() == ["south", "z&y", "kilo"]
    assert made["state"].to_list() == ["in the records, not entered"] * 2 + [None]
    assert made["href"][1] == "master_data?kind=carrier&entry=z%26y"
    assert made.row(2, named=True)["channels"] == 120
    assert made["created_at"][2] == AT.replace(microsecond=0)


def test_amounts_stay_exact_and_choices_are_told_in_words():
    row = dict.fromkeys(CUSTOMERS.fields) | {
        "id": "acme", "debit_limit": Decimal("0.1"), "schedule": "daily", "created_at": AT,
    }  # fmt: skip
    made = frame(CUSTOMERS, [row], [], {}).row(0, named=True)
    assert (made["debit_limit"], made["schedule"]) == (Decimal("0.1"), "Daily")


def test_each_kind_shows_every_field_the_usual_ones_at_once():
    for register in REGISTERS.values():
        told = columns(register)
        assert {*register.columns} <= {column.name for column in told}
        assert told[0].name == register.key
        assert not told[1].hidden
        assert frame(register, [], [], {}).schema.names() >= [register.key]


def test_a_dry_run_has_conflicts_first_and_a_row_for_each_field_that_changes():
    plan = Plan(
        "who.csv",
        entries=[
            Entry(
                2, "kilo", new=False, entered={}, changes={"channels": ("30", "60"), "name": ("kilo", "Kilo")}
            ),
            Entry(3, "lima", new=True, entered={}, changes={}),
        ],
        conflicts=[Conflict(9, "x", "channels", "many", "no number")],
    )
    made = plan_frame(CARRIERS, plan)
    assert made.select("line", "key", "what", "field", "before", "after", "why").rows() == [
        (9, "x", "conflict", "Channels", None, "many", "no number"),
        (2, "kilo", "changed", "Channels", "30", "60", None),
        (2, "kilo", "changed", "Name", "kilo", "Kilo", None),
        (3, "lima", "new", None, None, None, None),
    ]
    assert plan_frame(CARRIERS, None).is_empty()
    assert [column.name for column in plan_columns(CARRIERS)][:2] == ["line", "key"]
