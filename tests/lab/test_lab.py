"""The course as a learner meets it: opened by ``lstm-course lab``, run in JupyterLab from the top.

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
