import contextlib
import importlib
import inspect
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest

from lstm_course.exercises import answers, notebooks, progress
from lstm_course.exercises.engine import checking as _checking
from lstm_course.exercises.engine import progress as _progress
from lstm_course.exercises.engine.checking import Exercise, Notebook, NotYet, ValueExercise
from lstm_course.exercises.engine.running import TimeIsUp, within
from lstm_course.settings import paths

STUB = "Write it in place of the stub and run the cell again; hint("


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.VARIABLE, str(tmp_path))


@pytest.fixture
def said(capsys):
    def ask(check, *answers, **options):
        check(*answers, **options)
        return " ".join(capsys.readouterr().out.split())

    return ask


def scale_rows(matrix, weights):
    return matrix * weights[:, None]


@pytest.fixture
def check():
    """Return an exercise with one mutant: multiply each row of a matrix by its weight."""
    return Notebook("99", "Test").add(
        Exercise(
            name="rows",
            draw=lambda rng: (rng.normal(size=(3, 4)), rng.normal(size=3)),
            reference=scale_rows,
            mutants={"You add the weights.": lambda matrix, weights: matrix + weights[:, None]},
            axes=("rows", "columns"),
            hints=("First hint.", "Second hint."),
            right="It matters.",
        )
    )


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ...,
        lambda matrix, weights: None,
        lambda matrix, weights: ...,
        lambda matrix, weights: (None, None),
        lambda matrix, weights: {"a": None},
    ],
)
def test_a_stub_is_not_attempted(check, said, answer):
    text = said(check, answer)
    assert text.startswith("○ Not attempted yet: ")
    assert STUB in text
    assert _progress.read() == {}


def test_a_stub_that_raises_is_not_attempted(check, said):
    def stub(matrix, weights):
        raise NotImplementedError

    assert said(check, stub).startswith("○ Not attempted yet: the function raises NotImplementedError.")


def test_the_check_returns_nothing(check, capsys):
    assert check(scale_rows) is None
    assert capsys.readouterr().out == "✓ Right. It matters.\n"


@pytest.mark.parametrize(
    "answer",
    [
        lambda matrix, weights: np.diag(weights) @ matrix,
        lambda matrix, weights: [[w * x for x in row] for row, w in zip(matrix, weights, strict=True)],
        lambda matrix, weights: (w * row for row, w in zip(matrix, weights, strict=True)),
        lambda matrix, weights: np.einsum("ij,i->ij", matrix, weights).astype(np.float32),
        lambda matrix, weights: scale_rows(matrix, weights).astype(complex),
        lambda matrix, weights: scale_rows(matrix, weights).astype(object),
    ],
)
def test_any_style_is_right(check, said, answer):
    assert said(check, answer) == "✓ Right. It matters."


def test_other_argument_names_and_callable_objects_are_welcome(check, said):
    class Scale:
        def __call__(self, a, b):
            return scale_rows(a, b)

    assert said(check, Scale()) == "✓ Right. It matters."


INPUTS = " It was given matrix of shape (3, 4), weights = "


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda m, w: m + w[:, None], "You add the weights."),
        (
            lambda m, w: scale_rows(m, w)[:2],
            "The result has shape (2, 4); expected (3, 4), that is (rows, columns).",
        ),
        (
            lambda m, w: scale_rows(m, w).T,
            "The result has shape (4, 3); expected (3, 4), that is (rows, columns). The numbers are right, "
            "but axes 0 and 1 are swapped.",
        ),
        (lambda m, w: scale_rows(m, w) * np.nan, "The result[0, 0] is NaN (not a number); expected "),
        (lambda m, w: -scale_rows(m, w), "Every number has the right size and the wrong sign."),
        (lambda m, w: scale_rows(m, w) / 2, "Every number is 0.5 times what it should be."),
        (lambda m, w: scale_rows(m, [*w[:2], w[2] + 1]), "list indices must be integers"),
        (lambda m, w: scale_rows(m, w) + np.eye(3)[:, 2:], "It is wrong only at rows 2 (the last)."),
        (lambda m, w: scale_rows(m, w) + np.eye(4)[0], "It is wrong only at columns 0 (the first)."),
        (lambda m, w: scale_rows(m, w) + np.eye(4)[2], "It is wrong only at columns 2."),
        (lambda m, w: "text", "The result is of type str; expected numbers."),
        (lambda m, w: {1, 2}, "The result holds values of type set; expected numbers."),
        (lambda m, w: [[1, 2], [3]], "The result holds lists of unequal length, which make no array."),
        (lambda m, w: scale_rows(m, w) * 1j, "The result holds complex numbers; expected real ones."),
        (lambda m, w: None if m[0, 0] > 0 else m, "Your function returns None for some inputs"),
    ],
)
def test_a_wrong_answer_is_diagnosed(check, said, answer, diagnosis):
    text = said(check, answer)
    assert text.startswith("✗ Not yet. ")
    assert diagnosis in text


