import pytest

PRAISE = "I loved it. Excellent actors, a wonderful story, and a perfect ending."
SAID = "If you like great acting, wonderful music and a perfect ending, you will enjoy this film."
DENIED = SAID.replace("will", "will not")
LOVED = "This film is wonderful and I loved it."


@pytest.mark.parametrize(
    ("name", "answer", "verdict"),
    [
        ("praise", PRAISE, "✓ Right. You know what it likes to hear. The model says 95 % positive."),
        ("praise", "", "○ Not attempted yet: there is no review"),
        ("praise", None, "○ Not attempted yet: there is no review"),
        ("praise", 7, "Expected a review between quotation marks; found 7, of type int."),
        ("praise", "xyzzy", "The review has 1 word, which the model does not know; write a sentence of English"),
        ("praise", "A film.", "No word pulls it down much; there is too little praise in it."),
        ("praise", "A wonderful film, but dull.", "“dull” (−"),
        ("praise", "It is bad and dull.", "lowered it most. Replace that word, or praise more."),
        (
            "fooled",
            (SAID, DENIED),
            "If your “not” turns what the review says, one is wrong.",
        ),
        ("fooled", (SAID, DENIED), "Without your “not” it says 95 % positive, with it 94 % positive."),
        ("fooled", [SAID, DENIED.replace("not", "Never,")], "✓ Right."),
        ("fooled", (LOVED, "This film is not wonderful and I loved it."), "✓ Right."),
        ("fooled", (LOVED, "negative"), "it differs in more. Where the “not” needs a “do”"),
        ("fooled", (LOVED, LOVED), "has to be the first with one “not” more, and it is the same."),
        ("fooled", (DENIED, SAID), "The review without the “not” comes first."),
        ("fooled", (LOVED, "This film is not only wonderful and I loved it."), "it differs in more."),
        ("fooled", ("It is only good.", "It is not only good."), "“not only” denies nothing."),
        ("fooled", ("It is good.", "It is not good."), "with it 68 % positive. It has to be more than 90 % sure"),
        ("fooled", ("", ""), "○ Not attempted yet: there is no review"),
        ("fooled", (SAID, ""), "The review is empty; write a sentence of English about a film."),
        ("fooled", (SAID, 7), "Expected a review between quotation marks; found 7, of type int."),
        ("fooled", SAID, "Expected two reviews, without and with the “not”"),
        ("strongest", "bad", "It moved by −37 points."),
        ("strongest", " Bad.", "✓ Right."),
        ("strongest", "not", "“not” (−7 points) is not it. Another word moves it about 5 times as far."),
        ("strongest", "is", "“is” (0 points) is not it."),
        ("strongest", "movie", "Expected one of the words this, is, not, a, bad, film, in quotation marks"),
        ("strongest", 4, "in quotation marks; found 4."),
        ("strongest", None, "○ Not attempted yet: there is no word"),
    ],
)
def test_verdicts(said, name, answer, verdict):
    assert verdict in said(name, answer)
