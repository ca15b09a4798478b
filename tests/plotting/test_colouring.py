"""Coloured text: readable in both themes, never by colour alone, and safe whatever the words are."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.plotting import colouring
from lstm_course.plotting.colouring import coloured

# JupyterLab's own: --jp-layout-color0 and --jp-content-font-color1 of its light and its dark theme.
THEMES = {"light": ((255, 255, 255), (33, 33, 33)), "dark": ((17, 17, 17), (224, 224, 224))}


def luminance(rgb):
    channels = np.array(rgb) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Contrast ratio as WCAG 2.1 defines it."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("hue", [colouring.POSITIVE, colouring.NEGATIVE])
@pytest.mark.parametrize("strength", [0, 0.5, 1])
def test_words_and_lines_are_readable_in_both_themes(theme, hue, strength):
    page, ink = THEMES[theme]
    alpha = colouring.STRONGEST * strength
    background = np.array(hue) * alpha + np.array(page) * (1 - alpha)
    assert contrast(background, ink) >= 4.5
    assert contrast(hue, page) >= 3  # the line below a word


def boxes(text):
    """Return word, style and number of each box of the HTML."""
    tree = ElementTree.fromstring(f"<div>{text._repr_html_()}</div>")
    found = tree[0].findall("span")
    return [(box[0].text, box[0].get("style"), box.findtext("small").strip()) for box in found]


def test_sign_and_strength_are_in_line_and_number_too():
    dull, film, wonderful = boxes(coloured(["dull", "film", "wonderful"], [-0.5, 0.001, 1.0]))
    assert dull[0] == "dull"
    assert dull[2] == "−0.50"
    assert "2px dashed" in dull[1] or "3px dashed" in dull[1]
    assert film[2] == ""
    assert "border" not in film[1]
    assert wonderful[2] == "+1.00"
    assert "4px solid" in wonderful[1]


def test_plain_text_holds_the_numbers():
    text = coloured(["It", "was", "dull,", "then", "wonderful."], [0, 0.004, -0.5, -0.0, 1.25])
    assert repr(text) == "It was dull,[−0.50] then wonderful.[+1.25]"


def test_a_limit_makes_texts_comparable():
    def opacity(**limit):
        return float(re.search(r"rgba\(.*?,([\d.]+)\)", coloured(["good"], [0.5], **limit)._repr_html_()).group(1))

    assert opacity() == colouring.STRONGEST
    assert opacity(limit=1.0) == pytest.approx(colouring.STRONGEST / 2, abs=0.01)
    assert opacity(limit=0.1) == colouring.STRONGEST


def test_a_text_without_any_effect_is_left_plain():
    text = coloured(["a", "film"], [0, 0])
    assert repr(text) == "a film"
    assert "rgb" not in text._repr_html_()


def test_nothing_depends_on_a_style_sheet():
    assert not re.search("<style|class=|<script", coloured(["a"], [1.0], caption="what")._repr_html_())


@given(st.text(min_size=1), st.text())
def test_words_and_caption_cannot_become_markup(word, caption):
    text = coloured([word, "<b>&"], [1.0, -1.0], caption=caption)
    inside = text._repr_html_()
    tags = set(re.findall(r"</?([a-z]+)", inside))
    assert tags <= {"div", "span", "small", "br"}
    assert "&lt;b&gt;&amp;" in inside


@pytest.mark.parametrize(
    ("words", "values", "limit", "message"),
    [
        ([], [], None, r"values: expected one number for each of the 0 words \(at least one\)"),
        (["a", "b"], [1.0], None, r"values: .* each of the 2 words .* found shape \(1,\)"),
        (["a"], [[1.0]], None, r"values: .* found shape \(1, 1\)"),
        (["a"], [np.nan], None, r"values: expected finite numbers"),
        (["a"], [1.0], 0, r"limit: expected a number above 0, found 0"),
    ],
)
def test_bad_input_names_the_argument(words, values, limit, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        coloured(words, values, limit=limit)
