"""What the tests of every notebook's exercise checks have in common."""


class Answers:
    """Right and wrong answers and what the checks say of them; a subclass lists its notebook's.

    Attributes:
        right: ``(name, answer)`` of right answers in other styles than the solution's.
        wrong: ``(name, answer, part of the diagnosis)``.
    """

    right: list
    wrong: list

    def pytest_generate_tests(self, metafunc):
        """Make one test of every answer."""
        if "diagnosis" in metafunc.fixturenames:
            metafunc.parametrize(("name", "answer", "diagnosis"), self.wrong)
        else:
            metafunc.parametrize(("name", "answer"), self.right)

    def test_a_right_answer_in_another_style(self, said, name, answer):
        """It is right."""
        assert said(name, answer).startswith("✓ Right. ")

    def test_a_wrong_answer_gets_its_diagnosis(self, said, name, answer, diagnosis):
        """It is not yet right, for this reason."""
        text = said(name, answer)
        assert text.startswith("✗ Not yet. ")
        assert diagnosis in text
