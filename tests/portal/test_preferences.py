"""A reader's language and theme."""

from types import SimpleNamespace

import pytest

from portal.doors import reader
from tollbook import language
from tollbook.errors import UsageError
from tollbook.portal.preferences import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    accepted,
    checked,
    follow,
    language_of,
    local_path,
    theme,
)


def request(accept="", **cookies):
    kept = {name.replace("_", "-"): value for name, value in cookies.items()}
    return SimpleNamespace(
        request=SimpleNamespace(headers={"Accept-Language": accept}),
        get_cookie=lambda name, default=None: kept.get(name, default),
    )


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Writes `params/site.yml`."""
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return (tmp_path / "site.yml").write_text


def test_the_readers_choice_goes_before_the_sites_and_the_browsers(site):
    site("language: fr\n")
    assert language_of(request("de", tollbook_language="ar")) == "ar"
    assert language_of(request("de")) == "fr"
    site("name: X\n")
    assert language_of(request("de")) == "de"


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("", "en"),
        ("pt-BR,en;q=0.8", "pt"),
        ("ja,fr;q=0.5,de;q=0.9", "de"),
        ("ja", "en"),
        ("es;q=0,de;q=0.1", "de"),
        ("de;q=wrong, fr", "fr"),
        ("*", "en"),
    ],
)
def test_of_the_browsers_languages_the_first_that_we_speak(header, spoken):
    assert accepted(header) == spoken


def test_a_cookie_that_names_no_language_or_theme_counts_for_nothing(site):
    site("")
    follow(request("de", tollbook_language="../..", tollbook_theme="<script>"), None)
    assert (language.current(), theme()) == ("de", "system")
    language.use("en")


def test_the_theme_is_the_readers(site):
    site("")
    follow(request(tollbook_theme="dark"), None)
    assert theme() == "dark"
    follow(request(), None)


def test_what_is_kept_with_the_reader_goes_before_the_browsers(site):
    site("")
    own = reader(language="fr", theme="light")
    follow(request("de", tollbook_language="ar", tollbook_theme="dark"), own)
    assert (language.current(), theme()) == ("fr", "light")
    language.use("en")


def test_only_what_there_is_can_be_kept():
    assert checked({"language": "ar", "theme": ""}) == {LANGUAGE_COOKIE: "ar"}
    assert checked({"language": "", "theme": "light"}) == {THEME_COOKIE: "light"}
    with pytest.raises(UsageError, match="language 'xx'"):
        checked({"language": "xx"})
    with pytest.raises(UsageError, match="theme 'pink': there is system, light, dark"):
        checked({"theme": "pink"})


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/x/dashboard?start=-7d", "/x/dashboard?start=-7d"),
        ("https://evil.example/x/", "/x/"),
        ("//evil.example/", "/x/"),
        ("/x/\\evil", "/x/"),
        ("/x/a\r\nSet-Cookie: b", "/x/"),
        ("/other", "/x/"),
        ("", "/x/"),
    ],
)
def test_it_goes_back_to_a_page_of_ours_alone(wanted, goes):
    assert local_path(wanted, "/x/") == goes
