"""The words of master data."""

from tollbook.account.fields import FIELDS
from tollbook.account.people.fields import FIELDS as PEOPLE
from tollbook.show.master import REGISTERS
from tollbook.show.master_words import GROUPS, LABELS, TITLES, choices, meant, words


def test_every_field_stands_once_in_its_form_and_has_a_label() -> None:
    for kind, groups in GROUPS.items():
        names = [name for _, fields in groups for name in fields]
        assert sorted(names) == sorted(REGISTERS[kind].fields)
        assert {*names, REGISTERS[kind].key} <= LABELS.keys()
    assert list(GROUPS) == list(TITLES) == list(REGISTERS)
    assert len(FIELDS) + len(PEOPLE) == len(REGISTERS) + 1  # users are not on the page


def test_every_choice_has_a_label() -> None:
    for register in REGISTERS.values():
        for field in register.fields.values():
            if field.words:
                assert [word for word, label in choices(register, field) if label] == list(field.words)


def test_what_is_no_choice_means_itself() -> None:
    customers = REGISTERS["customer"]
    assert meant(customers, "invoice_grouping", "day") == "Day"
    assert meant(customers, "city", "day") == "day"
    assert meant(customers, "language", "fr") == "Français"
    assert words()["save"] == "Save"
