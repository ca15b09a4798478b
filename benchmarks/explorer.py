#!/usr/bin/env python3
"""Time the explorer in Chromium: from a keystroke to the next picture, and from an address to the first one.

    python benchmarks/explorer.py

Needs Playwright (`pip install -e '.[browser]'`) and Chromium. A keystroke appends a letter to a text of 10, 100 or
1,000 words (the network reads the last 100). The clock stops after the frame that shows verdict, words and
probability, and once more after the next, which shows the views below them. What is computed and drawn before the first
of the two is timed as well, without the browser's layout and paint. Leave the machine otherwise idle; the processor
time of a keystroke, layout included, is what a busy one disturbs least.
"""

import functools
import http.server
import shutil
import statistics
import tempfile
import threading
from pathlib import Path

from lstm_course.explorer import files

KEYSTROKES = 40
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TYPE = """async ([words, keystrokes]) => {
    const view = await explorer;
    const box = document.querySelector("textarea");
    const some = "the film is wonderful and the actors are dull but i loved a slow long ending".split(" ");
    const text = Array.from({ length: words }, (_, place) => some[(7 * place) % some.length]).join(" ");
    view.set({ text, word: null });
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await painted();
    const times = [];
    for (let key = 0; key < keystrokes; key++) {
        await new Promise((done) => setTimeout(done, 30));
        const start = performance.now();
        box.value += key % 6 === 5 ? " " : "abcdefghijklmnopqrstuvwxyz"[key % 26];
        box.dispatchEvent(new Event("input", { bubbles: true }));
        const drawn = performance.now();
        await painted();
        const shown = performance.now();
        await painted();
        times.push([drawn, shown, performance.now()].map((end) => end - start));
    }
    return times;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def log_message(self, *_):
        """Say nothing."""


def first_picture(browser, url: str) -> float:
    """Return the seconds from the address to the first whole picture, with nothing in the cache."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector(".lx-bar-rnn")
    seconds = page.evaluate("performance.now()") / 1_000
    page.close()
    return seconds


def busy(session) -> float:
    """Return the processor seconds that the page's own thread has used, layout and painting of layers included."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration")


def main() -> None:
    """Print both tables, or what is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return print("the explorer is timed in a browser: pip install -e '.[browser]'")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return print("the explorer is timed in a browser: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        files.copy_to(Path(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/index.html"
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        starts = [first_picture(browser, url) for _ in range(5)]
        print(f"from the address to the first whole picture: median {statistics.median(starts):.2f} s of {len(starts)}")
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(url)
        page.wait_for_selector(".lx-map")
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        head = "compute and draw, ms   keystroke to words, ms  fastest  slowest   to whole picture, ms   processor, ms"
        print(f"{'words':>6}   {head}")
        for words in (10, 100, 1_000):
            before = busy(session)
            drawn, shown, whole = map(list, zip(*page.evaluate(TYPE, [words, KEYSTROKES]), strict=True))
            each = 1_000 * (busy(session) - before) / KEYSTROKES
            medians = f"{statistics.median(drawn):22.1f} {statistics.median(shown):24.1f}"
            ends = f"{min(shown):8.1f} {max(shown):8.1f} {statistics.median(whole):22.1f}"
            print(f"{words:6} {medians} {ends} {each:15.1f}")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
