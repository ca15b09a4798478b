"""The course as a learner meets it: opened by ``lstm-course lab``, read, run and answered in JupyterLab.

JupyterLab serves a copy of the course: nothing is written to the checkout, and nothing comes from a network.
"""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
ERRORS = ".jp-OutputArea-output[data-mime-type$='error'], .jp-OutputArea-output[data-mime-type$='stderr']"
HAVE_RUN = """([panel, places]) => places.every(place => {
    const prompt = panel.querySelector(`[data-windowed-list-index='${place}'] .jp-InputArea-prompt`);
    return !prompt || /^\\[\\d+\\]/.test(prompt.textContent); })"""  # a collapsed cell has no prompt


class Lab:
    """A notebook in JupyterLab, used as a learner uses it."""

    def __init__(self, page, stem):
        self.page, self.stem = page, stem
        self.cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
        self.places = {cell["id"]: place for place, cell in enumerate(self.cells)}
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.cell(self.cells[0]["id"]).locator("h1", has_text=stem[:2]).wait_for()
        self.cell(self.cells[-1]["id"]).wait_for()
        self.idle()

    def idle(self):
        self.page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()

    def cell(self, name):
        """Return the cell with an id, as long as no cell was added before it."""
        return self.panel.locator(f".jp-Cell[data-windowed-list-index='{self.places[name]}']")

    def press(self, command):
        self.panel.locator(f"[data-command='notebook:{command}']").click()

    def menu(self, *entries):
        """Choose an entry of a menu, from the bar at the top down to its name."""
        bar, *below = entries
        self.page.locator(".lm-MenuBar-item", has_text=bar).click()
        for entry in below:
            self.page.locator(".lm-Menu-item", has_text=re.compile(rf"^{entry}")).click()

    def have_run(self, names):
        """Wait until every cell of a list has run."""
        places = [self.places[name] for name in names]
        self.page.wait_for_function(HAVE_RUN, arg=[self.panel.element_handle(), places])

    def clear(self):
        """Forget the stored outputs and numbers, so that what stands there afterwards is of this run."""
        self.menu("Edit", "Clear Outputs of All Cells")
        self.panel.locator(".jp-InputArea-prompt", has_text="[ ]").first.wait_for()

    def says(self, name, text):
        """Wait until an output of a cell says ``text``."""
        self.cell(name).locator(".jp-OutputArea-output", has_text=text).first.wait_for()

    def errors(self):
        return self.panel.locator(ERRORS).all_inner_texts()


def run_from_the_top(page, stem):
    """Return the notebook that is open, after the double arrow has run it from the top."""
    lab = Lab(page, stem)
    lab.clear()
    lab.press("restart-run-all")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.have_run([cell["id"] for cell in lab.cells if cell["cell_type"] == "code"])
    return lab


@pytest.fixture(scope="module")
def welcome(page):
    """Notebook 00, which is there without a click."""
    return run_from_the_top(page, "00_welcome")


@pytest.fixture(scope="module")
def by_hand(page, address):
    """Notebook 04, opened by its address."""
    page.goto(address.replace("00_welcome", "04_lstm_from_scratch"))
    return run_from_the_top(page, "04_lstm_from_scratch")


def test_all_cells_run_without_an_error(welcome):
    assert welcome.errors() == []
    welcome.says("look-at-the-machine", "All is in place")
    welcome.says("order", "bag of words")
    assert welcome.cell("picture").locator(".jp-RenderedImage img").count() == 1


def test_a_review_typed_into_the_explorer_changes_its_verdict(welcome):
    explorer = welcome.cell("type").locator(".lstm-explorer")
    explorer.locator(".lx-verdict", has_text="89 % positive").wait_for()
    explorer.locator("textarea").click()
    welcome.page.keyboard.press("Control+a")
    welcome.page.keyboard.type("A dull and awful film.")  # with an a, a d and two l's that JupyterLab has uses for
    explorer.locator(".lx-word bdi", has_text="awful").wait_for()
    assert explorer.locator(".lx-word bdi").all_inner_texts() == ["start", "A", "dull", "and", "awful", "film."]
    assert int(explorer.locator(".lx-verdict b").inner_text().split()[0]) < 10
    assert welcome.panel.locator(".jp-Cell").count() == len(welcome.cells)


def test_the_dots_open_a_solution(welcome):
    solution = welcome.cell("exercise-strongest-solution")
    assert not solution.locator(".cm-content").is_visible()
    solution.locator(".jp-InputPlaceholder .jp-MoreHorizIcon").click()
    solution.locator(".cm-line", has_text='strongest = "bad"').wait_for()
    welcome.says("exercise-strongest-solution", "Right")


def test_a_hint_comes_when_its_sign_is_removed(welcome):
    stub = welcome.cell("exercise-strongest-stub")
    stub.locator(".cm-line", has_text="# hint(").click()
    welcome.page.keyboard.press("Home")
    welcome.page.keyboard.press("Delete")
    welcome.page.keyboard.press("Delete")
    welcome.page.keyboard.press("Control+Enter")
    welcome.says("exercise-strongest-stub", "Hint 1 of")


INK_AND_GROUND = """element => {
    let ground = element;
    while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    return [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].join(" on "); }"""


def test_outputs_follow_the_theme_and_are_readable_in_both(welcome):
    axe = pytest.importorskip("axe_playwright_python.base", reason="is not judged here: pip install -e '.[browser]'")

    welcome.page.evaluate(axe.AXE_SCRIPT)
    colours = {"watch": set(), "type": set(), "order": set()}
    for theme, light in (("JupyterLab Dark", "false"), ("JupyterLab Light", "true")):
        welcome.menu("Settings", "Theme", f"{theme}$")
        welcome.page.locator(f"body[data-jp-theme-light='{light}']").wait_for(state="attached")
        for name, found in colours.items():
            output = welcome.cell(name).locator(".lx-moved" if name == "type" else ".jp-OutputArea-output").first
            output.scroll_into_view_if_needed()
            found.add(output.evaluate(INK_AND_GROUND))
            judged = output.evaluate("element => axe.run(element, { runOnly: ['color-contrast'] })")
            assert [at["failureSummary"] for rule in judged["violations"] for at in rule["nodes"]] == []
    assert {name: len(found) for name, found in colours.items()} == {"watch": 2, "type": 2, "order": 2}


def test_an_lstm_built_by_hand_runs_to_the_end_with_the_explorer_in_its_midst(by_hand):
    assert by_hand.errors() == []
    explorer = by_hand.cell("explorer").locator(".lstm-explorer")
    explorer.locator(".lx-verdict", has_text="6 % positive").wait_for()
    explorer.get_by_role("button", name="Forget gate at 0").click()
    explorer.locator(".lx-verdict", has_text="43 % positive").first.wait_for()


def test_a_training_is_interrupted_and_run_again(by_hand):
    training = by_hand.cell("train-run")
    training.locator(".cm-line", has_text="players = {").click()
    by_hand.page.keyboard.press("Control+Enter")
    training.locator(".jp-InputArea-prompt", has_text="[*]").wait_for()
    by_hand.press("interrupt-kernel")
    by_hand.says("train-run", "KeyboardInterrupt")
    by_hand.have_run(["train-run"])
    by_hand.page.keyboard.press("Control+Enter")
    by_hand.says("train-run", "bias 3 ahead of bias 1")
    assert by_hand.errors() == []
