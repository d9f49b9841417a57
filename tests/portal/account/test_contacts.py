"""Looking at the portal as a contact sees it."""


def test_an_operator_looks_as_a_contact_with_its_rights_and_a_banner_and_back(enter, row):
    _, anna = enter()
    login, _ = enter("carl", customer="alpha")
    assert anna.post("/account/view-as", login=login).leads == "/"
    seen = anna.get("/pages")
    assert "You see the portal as" in seen.text
    assert anna.get("/carriers").status == 403
    assert anna.get("/account/tokens").text.count("tb_") == 0
    refused = anna.post("/account/profile", name="Taken over", email="", zone="")
    assert refused.status == 400
    assert row(login)["name"] == login
    assert anna.post("/account/view-as/end").leads == "/account/view-as"
    assert anna.get("/carriers").status == 200


def test_nobody_looks_as_an_operator_and_no_contact_looks_as_anybody(enter):
    _, anna = enter()
    other, _ = enter("bert")
    assert anna.post("/account/view-as", login=other).status == 400
    login, _ = enter("dora", customer="alpha")
    _, carl = enter("carl", customer="alpha")
    assert carl.post("/account/view-as", login=login).status == 403
