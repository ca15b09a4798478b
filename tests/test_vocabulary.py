"""The course uses the field's words: a learner will search for them elsewhere."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What must not come back, and the word to use. An everyday word may introduce its term: INTRODUCTIONS.
OLD_WORDS = {
    r"\bdoubts\b": "soft labels",
    r"\b(the|worst|random) push(es)?\b|\bpushed against\b": "adversarial perturbation",
    r"\btriples?\b|\bwords and pairs\b|\bpairs of words\b": "bigrams, trigrams",
    r"\bnumbers (for each|per|a) word\b": "embedding dimension",
    r"\bdropout of (words|numbers)\b": "word dropout, embedding dropout",
    r"\baveraged weights\b": "weight averaging",
    r"\breads? (in )?both directions\b|\bbackwards as well\b": "bidirectional",
    r"\b(one|two|three|four|eight|ten|each|every|per|a) pass(es)?\b": "epoch",
    r"\beducated\b": "distilled",
    r"\bsilenced\b": "ablated",
    r"\bkernel.free\b": "one-hot LSTM",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\btold apart\b": "distinguished",
    r"\bas it stands\b": "unchanged",
    r"\bset down\b": "written",
    r"\bby heart\b": "memorised",
    r"\bderivative of [^.,;]{1,40} by\b": "with respect to",
}
INTRODUCTIONS = ["a label with doubts"]


def texts():
    """Yield ``(where, text)`` of everything that a learner or a maintainer reads."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            printed = ["".join(output.get("text", "")) for output in cell.get("outputs", [])]
            yield f"{path.name}, cell {cell['id']}", "\n".join(["".join(cell["source"]), *printed])
    package = [file for file in (ROOT / "lstm_course").rglob("*") if file.suffix in (".py", ".json")]
    scripts = [file for name in ("tools", "benchmarks") for file in (ROOT / name).iterdir() if file.is_file()]
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *package, *scripts]:
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("pattern", OLD_WORDS)
def test_no_old_word_is_left(pattern):
    found = []
    for where, text in texts():
        for introduction in INTRODUCTIONS:
            text = text.replace(introduction, "")
        found += [f"{where}: {match[0]}" for match in re.finditer(pattern, text, re.I)]
    assert not found, f"say {OLD_WORDS[pattern]!r}"
