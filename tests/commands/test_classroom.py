"""What a learner exports holds no names, and a folder of it becomes a picture and a table."""

import getpass
import json
import random
import socket

import pytest
from click.testing import CliRunner
from PIL import Image

from lstm_course import __version__
from lstm_course.commands import classroom
from lstm_course.commands.main import main
from lstm_course.exercises.engine import progress
from lstm_course.exercises.export import FORMAT, OTHER, diagnoses, exercises

STEP = {(number, exercise.name): exercise for number, exercise in exercises()}["01", "step"]
LEFT_OUT, NO_TANH, *_ = diagnoses(STEP)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def attempt(notebook, exercise, state, verdict="", answer="def mine(): return 'my secret film'"):
    progress.Attempt(notebook, exercise, answer).end(state, verdict)


def exported(home):
    (file,) = home.glob("progress-*.json")
    return file.read_text(encoding="utf-8")


def test_an_export_counts_attempts_up_to_the_right_one_and_the_courses_own_diagnoses(home):
    attempt("01", "step", "tried", f"Not yet. {LEFT_OUT}")
    attempt("01", "step", "tried", f"Not yet. {LEFT_OUT}\n  It was given x_t of shape (2, 3).")
    attempt("01", "step", "tried", "Not yet. Your line `return my_secret` cannot be used.")
    attempt("01", "step", "right", "Right.")
    attempt("01", "step", "tried", f"Not yet. {NO_TANH}")
    attempt("06", "encode", "tried")
    attempt("77", "gone", "tried")
    result = invoke("progress", "--export")
    assert result.exit_code == 0, result.output
    assert "2 exercises in progress-" in result.output
    assert json.loads(exported(home)) == {
        "format": FORMAT,
        "version": __version__,
        "exercises": [
            {"notebook": "01", "exercise": "step", "attempts": 4, "solved": True, "diagnoses": {LEFT_OUT: 2, OTHER: 1}},
            {"notebook": "06", "exercise": "encode", "attempts": 1, "solved": False, "diagnoses": {OTHER: 1}},
        ],
    }


def test_an_export_holds_no_answer_no_time_and_nothing_of_the_machine(home):
    attempt("00", "praise", "tried", "Not yet. The model says 12 % positive, and “secret” lowered it most.")
    invoke("progress", "--export")
    text = exported(home)
    (kept,) = progress.attempts()
    for private in ("secret", kept.answer, kept.at[:10], str(home), socket.gethostname()):
        assert private not in text
    assert getpass.getuser() not in text.replace('"progress"', "")
    assert len(text) < 1000


def test_thirty_exports_do_not_overwrite_one_another(home):
    attempt("01", "step", "right")
    for _ in range(3):
        invoke("progress", "--export")
    assert len([*home.glob("progress-*.json")]) == 3
    assert invoke("progress", "--export", home / "mine.json").exit_code == 0
    assert (home / "mine.json").exists()


def test_what_cannot_be_exported_is_said_in_one_sentence(home):
    result = invoke("progress", "--export")
    assert (result.exit_code, result.output) == (
        1,
        "Error: there is nothing to export yet; run the check of an exercise first\n",
    )
    attempt("01", "step", "right")
    result = invoke("progress", "--export", home / "nowhere" / "mine.json")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: {home / 'nowhere' / 'mine.json'} cannot be written (No such file or directory); name another file\n",
    )


def row(notebook, exercise, attempts, solved, **more):
    return {"notebook": notebook, "exercise": exercise, "attempts": attempts, "solved": solved, "diagnoses": more}


def write(folder, name, *rows, version=__version__):
    content = {"format": FORMAT, "version": version, "exercises": rows}
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def test_a_class_of_thirty_becomes_a_picture_and_a_table(home):
    luck = random.Random(0)
    for learner in range(30):
        rows = [row("01", "step", 1, True)]
        solved = learner < 12
        rows.append(row("04", "step", 2 + luck.randrange(4), solved, **{OTHER: 1}))
        if learner % 2:
            rows.append(row("06", "encode", 2, True, **{OTHER: 1}))
        write(home, f"{learner}.json", *rows)
    result = invoke("class", home)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "30 learners, 3 exercises tried"
    assert [line.split()[:4] for line in lines[3:6]] == [
        ["04", "step", "30", "12"],
        ["06", "encode", "15", "15"],
        ["01", "step", "30", "30"],
    ]
    with Image.open(home / "class.png") as picture:
        assert min(picture.size) > 100


def test_learners_are_counted_once_each_and_a_named_diagnosis_comes_before_another_mistake():
    learners = [
        [row("01", "step", 1, True)],
        [row("01", "step", 9, True, **{LEFT_OUT: 7, OTHER: 1})],
        [row("01", "step", 3, False, **{OTHER: 3})],
        [row("01", "step", 2, False, **{OTHER: 2})],
    ]
    (one,) = classroom.tally(learners)
    assert (one.at_once, one.later, one.not_solved) == (1, 1, 2)
    assert one.met == {LEFT_OUT: 1, OTHER: 3}
    assert classroom.table([one]).splitlines()[1] == f"01 step      4       2       2.5  {LEFT_OUT} (1)"


@pytest.mark.parametrize("folder", ["empty", "nowhere"])
def test_a_folder_without_exports_says_how_to_fill_it(folder, home):
    (home / "empty").mkdir()
    result = invoke("class", home / folder)
    assert (result.exit_code, result.output) == (
        1,
        f"Error: there are no exports in {home / folder}; each learner writes one with lstm-course progress --export, "
        "and you collect them in this folder\n",
    )


NOT_ONE = "is not a progress export; ask for it again: lstm-course progress --export. It is left out."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", NOT_ONE),
        ("[]", NOT_ONE),
        ('"text"', NOT_ONE),
        (json.dumps({"format": "other", "version": __version__, "exercises": []}), NOT_ONE),
        (json.dumps({"format": FORMAT, "version": __version__, "exercises": [row("01", "gone", 1, True)]}), NOT_ONE),
        (json.dumps({"format": FORMAT, "version": __version__, "exercises": [row("01", "step", -1, True)]}), NOT_ONE),
        (
            json.dumps({"format": FORMAT, "version": __version__, "exercises": [row("01", "step", 1, True, x=1)]}),
            NOT_ONE,
        ),
        (json.dumps({"format": FORMAT, "version": __version__, "exercises": [7]}), NOT_ONE),
        (
            json.dumps({"format": FORMAT, "version": "0.0.9", "exercises": [row("01", "gone", 1, True)]}),
            f"comes from version 0.0.9 of the course, and this is {__version__}; bring both to one version and export "
            "again. It is left out.",
        ),
    ],
)
def test_a_file_that_does_not_count_is_named_and_left_out(content, sentence, home):
    write(home, "good.json", row("01", "step", 1, True))
    (home / "odd.json").write_text(content, encoding="utf-8")
    result = invoke("class", home)
    assert result.exit_code == 0
    assert f"odd.json {sentence}\n" in result.output
    assert "1 learner, 1 exercise tried" in result.output


def test_a_file_that_is_no_text_is_named_and_left_out(home):
    write(home, "good.json", row("01", "step", 1, True))
    (home / "odd.json").write_bytes(b"\xff\xfe\x00")
    assert "odd.json cannot be read; ask for it again. It is left out.\n" in invoke("class", home).output
