"""Which words of a notebook lead to the glossary."""

import pytest

pytest.importorskip("sphinx", reason="the web edition is not built here: pip install -e '.[book]'")
pytest.importorskip("myst_nb", reason="the web edition is not built here: pip install -e '.[book]'")

import course_site
from docutils import nodes

GLOSSARY = ":::{glossary}\nforget gate\n  One. {ref}`04 <a>`\n\nvocabulary\n  Two.\n\nstudent\n  Three.\n:::\n"


def linked(*children):
    """Return what the transform links in a paragraph, as written and as the term it leads to."""
    document = nodes.document(None, None, "", nodes.section("", nodes.paragraph("", "", *children)))
    left = course_site.forms_of_terms(GLOSSARY)
    course_site.link_terms(document, left, "notebooks/04")
    return [(link.astext(), link["reftarget"]) for link in document.findall(course_site.addnodes.pending_xref)]


def test_plurals_are_the_term_too():
    forms = course_site.forms_of_terms(GLOSSARY)
    assert forms["forget gates"] == "forget gate"
    assert forms["vocabularies"] == "vocabulary"


def test_the_first_mention_leads_to_the_term_and_no_other():
    text = nodes.Text("Forget gates keep. A forget gate forgets, and a student-like vocabulary grows.")
    assert linked(text) == [("Forget gates", "forget gate"), ("vocabulary", "vocabulary")]


def test_a_name_is_not_a_term():
    assert linked(nodes.Text("an interval by Student's t")) == []


@pytest.mark.parametrize("kind", [nodes.literal, nodes.reference, nodes.math])
def test_code_links_and_formulas_are_left_alone(kind):
    assert linked(kind("", "student")) == []
