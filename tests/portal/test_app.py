"""Voila's configuration and what is left of its handlers."""

from types import SimpleNamespace

from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from tollbook.params import folder
from tollbook.portal.access import Readers
from tollbook.portal.app import TollbookApp, settings
from tollbook.portal.handlers import NotebookPage, Nowhere
from tollbook.portal.lines import Channel
from tollbook.portal.pages import PAGES
from tollbook.portal.reach import Reach


def configured():
    return settings(
        reach=Reach("127.0.0.1", 1, "/x/"),
        notebooks=str(folder("notebooks")),
        sessions=3,
        cookie_secret=b"0" * 32,
    )


def test_readers_get_no_sources_files_or_traces():
    config = configured()
    assert config.VoilaConfiguration.strip_sources is True
    assert config.VoilaConfiguration.show_tracebacks is False
    assert config.VoilaConfiguration.file_allowlist == []
    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.MappingKernelManager.allow_tracebacks is False


def test_a_session_that_nobody_has_open_is_ended():
    assert configured().MappingKernelManager.cull_idle_timeout == 300


def test_pages_open_at_once_are_as_many_as_the_site_says():
    assert configured().Sessions.most == 3


def test_of_voilas_handlers_those_of_files_and_trees_are_gone(monkeypatch):
    app = TollbookApp(config=configured())
    theirs = [
        ("/tree", TornadoVoilaTreeHandler),
        ("/files", AllowListFileHandler),
        ("/c", VoilaContentsHandler),
    ]
    monkeypatch.setattr(Voila, "init_handlers", lambda _self: theirs)
    app.server_url, app.voila_configuration = "/x/", None
    app.page_config = SimpleNamespace(handlers=lambda *_: [])
    monkeypatch.setattr(TollbookApp, "labextensions_path", [])
    kept = [handler for _, handler, *_ in app.init_handlers()]
    assert not {handler for _, handler in theirs} & set(kept)
    assert kept.count(NotebookPage) == len(PAGES)
    assert kept[-1] is Nowhere


def test_small_messages_are_not_held_back():
    assert Channel.open is not VoilaKernelWebsocketHandler.open


def test_nobody_is_let_in_but_by_their_own_session():
    assert configured().Voila.identity_provider_class is Readers
    assert Readers().get_handlers() == []