def test_the_first_wrong_entry_is_shown_with_what_was_expected_and_the_inputs(check, said):
    matrix, weights = check.inputs()[0]
    wrong = scale_rows(matrix, weights)
    wrong[1, 2] = 7
    wrong[2, 1] = 8
    text = said(check, lambda m, w: wrong)
    assert f"The result[1, 2] is 7; expected {matrix[1, 2] * weights[1]:.4g}." in text
    assert INPUTS in text


def test_an_exception_is_one_sentence_with_the_line_of_the_answer(check, said):
    def answer(matrix, weights):
        total = 0
        return matrix @ weights + total

    line = answer.__code__.co_firstlineno + 2
    text = said(check, answer)
    assert text.startswith(
        f"✗ Not yet. Your function stopped with ValueError in line {line} (`return matrix @ weights + total`): matmul: "
    )
    assert "Traceback" not in text


def test_an_exception_below_the_answer_names_the_line_in_the_answer(check, said):
    def answer(matrix, weights):
        return np.concatenate([matrix, weights])

    assert f"in line {answer.__code__.co_firstlineno + 1} (`return np.conc" in said(check, answer)


def test_an_answer_that_fails_as_a_mutant_does_gets_its_sentence_too(said):
    exercise = Exercise(
        name="product",
        draw=lambda rng: (rng.normal(size=(2, 3)), rng.normal(size=(2, 3))),
        reference=lambda a, b: a * b,
        mutants={"The product is elementwise here.": lambda a, b: a @ b},
        hints=(),
        right="",
    )
    text = said(exercise, lambda x, y: x @ y, record=False)
    assert "stopped with ValueError" in text
    assert "The product is elementwise here." in text


def test_exit_in_an_answer_does_not_end_the_notebook(check, said):
    def answer(matrix, weights):
        raise SystemExit("bye")

    assert "Your function stopped with SystemExit in line" in said(check, answer)


def test_an_endless_loop_is_stopped(check, said, monkeypatch):
    monkeypatch.setattr(_checking, "TIME_LIMIT", 0.2)
    turns = Counter()

    def answer(matrix, weights):
        while True:
            turns["all"] += 1

    start = time.perf_counter()
    assert "Your function had not come to an end after 0.2 seconds and was stopped." in said(check, answer)
    assert time.perf_counter() - start < 2
    before = turns["all"]
    time.sleep(0.05)
    assert turns["all"] == before


def test_a_loop_that_catches_exceptions_is_stopped():
    def endless():
        while True:
            try:
                sum(range(100))
            except Exception:
                continue

    with pytest.raises(TimeIsUp):
        within(0.1, endless)


@pytest.mark.parametrize("answer", [3, "rows", np.ones(3), {"a": 1}])
def test_a_value_for_a_function_gets_a_sentence(check, said, answer):
    text = said(check, answer)
    assert f"found a value of type {type(answer).__name__}. Pass its name without parentheses" in text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda matrix: matrix, "too many positional arguments"),
        (lambda matrix, weights, bias: matrix, "missing a required argument: 'bias'"),
    ],
)
def test_a_wrong_number_of_arguments_gets_a_sentence(check, said, answer, reason):
    assert f"Your function cannot be called with (matrix, weights): {reason}." in said(check, answer)


def test_a_changed_argument_is_remarked_on_and_harms_nothing(check, said):
    def answer(matrix, weights):
        matrix *= weights[:, None]
        return matrix

    assert said(check, answer) == (
        "✓ Right. It matters. One remark: your function changes its argument matrix in place, and so the "
        "caller's own array or list."
    )
    assert said(check, scale_rows) == "✓ Right. It matters."


def two_outputs(values):
    return values.sum(), values * 2


@pytest.fixture
def check_two():
    return Exercise(
        name="two",
        draw=lambda rng: (rng.normal(size=3),),
        reference=two_outputs,
        mutants={},
        outputs=("total", "doubled"),
        hints=(),
        right="",
    )


@pytest.mark.parametrize(
    "answer",
    [two_outputs, lambda v: list(two_outputs(v)), lambda v: {"doubled": v + v, "total": np.array([sum(v)])}],
)
def test_several_results_may_come_as_tuple_list_or_dict(check_two, said, answer):
    assert said(check_two, answer, record=False).startswith("✓ Right.")


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda v: (v.sum(),), "Your function returns 1 value; expected 2 values (total, doubled)."),
        (lambda v: 3.0, "Your function returns one value of type float; expected 2 values (total, doubled)."),
        (lambda v: (v.sum(), None), "doubled is None."),
        (lambda v: {"total": 1}, "The dictionary has no key 'doubled'; expected the keys total, doubled."),
        (lambda v: (v.sum(), v), "doubled is ["),
    ],
)
def test_several_results_are_named_in_the_diagnosis(check_two, said, answer, diagnosis):
    assert f"✗ Not yet. {diagnosis}" in said(check_two, answer, record=False)


