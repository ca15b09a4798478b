"""Texts for the explorer's tests, and what the package's Python makes of them."""

import numpy as np

from lstm_course import interpret
from lstm_course.models import MAXLEN
from lstm_course.reviews import imdb

NAMES = {  # as the explorer writes them, and as the package does
    "i": "input_gate",
    "f": "forget_gate",
    "g": "candidate",
    "o": "output_gate",
    "c": "cell_state",
    "h": "hidden_state",
}
ODD = [
    "",
    " \t\n",
    "wonderful",
    "zorblax",
    "zorblax quibbleford flimmery",
    "br br <br /> <script>alert('x')</script>",
    "It's a dog's breakfast -- isn't it?! #7/10, $5 & 50% (no_kidding)",
    "\u0130stanbul \u039f\u0394\u039f\u03a3 caf\u00e9 na\u00efve \u1e9eharp \u212a \ufb01lm",
    "\U0001f3ac wonderful \U0001f600\U0001f600 \u0641\u064a\u0644\u0645 \u0631\u0627\u0626\u0639 good",
    "carriage\rreturn non\u00a0breaking  two  spaces\u2028line",
    " ".join(["good"] * 99),
    " ".join(["bad"] * 100),
    " ".join(["good", "bad"] * 60),
]


def texts(words: list[str], count: int = 200) -> list[str]:
    """Return the odd texts and random ones of known and unknown words, from one word to 240."""
    rng = np.random.default_rng(0)
    made = list(ODD)
    while len(made) < count:
        length = int(rng.choice([rng.integers(1, 6), rng.integers(6, 60), rng.integers(60, 130), 240]))
        places = np.minimum(rng.zipf(1.3, length) - 1, len(words) - 1)
        chosen = [words[place] if rng.random() > 0.05 else f"unknown{place}" for place in places]
        gaps = rng.choice([" ", ", ", ". ", "! ", "\n", " (", ") "], length)
        made.append("".join(word + gap for word, gap in zip(chosen, gaps, strict=True)))
    return made


def row_of(text: str, word_index: dict[str, int]) -> tuple[np.ndarray, int]:
    """Return the padded row of a text, (100,) int, and how many of its last entries are the text's."""
    ids = imdb.encode(text, word_index)[-MAXLEN:]
    return np.array([0] * (MAXLEN - len(ids)) + ids), len(ids)


def reference(model, word_index, all_texts) -> list[dict[str, np.ndarray]]:
    """Return for each text its ids, gates and states (steps, units), and probabilities after each step."""
    rows, lengths = zip(*(row_of(text, word_index) for text in all_texts), strict=True)
    trace = interpret.gate_trace(model, np.stack(rows))
    logits = interpret.logit_steps(model, np.stack(rows)).astype(np.float64).sum(-1).cumsum(-1)
    logits += float(model.layers[-1].bias.numpy()[0])
    last = model.predict(np.stack(rows), verbose=0)[:, 0]
    found = []
    for place, steps in enumerate(lengths):
        values = {key: getattr(trace, name)[place, -steps:] for key, name in NAMES.items()}
        values |= {"ids": rows[place][-steps:], "probabilities": 1 / (1 + np.exp(-logits[place, -steps:]))}
        found.append(values | {"last": last[place]})
    return found
