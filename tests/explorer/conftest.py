"""A page of the explorer, served on this machine alone and opened in Chromium, if there is one."""

import functools
import http.server
import threading

import pytest
from explorer_texts import reference, texts

from lstm_course.explorer import files
from lstm_course.models import weights


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def some_texts():
    """Two hundred texts, and what Python reads in each."""
    model, word_index = weights.load("source")
    chosen = texts(list(word_index))
    return chosen, reference(model, word_index, chosen)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a folder with the explorer in it."""
    folder = tmp_path_factory.mktemp("explorer")
    files.copy_to(folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser, site):
    """Return a function that opens the explorer and waits for its pictures; afterwards nothing may have gone wrong."""
    wrong, opened = [], []

    def visit(hash_="", **settings):
        found = browser.new_page(**{"viewport": {"width": 1000, "height": 900}} | settings)
        opened.append(found)
        found.on("console", lambda message: wrong.append(message.text))
        found.on("pageerror", lambda error: wrong.append(str(error)))
        found.on("request", lambda sent: sent.url.startswith((site, "data:", "blob:")) or wrong.append(sent.url))
        found.goto(f"{site}/index.html{hash_}")
        found.wait_for_selector(".lx-map", timeout=60_000)
        return found

    yield visit
    for found in opened:
        found.close()
    assert wrong == []
