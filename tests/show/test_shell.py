"""What a notebook gets by importing `tollbook.show`."""

from IPython.core.interactiveshell import InteractiveShell

from tollbook.show import shell


def test_outside_of_a_notebook_nothing_is_changed():
    assert shell.prepare() is False


def test_a_plain_chart_becomes_a_widget_without_loading_altair_before(monkeypatch):
    notebook = InteractiveShell()
    monkeypatch.setattr(shell, "get_ipython", lambda: notebook)
    assert shell.prepare() is True
    notebook.run_cell("import altair as alt")
    chart = notebook.ev("alt.Chart(alt.Data(values=[{'a': 1}])).mark_bar().encode(x='a:Q')")
    data, _ = notebook.display_formatter.format(chart)
    assert "application/vnd.jupyter.widget-view+json" in data


def test_our_errors_are_one_line(monkeypatch):
    notebook = InteractiveShell()
    monkeypatch.setattr(shell, "get_ipython", lambda: notebook)
    told = []
    monkeypatch.setattr(notebook, "_showtraceback", lambda _kind, _error, lines: told.extend(lines))
    shell.prepare()
    done = notebook.run_cell("from tollbook.periods import parse_zone\nparse_zone('Mars')")
    assert done.error_in_exec is not None
    assert len(told) == 1
    assert told[0].startswith("UsageError: unknown zone 'Mars'")
