"""Training on labels and soft labels, scoring, and weights that are saved and come back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.ladder import distillation, rungs, shipped, training
from lstm_course.ladder.blocks import LSTM, Bidirectional, Segments

SMALL = rungs.rung("trigrams").replace(
    text={"words": 100, "head": 25},
    embeddings={"dimension": 4},
    encoder=Segments(Bidirectional(LSTM(3))),
    training={"batch_size": 8, "epochs": 2},
)


def toy(count, seed):
    """Return sequences whose label is whether 5 and 6 occur in this order."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    sequences = []
    for label in labels:
        noise = rng.integers(10, 30, rng.integers(2, 20)).tolist()
        place = int(rng.integers(0, len(noise)))
        sequences.append([1, *noise[:place], *((5, 6) if label else (6, 5)), *noise[place:]])
    return sequences, labels


@pytest.fixture(scope="module")
def trained():
    """Return a small rung, trained on 300 toy reviews."""
    rung = SMALL.replace("toy", training={"learning_rate": 3e-2, "epochs": 4})
    return rung, training.train(rung, *toy(300, 0), seed=0, validation=toy(100, 1))


def test_training_learns_and_reports(trained):
    _, result = trained
    assert len(result.seconds) == len(result.processor_seconds) == len(result.accuracies) == 4
    assert all(np.diff(result.seconds) > 0)
    assert result.accuracies[-1] > 0.9


def test_what_was_scored_last_is_what_is_returned(trained):
    rung, result = trained
    sequences, labels = toy(100, 1)
    scores = training.predict(rung, result.model, result.vectoriser(sequences))
    assert np.mean((scores > 0) == labels) == result.accuracies[-1]


def test_predict_keeps_the_order(trained):
    rung, result = trained
    sequences, _ = toy(40, 2)
    rows = result.vectoriser(sequences)
    together = training.predict(rung, result.model, rows)
    alone = [training.predict(rung, result.model, [row])[0] for row in rows]
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-4)


def test_labels_have_to_fit():
    with pytest.raises(ValueError, match="2 reviews and 1 labels: pass one label a review"):
        training.train(SMALL, [[1, 2], [1, 3]], [0], seed=0)


def test_the_prediction_for_a_film_does_not_come_from_its_labels():
    sequences, labels = toy(60, 0)
    films = np.arange(60) // 6
    log_odds = distillation.out_of_fold(sequences, labels, films)
    assert np.mean((log_odds > 0) == labels) > 0.8  # the others tell
    turned = np.where(films == 3, 1 - labels, labels)
    changed = distillation.out_of_fold(sequences, turned, films) != log_odds
    assert not changed[films == 3].any()
    assert changed[films != 3].any()


@given(label=st.integers(0, 1), log_odds=st.floats(-20, 20, allow_nan=False), weight=st.floats(0, 1))
def test_a_soft_label_lies_between_label_and_teacher(label, log_odds, weight):
    teacher = 1 / (1 + math.exp(-log_odds))
    (mixed,) = distillation.soft_labels([label], np.array([log_odds]), weight)
    assert min(label, teacher) - 1e-6 <= mixed <= max(label, teacher) + 1e-6
    # How far it has moved from the label, of the way to the teacher, is the teacher's share.
    assert abs(mixed - label) == pytest.approx(weight * abs(teacher - label), abs=1e-6)
    assert mixed.dtype == np.float32


def test_saved_weights_come_back(trained, tmp_path, monkeypatch):
    rung, result = trained
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path / "student.npz")
    monkeypatch.setattr(shipped, "CARD", tmp_path / "student.json")
    monkeypatch.setattr(rungs, "rung", {rung.name: rung}.__getitem__)
    with pytest.raises(ValueError, match=r"student\.npz is missing; restore it with: git checkout"):
        shipped.load()
    shipped.save(result.model, result.vectoriser, rung, {"note": "toy"})
    model, vectoriser, again, card = shipped.load()
    assert (again, card["note"]) == (rung, "toy")
    sequences, _ = toy(200, 3)
    rows, rows_again = result.vectoriser(sequences), vectoriser(sequences)
    assert all(np.array_equal(one, other) for one, other in zip(rows, rows_again, strict=True))
    before, after = (training.predict(rung, m, rows) for m in (result.model, model))
    np.testing.assert_allclose(after, before, atol=0.05)
    (tmp_path / "student.npz").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"student\.npz is not the file that student\.json describes"):
        shipped.load()
