"""The benchmark of bulk imports on a small scale. No time is judged."""

import pytest
from bench import extensions

from tollbook.cli import main


@pytest.fixture
def at_once(monkeypatch, capsys):
    """Commands are run here: starting each anew is what takes longest."""

    def run(home, _database, *words):
        capsys.readouterr()
        main(["--home", str(home), *words])
        return capsys.readouterr().out

    monkeypatch.setattr(extensions, "tollbook", run)


def test_every_line_of_the_file_is_taken_and_the_time_is_told(at_once):
    told = extensions.measured(30)
    assert (told["database"], told["lines"]) == ("sqlite", 30)
    assert told["taken_s"] > 0
    line = extensions.as_text([{**told, "taken_s": 12.0, "cpu_s": 4.0, "holds": False}])
    assert line.split() == [
        "sqlite",
        "30",
        "lines",
        "12.0",
        "s",
        "4.0",
        "s",
        "of",
        "CPU",
        "not",
        "within",
        "10",
        "s",
    ]


def test_an_import_that_leaves_lines_out_is_no_figure(at_once, monkeypatch):
    run = extensions.tollbook
    small = lambda *words: run(*(str(extensions.FIRST) if one == "1000029" else one for one in words))  # noqa: E731
    monkeypatch.setattr(extensions, "tollbook", small)
    with pytest.raises(SystemExit, match="1 of 30 lines were taken"):
        extensions.measured(30)
