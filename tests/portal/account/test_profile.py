"""What somebody changes of what is known of them, and the company that they belong to."""


def test_a_profile_is_changed_and_says_so(enter, row):
    login, anna = enter()
    told = {"name": "Anna <b>Ünal</b>", "email": "anna@carrier.example", "department": "NOC", "phone": "+37120000000",
            "mobile": "+37120000001", "zone": "Europe/Riga"}  # fmt: skip
    assert anna.post("/account/profile", **told).leads == "/account/profile?done=saved"
    assert {name: row(login)[name] for name in told} == told
    seen = anna.get("/account/profile?done=saved")
    assert seen.said == ["Saved."]
    assert "Anna &lt;b&gt;Ünal" in seen.text
    assert seen.text.count(">not verified<") == 2


def test_a_value_that_cannot_be_is_told_and_nothing_is_changed(enter, row):
    login, anna = enter()
    seen = anna.post("/account/profile", name="Anna", email="no address", zone="")
    assert seen.status == 400
    assert "no address" in seen.said[0]
    assert row(login)["name"] == login


def test_a_rights_field_in_a_profile_changes_nothing(enter, row):
    login, anna = enter(role="analyst")
    anna.post("/account/profile", name="Anna", email="", zone="", role="admin", allowed_addresses="")
    assert row(login)["role"] == "analyst"


def test_the_company_of_a_contact_is_its_customer(enter):
    _, carl = enter("carl", customer="alpha")
    text = carl.get("/account/company").text
    assert "<dd>Alpha</dd>" in text
    assert "<dd>EUR</dd>" in text
    assert "Gamma" not in text