def test_hints_come_one_at_a_time(said):
    book = Notebook("99", "Test")
    book.add(ValueExercise(name="one", answer=1, mistakes={}, hints=("First.", "Second."), right=""))
    assert said(book.hint, "one") == "Hint 1 of 2: First."
    assert said(book.hint, "check_one") == "Hint 2 of 2: Second."
    assert said(book.hint, "one") == "No more hints for one: you have seen all 2."
    assert said(book.hint, "two") == "There is no exercise 'two' here. The exercises are: one."


@pytest.fixture
def check_value():
    return ValueExercise(name="value", answer=130, mistakes={131: "One too many."}, hints=(), right="It matters.")


@pytest.mark.parametrize("answer", [130, 130.0, np.int64(130), np.array(130)])
def test_a_right_value_in_any_number_type(check_value, said, answer):
    assert said(check_value, answer, record=False) == "✓ Right. It matters. (Not counted as progress.)"


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (131, "✗ Not yet. One too many."),
        (7, "✗ Not yet. Found 7, which is too small."),
        (700, "✗ Not yet. Found 700, which is too large."),
        ("130", "✗ Not yet. Expected a number; found '130', of type str."),
        (True, "✗ Not yet. Expected a number; found True, of type bool."),
        ([1, 2], "✗ Not yet. Expected a number; found [1, 2], of type list."),
        (len, "✗ Not yet. The check expects a value and found a function."),
        (None, "○ Not attempted yet: there is no answer."),
    ],
)
def test_a_wrong_value_is_diagnosed(check_value, said, answer, diagnosis):
    assert said(check_value, answer).startswith(diagnosis)


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        ({"a": " X ", "b": "y"}, "✓ Right."),
        ({"a": None, "b": None}, "○ Not attempted yet"),
        ({"a": "x", "b": None}, "✗ Not yet. Right so far; still without an answer: b."),
        ({"a": "y", "b": "y"}, "✗ Not yet. a: Not y."),
        ({"a": "z", "b": "y"}, "✗ Not yet. a: Expected one of 'x', 'y'; found 'z'."),
        ("x", "✗ Not yet. Expected a dictionary with the keys a, b; found 'x', of type str."),
    ],
)
def test_choices_in_parts(said, answer, diagnosis):
    check = ValueExercise(
        name="parts",
        answer={"a": "x", "b": "y"},
        choices=("x", "y"),
        mistakes={("a", "y"): "Not y."},
        hints=(),
        right="",
    )
    assert said(check, answer, record=False).startswith(diagnosis)


def test_progress_is_kept_and_what_is_right_stays_right(check, said):
    said(check, lambda m, w: m)
    assert _progress.read() == {"99": {"rows": "tried"}}
    said(check, scale_rows)
    said(check, lambda m, w: m)
    assert _progress.read() == {"99": {"rows": "right"}}


def test_a_solution_cell_is_not_counted(check, said):
    assert said(check, scale_rows, record=False).endswith("(Not counted as progress.)")
    assert said(check, lambda m, w: m, record=False).endswith("(Not counted as progress.)")
    assert not paths.data_folder().exists()


def keep(notebook, exercise, state, answer="…"):
    _progress.Attempt(notebook, exercise, answer).end(state, "")


def test_the_progress_table(said):
    keep("06", "encode", "right")
    keep("06", "pad", "tried")
    text = said(progress)
    assert "06 Reviews as sequences: 1 of " in text
    assert "✓ encode right ✗ pad tried ○ first_kept not attempted" in text
    total = sum(len(book.exercises) for book in notebooks())
    assert text.endswith(f"All notebooks: 1 of {total} right")
    assert "07 The IMDB LSTM" not in said(progress, "06")
    assert said(progress, "12").startswith("No notebook '12' has exercises. Those that have: ")


def test_answers_are_kept_with_what_the_check_said(check, check_value, said):
    said(check, lambda m, w: m)
    said(check, scale_rows)
    verdict = said(check_value, 8)
    first, last, value = _progress.attempts()
    assert "lambda m, w: m" in first.answer
    assert last.answer == inspect.getsource(scale_rows)
    assert (value.answer, value.state) == ("8", "tried")
    assert " ".join(value.verdict.split()) in verdict
    shown = said(answers, "99")
    assert " ".join(last.answer.split()) in shown
    assert "lambda m, w: m" not in shown
    assert said(answers, "98") == "No answer to an exercise of notebook '98' is kept."


