"""Foreign words in a text from right to left."""

from tollbook.billing.documents.isolate import isolated


def test_a_number_keeps_its_order_and_a_right_to_left_word_is_left_alone() -> None:
    told = isolated({"lines": ["+49 40 555", "العربية 12", "שלום", ""], "number": "INV-1"})
    assert told == {"lines": ["\u2066+49 40 555\u2069", "العربية 12", "שלום", ""], "number": "INV-1"}


def test_what_is_no_text_stays_what_it_is() -> None:
    assert isolated({"share": 0.5, "sunday": True, "rows": [("a", 1)]}) == {
        "share": 0.5, "sunday": True, "rows": [["\u2066a\u2069", 1]],
    }  # fmt: skip
