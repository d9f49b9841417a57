"""What was typed into a form."""

from types import SimpleNamespace

from tollbook.portal.forms import LONGEST, Form


def test_what_was_typed_is_cut_where_nobody_types_more() -> None:
    page = SimpleNamespace(
        get_body_argument=lambda name, default, strip: f"{name}{default}" + "x" * 2000 * (not strip)
    )
    typed = Form.typed(page, "reason")  # type: ignore[arg-type]
    assert (len(typed), typed[:8]) == (LONGEST, "reasonxx")
