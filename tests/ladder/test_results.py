"""The stored table, the shipped weights and the README agree with each other and with the rungs."""

from pathlib import Path

import numpy as np

from lstm_course import ladder
from lstm_course.ladder import rungs, shipped, training

# Log-odds, computed once by the code that trained the weights; the tolerance allows for other machines.
SCORES = [0.0912, 0.2207, -0.4352, 0.104, -0.6078]


def test_the_stored_table_is_about_these_rungs():
    table = ladder.stored()
    rows, those = table["rungs"] + table["tried"], (*rungs.LADDER, rungs.COUSIN, *rungs.TRIED)
    assert [(row["name"], row["change"]) for row in rows] == [(rung.name, rung.change) for rung in those]
    for row, rung in zip(rows, those, strict=True):
        curves = np.array(row["curves"])
        assert curves.shape == (len(table["made"]["seeds"]), rung.training.epochs), row["name"]
        assert row["epochs"] == curves.mean(axis=0).argmax() + 1, row["name"]
        assert row["accuracies"] == curves[:, row["epochs"] - 1].tolist(), row["name"]
    assert all(0 < row["correct"] <= row["reviews"] == 25_000 for row in table["test"])


def test_the_linear_model_on_the_rungs_reviews_is_stored_beside_them():
    row = ladder.stored()["linear"]
    assert row["name"] == "NB-weighted words and bigrams"
    # Half of the reviews that the rows of "unlabelled" learn from, and no trigrams: it is below, and not by far.
    others = {other["name"]: other["accuracy"] for other in ladder.stored()["unlabelled"]}
    more = others["NB-weighted words, bigrams, trigrams"]
    assert more - 0.02 < row["accuracy"] < more


def test_the_shipped_weights_are_those_of_the_stored_table():
    model, vectoriser, rung, card = shipped.load()
    table = ladder.stored()
    assert card["note"] in [row["name"] for row in table["test"]]
    networks = {row["name"]: row["accuracy"] for row in table["unlabelled"] if "NB" not in row["name"]}
    assert card["note"].startswith(max(networks, key=networks.get))  # what the validation reviews chose
    assert model.input_shape == (None, None, len(vectoriser.sizes)) == (None, None, rung.text.ngrams)
    assert max(len(index) for index in vectoriser.indices) <= 100_000


def test_the_shipped_model_is_still_the_one_that_was_scored():
    """The card names a rung, whose code may change; what the weights say of five texts of made-up ids may not."""
    model, vectoriser, rung, _ = shipped.load()
    rng = np.random.default_rng(0)
    texts = [rng.integers(4, 3_000, length) for length in (3, 49, 120, 400, 900)]
    log_odds = training.predict(rung, model, vectoriser(texts))
    np.testing.assert_allclose(log_odds, SCORES, rtol=1e-3, atol=1e-3)


def test_the_readme_states_the_stored_accuracies():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    measured = {row["name"]: row["correct"] / row["reviews"] for row in ladder.stored()["test"]}
    seeds = [accuracy for name, accuracy in measured.items() if name.startswith("adversarial, seed")]
    assert f"three seeds | {min(seeds):.3f} to {max(seeds):.3f} |" in readme
    for label, name in {
        "the three averaged": "adversarial, 3 seeds averaged",
        "linear, NB-weighted words and bigrams": "NB-weighted words and bigrams",
        "linear, NB-weighted words, bigrams and trigrams": "NB-weighted words, bigrams, trigrams",
        "recurrent, distilled from that linear model on 50,000 unlabelled reviews": "student, unlabelled reviews",
        "recurrent, pretrained on the unlabelled reviews": "pretrained",
        "recurrent, pretrained, then distilled from itself and that linear model": "pretrained and distilled",
        "hybrid: the pretrained one and that linear model": "pretrained and NB",
    }.items():
        assert f"| {label} | {measured[name]:.3f} |" in readme, label
