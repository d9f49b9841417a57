import pytest

from tollbook.account.people import letters
from tollbook.account.people.models import Person
from tollbook.params import Site

LINK = "https://calls.example/reset/x"


def person(language: str = "") -> Person:
    return Person(name="Anna <b>", email="anna@acme.example", mobile="+4930123456", language=language)


def test_a_link_stands_alone_in_its_line_and_can_be_followed() -> None:
    message = letters.reset_link(Site(name="Calls"), person(), LINK, 60)
    assert LINK in message.text.splitlines()
    assert f'<a href="{LINK}" dir="ltr">' in message.html
    assert "Anna &lt;b&gt;" in message.html
    assert "within 60 minutes" in message.text


def test_a_code_is_sent_by_mail_or_as_a_text_message() -> None:
    site = Site(name="Calls")
    mail, text = (
        letters.code_by_mail(site, person(), "012345", 15),
        letters.code_by_sms(site, person(), "012345", 15),
    )
    assert "012345" in mail.text.splitlines()
    assert (text.channel, text.to) == ("sms", "+4930123456")
    assert text.text == "012345 is your code for Calls. It counts for 15 minutes."


@pytest.mark.parametrize(("own", "site", "spoken"), [("de", "fr", "de"), ("", "fr", "fr"), ("", "", "en")])
def test_it_is_written_in_the_persons_language_else_the_sites(own: str, site: str, spoken: str) -> None:
    message = letters.code_by_mail(Site(language=site), person(own), "012345", 15)
    assert message.language == spoken
    assert f'lang="{spoken}"' in message.html