def test_an_answer_that_python_cannot_show_is_judged_all_the_same(check, said):
    class Odd:
        def __repr__(self):
            raise RuntimeError

    assert said(check, Odd()).startswith("✗ Not yet. The check expects the function itself")
    assert "Odd" in _progress.attempts()[0].answer


WRITER = """
import sys
from lstm_course.exercises.engine.progress import Attempt
for number in range(40):
    Attempt("99", f"{sys.argv[1]}-{number}", number).end("right", "")
"""


def test_notebooks_that_write_at_once_lose_nothing(said):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(_progress.read()["99"]) == 120


HANGING = """
import time
from lstm_course.exercises.engine.progress import Attempt
Attempt("99", "rows", "an answer that hangs")
print(flush=True)
time.sleep(60)
"""


def test_a_killed_kernel_leaves_its_answer_and_stops_nobody(check, said):
    kernel = subprocess.Popen([sys.executable, "-c", HANGING], stdout=subprocess.PIPE)
    kernel.stdout.readline()
    kernel.kill()
    kernel.wait()
    (kept,) = _progress.attempts()
    assert (kept.answer, kept.state) == ("'an answer that hangs'", "tried")
    assert said(check, scale_rows) == "✓ Right. It matters."
    assert _progress.read() == {"99": {"rows": "right"}}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"notebook": "06"}', "\x00\xff"])
def test_a_damaged_attempt_is_named_and_left_alone(check, said, content):
    said(check, scale_rows)
    file = paths.data_folder() / "attempts" / "damaged.json"
    file.write_bytes(content.encode("latin-1"))
    assert _progress.read() == {"99": {"rows": "right"}}
    assert "damaged.json cannot be read as an attempt at an exercise. It is left as it is" in said(progress)
    assert file.read_bytes() == content.encode("latin-1")


def test_an_attempt_of_an_unknown_state_does_not_count(said):
    keep("99", "rows", "best")
    assert _progress.read() == {}


def test_a_folder_that_cannot_be_written_to_is_a_sentence(check, said, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    text = said(check, scale_rows)
    assert text.startswith("✓ Right. It matters. Your progress could not be saved in ")
    assert text.endswith("The check itself holds.")
    assert (tmp_path / "data").read_text() == "a file where the folder should be"
    assert said(progress).endswith("right")


def test_nothing_is_left_behind_when_writing_fails(check, said, monkeypatch):
    @contextlib.contextmanager
    def full(file):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(paths, "whole_or_nothing", full)
    assert "could not be saved in " in said(check, scale_rows)
    assert list((paths.data_folder() / "attempts").iterdir()) == []


def test_output_that_cannot_show_the_marks_does_not_fail(check, monkeypatch):
    import io

    buffer = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(buffer, encoding="ascii", write_through=True))
    check(scale_rows)
    assert buffer.getvalue().startswith(b"? Right.")


EXERCISES = [exercise for book in notebooks() for exercise in book.exercises.values()]
FUNCTIONS = [exercise for exercise in EXERCISES if isinstance(exercise, Exercise)]
LABELS = [f"{exercise.notebook}-{exercise.name}" for exercise in FUNCTIONS]


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=LABELS)
def test_the_reference_is_right_and_changes_nothing(exercise):
    exercise.reference(*exercise.inputs()[0])
    assert exercise.judge(exercise.reference) == ""


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=LABELS)
def test_each_mutant_gets_its_own_sentence(exercise):
    assert len(exercise.mutants) >= 3 or exercise.observe is not None
    for sentence, mutant in exercise.mutants.items():
        with pytest.raises(NotYet) as diagnosis:
            exercise.judge(mutant)
        assert sentence in str(diagnosis.value)
        assert "NameError" not in str(diagnosis.value)


@pytest.mark.parametrize("book", notebooks(), ids=lambda book: book.number)
def test_every_exercise_has_its_check_in_the_notebooks_module(book):
    module = importlib.import_module(f"lstm_course.exercises.nb{book.number}")
    for name, exercise in book.exercises.items():
        assert getattr(module, f"check_{name}") is exercise
    assert len(book.exercises) >= 3


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=LABELS)
def test_the_inputs_are_the_same_each_time_and_differ_between_draws(exercise):
    one, two = exercise.inputs(), exercise.inputs()
    assert exercise._given(one[0]) == exercise._given(two[0])
    if one[0]:
        assert len({repr(inputs) for inputs in one}) > 1


def test_every_exercise_has_hints_and_says_why_it_matters():
    for exercise in EXERCISES:
        assert exercise.hints, exercise.name
        assert exercise.right.endswith("."), exercise.name
