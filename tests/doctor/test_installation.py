"""What every workspace needs is there."""

from tollbook.doctor.installation import installation


def test_a_sound_installation_needs_nothing() -> None:
    found = {check.check: check for check in installation()}
    assert all(check.ok and check.mend is None for check in found.values())
    assert found["chart library"].found.startswith("vega-")
