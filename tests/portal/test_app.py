"""Voila's configuration and what is left of its handlers."""

from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from tollbook.params import folder
from tollbook.portal.app import Channel, Everyone, TollbookApp, settings
from tollbook.portal.handlers import NotebookPage, Nowhere


def configured():
    return settings(port=1, ip="127.0.0.1", base_url="/x/", notebooks=str(folder("notebooks")))


def test_readers_get_no_sources_files_or_traces():
    config = configured()
    assert config.VoilaConfiguration.strip_sources is True
    assert config.VoilaConfiguration.show_tracebacks is False
    assert config.VoilaConfiguration.file_allowlist == []
    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.MappingKernelManager.allow_tracebacks is False


def test_a_session_that_nobody_has_open_is_ended():
    assert configured().MappingKernelManager.cull_idle_timeout == 300


def test_of_voilas_handlers_those_of_files_and_trees_are_gone(monkeypatch):
    app = TollbookApp(config=configured())
    theirs = [
        ("/tree", TornadoVoilaTreeHandler),
        ("/files", AllowListFileHandler),
        ("/c", VoilaContentsHandler),
    ]
    monkeypatch.setattr(Voila, "init_handlers", lambda _self: theirs)
    app.server_url, app.voila_configuration = "/x/", None
    kept = [handler for _, handler, *_ in app.init_handlers()]
    assert not {handler for _, handler in theirs} & set(kept)
    assert kept.count(NotebookPage) == 2
    assert kept[-1] is Nowhere


def test_small_messages_are_not_held_back():
    assert Channel.open is not Channel.__mro__[1].open


def test_there_is_one_reader_and_no_log_in():
    everyone = Everyone()
    assert everyone.get_user(None).username == "reader"
    assert everyone.get_handlers() == []
