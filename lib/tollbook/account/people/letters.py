"""What is written to people about their account, in their language."""

from tollbook import language
from tollbook.account.people.models import Person
from tollbook.account.post.message import Message, html_of
from tollbook.language import tr
from tollbook.params import Site


def reset_link(site: Site, person: Person, link: str, minutes: int) -> Message:
    """The link by which they set a new password."""
    with language.speaking(spoken(site, person)):
        subject = tr("A new password for {name}").format(name=site.name)
        paragraphs = (
            tr("Hello {name},").format(name=person.name),
            tr("with this link you set a new password, once, within {minutes} minutes:").format(
                minutes=minutes
            ),
            link,
            tr("If you did not ask for it, there is nothing to do: your password stays as it is."),
            site.name,
        )
        return _mail(person.email, subject, paragraphs, link)


def code_by_mail(site: Site, person: Person, code: str, minutes: int) -> Message:
    """The code that shows that an e-mail address is theirs."""
    with language.speaking(spoken(site, person)):
        subject = tr("Your code for {name}").format(name=site.name)
        paragraphs = (
            tr("Hello {name},").format(name=person.name),
            tr("type this code within {minutes} minutes to show that this address is yours:").format(
                minutes=minutes
            ),
            code,
            tr("If you did not ask for it, somebody mistyped their address: there is nothing to do."),
            site.name,
        )
        return _mail(person.email, subject, paragraphs)


def code_by_sms(site: Site, person: Person, code: str, minutes: int) -> Message:
    """The code that shows that a mobile telephone is theirs."""
    with language.speaking(spoken(site, person)):
        text = tr("{code} is your code for {name}. It counts for {minutes} minutes.")
        told = text.format(code=code, name=site.name, minutes=minutes)
        return Message(person.mobile, told, "sms", language=language.current())


def spoken(site: Site, person: Person) -> str:
    """The language that somebody is written to in: theirs, else the site's, else English."""
    return person.language or site.language or language.SOURCE


def _mail(to: str, subject: str, paragraphs: tuple[str, ...], link: str = "") -> Message:
    spoken = language.current()
    return Message(
        to,
        "\n\n".join(paragraphs) + "\n",
        subject=subject,
        html=html_of(paragraphs, spoken, link),
        language=spoken,
    )
