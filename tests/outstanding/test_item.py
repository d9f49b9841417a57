"""How names are told."""

from tollbook.outstanding.item import named


def test_of_many_names_the_first_five_are_listed_and_the_others_counted():
    assert named("{count}: {names}", ["a"]) == "1: a"
    assert named("{count}: {names}", list("abcdefg")) == "7: a, b, c, d, e +2"
