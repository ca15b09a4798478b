"""The course as a learner meets it: opened by ``lstm-course lab``, used with mouse and keys in JupyterLab.

JupyterLab serves a copy of the course: nothing is written to the checkout, and nothing comes from a network.
"""

import json
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
ERRORS = ".jp-OutputArea-output[data-mime-type$='error'], .jp-OutputArea-output[data-mime-type$='stderr']"
ALL_RUN = "() => ![...document.querySelectorAll('.jp-InputPrompt')].some(e => /^\\[[ *]\\]/.test(e.textContent))"


class Lab:
    """A notebook in JupyterLab, used as a learner uses it."""

    def __init__(self, page, stem):
        self.page = page
        cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
        self.places = [cell["id"] for cell in cells]
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.cell(self.places[0]).locator("h1", has_text=stem[:2]).wait_for()
        self.cell(self.places[-1]).wait_for()
        page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()

    def cell(self, name):
        """Return the cell with an id, as long as no cell was added before it."""
        return self.panel.locator(f".jp-Cell[data-windowed-list-index='{self.places.index(name)}']")

    def says(self, cell, text):
        """Wait until an output of a cell says ``text``."""
        cell.locator(".jp-OutputArea-output", has_text=text).first.wait_for()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def run(self, name):
        """Click into a cell, press Shift and Enter, and wait until it has run."""
        self.cell(name).locator(".cm-content").click()
        self.press("Shift+Enter")
        self.page.wait_for_function(ALL_RUN)

    def choose(self, *names):
        """Choose from the menus."""
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).click()


@pytest.fixture(scope="module")
def welcome(page):
    """Notebook 00, which is there without a click, after the double arrow has run it from the top."""
    lab = Lab(page, "00_welcome")
    page.locator("[data-command='notebook:restart-run-all']").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-InputPrompt", has_text="[*]").first.wait_for()  # numbers of an earlier run stand there until then
    page.wait_for_function(ALL_RUN)
    return lab


def test_all_cells_run_without_an_error(welcome, page):
    assert page.locator(ERRORS).all_inner_texts() == []
    welcome.says(welcome.cell("look-at-the-machine"), "All is in place")
    welcome.says(welcome.cell("order"), "bag of words")
    assert page.locator(".jp-RenderedImage img").count() > 0


def test_a_word_typed_into_the_explorer_changes_the_verdict(welcome, page):
    cell = welcome.cell("type")
    box, verdict = cell.locator("textarea"), cell.locator(".lx-verdict b")
    box.click()
    before = verdict.inner_text()
    welcome.press("Control+End")
    page.keyboard.type(" Bad, dreadful, added by a dull xylophone.")  # outside the box, these letters change cells
    cell.locator(".lx-word", has_text="dreadful").wait_for()
    assert int(verdict.inner_text().split()[0]) < int(before.split()[0])
    assert page.locator(".jp-Cell").count() == len(welcome.places)


def test_a_hint_comes_where_its_line_is_run(welcome):
    stub = welcome.cell("exercise-praise-stub")
    stub.locator(".cm-line", has_text="# hint(").click()
    welcome.press("Home", "Delete", "Delete", "Shift+Enter")
    welcome.says(stub, "Hint 1")
    welcome.says(stub, "not attempted yet")


def test_a_solution_opens_with_a_click_on_its_dots_and_runs(welcome):
    solution = welcome.cell("exercise-praise-solution")
    assert solution.locator(".cm-content").count() == 0
    for _ in ("the code", "the output"):
        solution.locator(".jp-Placeholder").first.click()
    assert "perfect ending" in solution.locator(".cm-content").inner_text()
    welcome.run("exercise-praise-solution")
    welcome.says(solution, "right")


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_both_themes_reach_notebook_and_explorer(theme, welcome, page, seen):
    welcome.choose("Settings", "Theme", f"JupyterLab {theme}")
    page.locator(f"body[data-jp-theme-light={str(theme == 'Light').lower()}]").wait_for()
    welcome.cell("type").scroll_into_view_if_needed()
    page.screenshot(path=seen.folder / f"{theme}.png")


def test_a_cell_that_takes_too_long_is_stopped_and_the_notebook_runs_on(welcome, page):
    page.locator(".jp-DirListing-item", has_text="04_").dblclick()
    lab = Lab(page, "04_lstm_from_scratch")
    for name in ("setup", "line-wait", "line-figure", "line-run"):
        lab.run(name)
    assert lab.panel.locator(ERRORS).all_inner_texts() == []
    lab.cell("line-run").locator(".jp-InputPrompt").click()
    lab.press("b", "Enter")
    own = lab.panel.locator(".jp-Cell.jp-mod-active")
    page.keyboard.type("while True: pass")
    lab.press("Control+Enter")
    own.locator(".jp-InputPrompt", has_text="[*]").wait_for()
    lab.panel.locator("[data-command='notebook:interrupt-kernel']").click()
    lab.says(own, "KeyboardInterrupt")
    own.locator(".cm-content").click()
    lab.press("Control+a")
    page.keyboard.type("print(run_line(note)[-1].round(2))")
    lab.press("Control+Enter")
    lab.says(own, "0.96")
