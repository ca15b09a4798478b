"""The teaching pages hold what an instructor looks for, for every notebook, schedule and exercise."""

import re
from pathlib import Path

import nbformat
import pytest

from lstm_course import teaching

ROOT = Path(__file__).resolve().parents[2]
TEACH = ROOT / "book" / "teach"
STUMBLE = re.compile(r"^:::\{stumble\} (\w+)\n(.+?)\n:::$", re.M | re.S)
NUMBERS = sorted({path.name[:2] for path in (ROOT / "notebooks").glob("*.ipynb")})
SECTIONS = ["Votes", "Where people stumble", "To discuss", "On the board", "When time runs short"]


def page(name):
    return (TEACH / f"{name}.md").read_text(encoding="utf-8")


def lesson(number):
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    return teaching.Lesson(number, nbformat.read(path, as_version=4))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_notebooks_page_has_all_sections_and_says_its_point_first(number):
    text = page(f"nb{number}")
    title = lesson(number).cells[0].source.split("\n")[0]
    assert text.startswith(f"{title.replace('# ', '# Teaching ', 1)}\n\n**The point:** ")
    assert re.findall(r"^## (.+)", text, re.M) == SECTIONS
    assert text.count(":::{dropdown} ") >= 3


@pytest.mark.parametrize("number", NUMBERS)
def test_every_exercise_has_a_question_that_helps_in_the_order_of_the_notebook(number):
    asked = dict(STUMBLE.findall(page(f"nb{number}")))
    assert list(asked) == list(lesson(number).tasks())
    assert all("?" in question for question in asked.values())


@pytest.mark.parametrize("number", NUMBERS)
def test_every_vote_has_options_and_stands_where_the_notebook_asks(number):
    cells = {cell.id: cell.source for cell in lesson(number).cells if cell.cell_type == "markdown"}
    votes = re.search(r"^## Votes\n\n(.+?)\n\n", page(f"nb{number}"), re.M | re.S)[1].split("\n")[2:]
    for row in votes:
        at, _, options, answer = (part.strip() for part in row.strip("|").split("|"))
        assert answer
        assert re.match(r"\*\*A\*\* .+, \*\*B\*\* ", options) or options == "on paper, signed"
        for cell in re.findall(rf"<nb{number}-([\w-]+)>", at):
            assert "**Predict first.**" in cells[cell], cell


@pytest.mark.parametrize("number", ["00", "01", "02", "03", "04"])  # those of the half-day
def test_a_vote_has_as_many_options_as_its_slide(number):
    slides = {cell.id: cell.metadata.get("slides", {}).get("text", []) for cell in lesson(number).cells}
    compared = 0
    for cell, _, options in re.findall(rf"<nb{number}-([\w-]+)>` \| (.+?) \| (.+?) \|", page(f"nb{number}")):
        shown = [line for line in slides[cell] if re.match(r"\d\. ", line)]
        if "**Predict first.**" in "".join(slides[cell]):
            assert len(re.findall(r"\*\*[A-D]\*\*", options)) == len(shown), cell
            compared += 1
    assert compared >= 2


def test_every_schedule_is_on_its_page():
    assert re.findall(r"^:::\{schedule\} (\S+)$", page("schedules"), re.M) == list(teaching.load())


@pytest.mark.parametrize("name", ["before", "after"])
def test_a_questionnaire_has_ten_questions_of_four_answers(name):
    _, *questions = re.split(r"^\*\*(\d+)\.\*\* ", page(name).split("\n## Key")[0], flags=re.M)
    assert questions[::2] == [str(number) for number in range(1, 11)]
    assert all(re.findall(r"^- \*\*([A-D])\*\* .", text, re.M) == list("ABCD") for text in questions[1::2])


def keys(name):
    """Return answer and concept of each question; the key is folded."""
    text = page(name)
    key = text[text.index(":::{dropdown}") :]
    return [row[1:3] for row in re.findall(r"^\| (\d+) \| ([A-D]) \| (.+?) \|", key, re.M)]


def test_the_two_questionnaires_ask_for_the_same_concepts_in_the_same_order_with_other_letters():
    before, after = keys("before"), keys("after")
    assert [concept for _, concept in before] == [concept for _, concept in after]
    assert len({concept for _, concept in before}) == 10
    for answers in (before, after):
        letters = [letter for letter, _ in answers]
        assert set(letters) == set("ABCD")
        assert max(map(letters.count, letters)) <= 4
