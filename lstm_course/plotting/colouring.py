"""Colour the words of a text by what each contributes, readable in a light and in a dark theme.

Colour never speaks alone: what pulls towards "positive" is blue with a solid line below, what pulls towards
"negative" is orange with a dashed one, and the number stands under the word. The backgrounds are translucent and the
ink is the theme's own, so that both themes keep their contrast; colour-blind readers can distinguish the two hues
(Okabe and Ito, 2008, https://jfly.uni-koeln.de/color/). All styles are inline, because JupyterLab takes style sheets
out of the outputs of a notebook that it does not trust yet, such as one of a fresh clone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

POSITIVE, NEGATIVE = (0, 114, 178), (213, 94, 0)
STRONGEST = 0.55  # opacity of the background behind the largest value
KEY = "+ (blue, solid line) speaks for “positive”, − (orange, dashed line) for “negative”"


@dataclass(frozen=True, repr=False)
class Coloured:
    """A text with a value for each word; shown as HTML where that is possible, else as plain text.

    Attributes:
        words: the words, as they are to be read.
        values: ``(words,)`` float, one for each word.
        limit: the value, above 0, that gets the strongest colour.
        caption: a sentence below the text.
        decimals: how many decimals the numbers have.
    """

    words: Sequence[str]
    values: np.ndarray
    limit: float
    caption: str
    decimals: int

    def number(self, value: float) -> str:
        """Return a value with its sign, or nothing where it rounds to zero."""
        text = f"{value:+.{self.decimals}f}"
        return "" if float(text) == 0 else text.replace("-", "−")

    def _repr_html_(self) -> str:
        words = "".join(self._word(*pair) for pair in zip(self.words, self.values, strict=True))
        lines = f"{escape(self.caption)}<br/>{KEY}" if self.caption else KEY
        return f'<div style="line-height:1.6">{words}</div>\n<div><small>{lines}</small></div>'

    def _word(self, word: str, value: float) -> str:
        number = self.number(value)
        strength = min(1.0, abs(value) / self.limit) if number else 0.0
        colour = ",".join(map(str, POSITIVE if value > 0 else NEGATIVE))
        line = f"{1 + round(3 * strength)}px {'solid' if value > 0 else 'dashed'} rgb({colour})"
        style = f"background-color:rgba({colour},{STRONGEST * strength:.2f});border-bottom:{line};" if number else ""
        box = "display:inline-block;text-align:center;vertical-align:top;margin:3px 2px"
        return (
            f'<span style="{box}"><span style="{style}padding:1px 3px">{escape(word)}</span>'
            f"<br/><small>{number or '&#160;'}</small></span> "
        )

    def __repr__(self):
        pairs = zip(self.words, map(self.number, self.values), strict=True)
        return " ".join(word + (f"[{number}]" if number else "") for word, number in pairs)


def coloured(
    words: Sequence[str], values, *, limit: float | None = None, caption: str = "", decimals: int = 2
) -> Coloured:
    """Return a text whose words are coloured by a value; put it last in a cell, or ``display`` it.

    Args:
        words: the words, in their order.
        values: ``(words,)`` numbers; above 0 where a word speaks for "positive".
        limit: the value that gets the strongest colour, to compare texts with each other; by default the largest
            of this text.
        caption: a sentence below the text that says what the numbers are.
        decimals: how many decimals to write; a value that rounds to zero is left without colour.

    Raises:
        ValueError: there is no word, ``values`` has another length or is not finite, or ``limit`` is not above 0.
    """
    values = np.asarray(values, dtype=float)
    if not len(words) or values.shape != (len(words),):
        raise ValueError(
            f"values: expected one number for each of the {len(words)} words (at least one), found shape {values.shape}"
        )
    if not np.all(np.isfinite(values)):
        raise ValueError("values: expected finite numbers, found NaN or infinity")
    limit = float(np.abs(values).max() or 1.0) if limit is None else limit
    if not limit > 0:
        raise ValueError(f"limit: expected a number above 0, found {limit}")
    return Coloured(list(words), values, limit, caption, decimals)
