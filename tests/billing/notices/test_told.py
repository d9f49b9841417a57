"""What a notification tells."""

from tollbook.billing.notices.told import texts


def test_only_texts_that_say_something_are_references() -> None:
    assert texts(None, " acme ", "", 7, "INV-1") == ("acme", "INV-1")
