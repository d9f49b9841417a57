"""What the page of number blocks says."""

from tollbook.show.number_rows import conflict_frame, extension_frame
from tollbook.show.number_words import columns, conflict_columns, words


def test_every_column_is_one_of_its_frame():
    assert {one.name for one in columns(all_customers=True)} < set(extension_frame([], may=True).columns)
    assert [one.name for one in conflict_columns()] == conflict_frame([]).columns


def test_who_reads_one_customer_needs_neither_its_name_nor_who_entered_it():
    assert {one.name for one in columns(all_customers=True)} - {
        one.name for one in columns(all_customers=False)
    } == {
        "customer",
        "created_by",
    }


def test_every_word_is_said():
    assert all(words().values())
