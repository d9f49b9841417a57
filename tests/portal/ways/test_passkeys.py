import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from account.people.authenticator import Device
from portal.ways.conftest import PASSWORD, Browser, Portal, said
from tollbook.account import audit

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(page: Page) -> tuple[object, str]:
    """The page's browser has a device that knows its owner."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


@pytest.mark.browser
def test_one_is_made_signs_in_without_name_or_password_and_is_removed(
    there: Portal, browser: Chromium
) -> None:
    name, value = there.enter("kim")
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": there.address}])
    page = context.new_page()
    line, device = with_device(page)
    page.goto(f"{there.address}account/passkeys")
    page.get_by_label("What you call it").fill("My laptop")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("The password is wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_have_text("The passkey is kept: you can sign in with it.")
    expect(page.get_by_role("cell", name="My laptop")).to_be_visible()

    context.clear_cookies()
    page.goto(f"{there.address}login?next=/pages")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{there.address}pages")
    with there.db.reading() as session:
        told = [one for one in audit.events(session, None, None) if one["action"] == "sign_in"]
    assert (told[-1]["login"], told[-1]["outcome"], told[-1]["after"]) == (
        "kim",
        "done",
        {"means": "passkey"},
    )

    page.goto(f"{there.address}account/passkeys")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_have_text("The passkey signs in no more.")
    context.clear_cookies()
    page.goto(f"{there.address}login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("Signing in did not work: try again")

    page.goto(f"{there.address}login")
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("The device did not sign you in.")
    context.close()


def test_by_a_number_in_place_of_a_name_there_are_none(
    set_back: Portal, browser_of: Callable[..., Browser]
) -> None:
    set_back.set(address="")
    numbered = Browser(set_back.address.replace("localhost", "127.0.0.1"), dict([set_back.enter("lea")]))
    assert "open the portal by its name" in numbered.get("account/passkeys").data.decode()
    assert numbered.post("login/passkey/options").status == 404
    assert browser_of().post("login/passkey/options").status == 200


def test_a_device_signs_in_once_with_each_challenge_and_next_is_ours(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    browser, device = browser_of(there.enter("mia")), Device(there.address.rstrip("/"))
    refused = browser.post("account/passkeys", do="begin", password="wrong")
    assert (refused.status, json.loads(refused.data)) == (400, {"wrong": "The password is wrong"})
    begun = json.loads(browser.post("account/passkeys", do="begin", password=PASSWORD).data)
    told = {"answer": device.create(begun["options"]), "sealed": begun["sealed"], "name": "Key"}
    assert browser.post("account/passkeys", do="add", **told).status == 303
    stranger = browser_of()
    asked = json.loads(stranger.post("login/passkey/options").data)
    told = {"answer": device.get(asked["options"]), "sealed": asked["sealed"], "next": "//evil.example"}
    assert browser_of().ask("POST", "login/passkey", told).status == 403
    done = stranger.post("login/passkey", **told)
    assert (done.status, done.headers["Location"]) == (303, "/")
    again = browser_of().post("login/passkey", **told)
    assert (again.status, said(again)) == (403, ["Signing in did not work: try again"])
