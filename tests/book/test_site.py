"""The web edition builds without a warning, and every page of it works in a browser that has no network.

The first half needs the extra `book`, the second the extra `browser` and a Chromium.
"""

import functools
import http.server
import itertools
import re
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
TEACHING = sorted(path.stem for path in (ROOT / "book" / "teach").glob("*.md"))
PAGES = ["index", *(f"notebooks/{name}" for name in NOTEBOOKS), "explorer", "glossary", "run", "search"]
PAGES += [f"teach/{name}" for name in TEACHING]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site once, with warnings as errors."""
    for needed in ("sphinx", "myst_nb", "pydata_sphinx_theme", "sphinx_design", "sphinx_copybutton"):
        pytest.importorskip(needed, reason="the web edition is not built here: pip install -e '.[book]'")
    made = tmp_path_factory.mktemp("site")
    strictly = ["-W", "--keep-going", "-q", "-d", str(made / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *strictly, "book", str(made / "html")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return made / "html"


@pytest.fixture(scope="module")
def soups(site):
    """Return each page's parsed HTML, by its address inside the site."""
    from bs4 import BeautifulSoup

    return {name: BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser") for name in PAGES}


def test_every_page_of_the_site_is_looked_at(site):
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert {name for name in built if not name.startswith("_static")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name, site, soups):
    page = site / f"{name}.html"
    for link in soups[name].find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            assert parts.scheme in ("https", "mailto"), link
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert target.is_file(), link
        if parts.fragment and target.suffix == ".html":
            anchors = soups[target.relative_to(site.resolve()).with_suffix("").as_posix() if parts.path else name]
            assert anchors.find(id=unquote(parts.fragment)), link


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_here_and_says_in_words_what_it_shows(name, site, soups):
    for image in soups[name].find_all("img"):
        assert ((site / f"{name}.html").parent / unquote(image["src"])).is_file(), image
        assert len(image.get("alt", "")) > 20, image


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_solutions_and_hints_are_folded_and_questions_stand_out(stem, soups):
    page = soups[f"notebooks/{stem}"]
    solutions = page.select(".cell.tag_solution")
    stubs = page.select(".cell.tag_exercise")
    assert len(solutions) == len(stubs) >= 3
    assert all(cell.find("details").summary.get_text().split() == ["Solution"] * 2 for cell in solutions)
    assert not any(cell.find("details").has_attr("open") for cell in solutions)
    blocks = page.select(".admonition.exercise-run")
    assert len(blocks) == len(stubs)
    assert all(block.select("details.sd-dropdown") and block.select("a.download") for block in blocks)
    assert page.select(".admonition.predict")


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_equations_and_figures_have_numbers_and_addresses(stem, soups):
    page = soups[f"notebooks/{stem}"]
    numbers = [place.find("span", class_="eqno").get_text().rstrip("#") for place in page.select("div.math")]
    assert numbers == [f"({stem[:2]}.{number})" for number in range(1, len(numbers) + 1)]
    assert all(place.has_attr("id") for place in page.select("div.math"))
    figures = [figure["id"] for figure in page.select("figure")]
    assert figures == [f"figure-{number}" for number in range(1, len(page.select("article img")) + 1)]


def test_every_term_leads_to_the_place_that_builds_it_and_notebooks_lead_to_the_term(soups):
    terms = [term.get_text().rstrip("#") for term in soups["glossary"].select("dl.glossary dt")]
    assert terms == sorted(terms, key=str.lower)
    assert len(terms) > 90
    for place in soups["glossary"].select("dl.glossary dd"):
        assert len(place.select("a.reference")) == 1, place
    linked = {urlsplit(link["href"]).fragment for soup in soups.values() for link in soup.select("a:has(> .std-term)")}
    unused = {f"term-{re.sub(r'[^A-Za-z]+', '-', term).strip('-')}" for term in terms} - linked
    assert len(unused) < 0.1 * len(terms), unused


# ------------------------------------------------------------------------------------ in a browser, without a network

STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
# One token of a kind stands for all: they share their colours, and thousands of them take minutes to judge. Of a
# formula in a line its MathML stays, which is what is read aloud; the drawn signs are hidden from that.
ONE_OF_A_KIND = """() => { const seen = new Set();
    for (const token of document.querySelectorAll("pre span[class]")) {
        if (seen.has(token.className)) token.replaceWith(...token.childNodes); else seen.add(token.className); }
    document.querySelectorAll("mjx-container:not([display]) mjx-math").forEach(drawn => drawn.replaceChildren()); }"""
# Boxes that go on at the right without showing it, and formulas in a line that are cut there.
UNSEEN = """() => [
    ...[...document.querySelectorAll("pre, figure, .pst-scrollable-table-container, mjx-container[display]")]
        .filter(box => !box.closest("details:not([open])") && box.scrollWidth - box.clientWidth > 2)
        .filter(box => !(box.matches(".goes-on") && box.tabIndex === 0)),
    ...[...document.querySelectorAll("span.math")].filter(formula => formula.querySelector("mjx-math")
        .getBoundingClientRect().right > formula.getBoundingClientRect().right + 2),
].map(box => box.textContent.trim().slice(0, 60))"""
FRAME = [".bd-header", ".bd-sidebar-primary", ".bd-sidebar-secondary"]  # what a width shows or hides; the rest it moves


@pytest.fixture(scope="module")
def address(site):
    """Serve the site on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_beside_the_explorers_buttons_the_verdict_is_in_view(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_default_timeout(120_000)
    page.goto(f"{address}explorer.html")
    page.get_by_role("button", name="Output gate at 0").focus()
    page.get_by_role("button", name="Forget gate at 0").focus()
    boxes = [page.locator(box).first.bounding_box() for box in (".bd-header", ".lx-answer", ".lx-cards button")]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    page.mouse.wheel(0, -50)  # the theme shows its button when somebody scrolls up
    page.wait_for_timeout(500)
    assert not page.locator("#pst-back-to-top").is_visible()
    page.close()


def violations(page, theme, include=("html",), **options):
    """Return what axe-core finds wrong in a theme: rule, element and reason."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    options = {"resultTypes": ["violations"], "preload": False, **options}
    results = page.evaluate("([include, options]) => axe.run({include}, options)", [include, options])
    return [(rule["id"], at["target"], at["failureSummary"]) for rule in results["violations"] for at in rule["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_no_network_and_shuts_nobody_out(name, browser, address):
    axe = pytest.importorskip("axe_playwright_python.base", reason="is not judged here: pip install -e '.[browser]'")

    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(120_000)  # a busy machine takes its time
    wrong = []
    page.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith((address, "data:", "blob:")) or wrong.append(asked.url))
    page.on("response", lambda given: given.status >= 400 and wrong.append(f"{given.status} {given.url}"))
    page.goto(f"{address}{name}.html")
    page.evaluate("() => window.MathJax?.startup.promise")
    if page.locator("#explorer").count():
        page.locator("#explorer").scroll_into_view_if_needed()
        page.wait_for_selector("#explorer .lx-words")
    page.wait_for_load_state("networkidle")
    assert page.locator("mjx-merror").count() == 0
    assert page.locator(".math").count() == page.locator("mjx-container").count()

    page.add_style_tag(content=STILL)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(500)  # the theme waits 300 ms before it looks at what has become too wide
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.evaluate(UNSEEN) == []
    small = "[...document.querySelectorAll('figure img')].filter(image => image.width < 500).map(image => image.alt)"
    assert page.evaluate(small) == []

    colours = {"runOnly": ["color-contrast"]}
    page.evaluate(axe.AXE_SCRIPT)
    page.evaluate(ONE_OF_A_KIND)
    assert violations(page, "dark") == []
    assert violations(page, "light", FRAME, **colours) == []
    page.set_viewport_size({"width": 1300, "height": 900})
    page.wait_for_timeout(500)
    assert violations(page, "light") == []
    assert violations(page, "dark", FRAME, **colours) == []
    assert wrong == []
    page.close()
