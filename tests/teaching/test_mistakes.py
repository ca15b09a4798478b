"""The mistakes on a teaching page are those that the check names."""

import pytest

from lstm_course import teaching
from lstm_course.exercises import notebooks
from lstm_course.exercises.engine.checking import Exercise, ValueExercise
from lstm_course.exercises.engine.choosing import SetExercise

SAID = {"hints": (), "right": "."}
BY_TRYING = {"00 praise", "00 fooled", "00 strongest", "01 latch", "04 keep_a_bit", "05 recall", "08 fooled"}


def test_of_a_function_the_first_mutants_are_taken():
    mutants = dict.fromkeys(("One.", "Two.", "Three.", "Four."), abs)
    exercise = Exercise(name="e", reference=abs, mutants=mutants, **SAID)
    assert teaching.usual_mistakes(exercise) == ["One.", "Two.", "Three."]


def test_of_a_choice_every_sentence_is_taken_once_beside_what_was_chosen():
    mistakes = {("a", 1): "One.", ("a", 2): "One.", ("b", 1): "Two."}
    exercise = ValueExercise(name="e", answer={}, mistakes=mistakes, **SAID)
    assert teaching.usual_mistakes(exercise) == ["`a: 1`: One.", "`b: 1`: Two."]
    exercise = ValueExercise(name="e", answer="rises", mistakes={"falls": "No."}, **SAID)
    assert teaching.usual_mistakes(exercise) == ["`falls`: No."]


def test_of_a_set_the_decoys_are_taken():
    assert teaching.usual_mistakes(SetExercise(name="e", belong={}, decoys={"b": "One."}, **SAID)) == ["`b`: One."]


@pytest.mark.parametrize("book", notebooks(), ids=lambda book: book.number)
def test_every_exercise_has_some_or_tries_the_answer(book):
    without = {name for name, exercise in book.exercises.items() if not teaching.usual_mistakes(exercise)}
    assert {f"{book.number} {name}" for name in without} == {name for name in BY_TRYING if name[:2] == book.number}
