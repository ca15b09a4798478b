import pytest

from lstm_course.exercises import nb00
from lstm_course.models import weights

PRAISE = "I loved it. Excellent actors, a wonderful story, and a perfect ending."
WARNING = "If you like great acting, wonderful music and a perfect ending, do not watch this film."


@pytest.mark.parametrize(
    ("name", "answer", "verdict"),
    [
        ("praise", PRAISE, "✓ Right. You know what it likes to hear. The model says 95 % positive."),
        ("praise", "", "○ Not attempted yet: there is no review"),
        ("praise", None, "○ Not attempted yet: there is no review"),
        ("praise", 7, "Expected a review between quotation marks; found 7, of type int."),
        ("praise", "xyzzy", "the model knows none of them; write a sentence of English about a film."),
        ("praise", "A film.", "No word pulls it down much; there is too little praise in it."),
        ("praise", "A wonderful film, but dull.", "“dull” (−"),
        ("praise", "It is bad and dull.", "lowered it most. Replace that word, or praise more."),
        ("fooled", (WARNING, "negative"), "You mean it to be negative; the model says 89 % positive."),
        ("fooled", (WARNING, " Negative"), "✓ Right."),
        ("fooled", (PRAISE, "positive"), "the model agrees: 95 % positive. Its strongest word was “"),
        ("fooled", ("", ""), "○ Not attempted yet: there is no review"),
        ("fooled", (WARNING, ""), "What do you mean by it, 'positive' or 'negative'? Found ''."),
        ("fooled", ("", "negative"), "The review is empty; write a sentence of English about a film."),
        ("fooled", ("negative", WARNING), "The review comes first, then what you mean by it."),
        ("fooled", WARNING, "Expected two things, a review and “positive” or “negative”"),
        ("strongest", "bad", "It moved by −37 points."),
        ("strongest", " Bad.", "✓ Right."),
        ("strongest", "not", "“not” (−7 points) is not it. Another word moves it about 5 times as far."),
        ("strongest", "movie", "Expected one of the words this, is, not, a, bad, film, in quotation marks"),
        ("strongest", 4, "in quotation marks; found 4."),
        ("strongest", None, "○ Not attempted yet: there is no word"),
    ],
)
def test_verdicts(said, name, answer, verdict):
    assert verdict in said(name, answer)


def test_the_accuracy_that_is_named_is_that_of_the_model():
    assert f"{100 * weights.card('source')['test_accuracy']:.0f} % right" in nb00.check_fooled.right
