"""Windows of a browser, as somebody who is signed in has them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Open = Callable[..., Any]


@contextmanager
def windows(browser: Any, portal: str) -> Iterator[Open]:
    """Opens a page at an address of the portal, with the cookie of whoever looks; each is closed, as a reader would, at the end."""
    contexts = []

    def show(address: str, cookie: tuple[str, str] | None = None, **looks: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, **looks})
        contexts.append(context)
        if cookie:
            context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": portal}])
        page = context.new_page()
        page.goto(f"{portal}{address}")
        return page

    yield show
    for context in contexts:
        for page in context.pages:
            page.close(run_before_unload=True)
        context.close()
