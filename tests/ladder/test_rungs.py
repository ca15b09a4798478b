"""The ladder's reading, layers, rungs, training and shipped weights."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from lstm_course import ladder, models
from lstm_course.ladder import layers, reading, rungs, shipped, training
from lstm_course.models.quiet import keras

reviews = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=12), min_size=1, max_size=8)
SMALL = dataclasses.replace(
    rungs.rung("triples"), words=100, head=25, embedding=4, units=3, batch_size=8, epochs=2
)


@given(ids=st.lists(st.integers(1, 99), max_size=40), words=st.integers(1, 50), data=st.data())
def test_head_and_tail(ids, words, data):
    head = data.draw(st.integers(0, words))
    kept = reading.head_and_tail(ids, words, head).tolist()
    assert kept == (ids if len(ids) <= words else ids[:head] + ids[head - words or len(ids) :])


@pytest.mark.parametrize(("words", "head"), [(0, 0), (5, 6), (5, -1)])
def test_head_and_tail_says_what_it_needs(words, head):
    with pytest.raises(ValueError, match=f"words={words} and head={head}: need words of at least 1"):
        reading.head_and_tail([1, 2, 3], words, head)


@given(
    films=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_no_film_on_both_sides(films, seed, data):
    wanted = data.draw(st.integers(1, len(films) - 1))
    try:
        train, held = reading.split_by_film(films, wanted, seed)
    except ValueError:
        reject()  # the films drawn have all the reviews; the next test is about that
    films = np.array(films)
    assert not set(films[train]) & set(films[held])
    assert sorted([*train, *held]) == list(range(len(films)))
    assert len(held) >= wanted


def test_split_of_one_film():
    with pytest.raises(
        ValueError, match="held_out is 1, and the films drawn have all 3 reviews: hold out fewer"
    ):
        reading.split_by_film(["a", "a", "a"], 1, seed=0)


def test_split_needs_both_sides():
    with pytest.raises(ValueError, match="held_out is 3 of 3 reviews: both sides need at least one"):
        reading.split_by_film(["a", "b", "c"], 3, seed=0)


@given(texts=reviews, length=st.integers(2, 3), at_least=st.integers(1, 3))
def test_ngram_ids_against_a_dictionary(texts, length, at_least):
    index = reading.NgramIndex.of(texts, length, most=1000, at_least=at_least)
    counts: dict[tuple, int] = {}
    for text in texts:
        for start in range(len(text) - length + 1):
            gram = tuple(text[start : start + length])
            counts[gram] = counts.get(gram, 0) + 1
    known = sorted(gram for gram, count in counts.items() if count >= at_least)
    for text in texts:
        expected = [
            known.index(gram) + 1 if (gram := tuple(text[max(end - length + 1, 0) : end + 1])) in known else 0
            for end in range(len(text))
        ]
        assert index(text).tolist() == expected


def test_most_keeps_the_frequent_ones():
    index = reading.NgramIndex.of([[1, 2, 1, 2, 1, 3]], 2, most=1, at_least=1)
    assert index([1, 2, 1, 3]).tolist() == [0, 1, 0, 0]


@given(texts=reviews)
def test_occurrences_against_sets(texts):
    reader = reading.fit_reader(texts, words=10, head=2, ngrams=2)
    rows = reader(texts)
    matrix = reading.occurrences(rows, reader.sizes).toarray()
    assert matrix.shape == (len(texts), reading.VOCABULARY + reader.sizes[1])
    for row, found in zip(rows, matrix, strict=True):
        pairs = {reading.VOCABULARY + pair for pair in row[:, 1] if pair}
        assert set(np.flatnonzero(found)) == set(row[:, 0].tolist()) | pairs
        assert set(found) <= {0, 1}


@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=300),
    batch_size=st.integers(1, 40),
    seed=st.none() | st.integers(0, 3),
)
def test_batches_hold_every_review_once(lengths, batch_size, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    batches = reading.batches_by_length(lengths, batch_size, rng)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert max(map(len, batches)) <= batch_size
    assert len(batches) == -(-len(lengths) // batch_size)


@pytest.mark.parametrize(("behind", "expected"), [(True, [7, 8, 0, 0]), (False, [0, 0, 7, 8])])
def test_pad(behind, expected):
    padded = reading.pad([np.array([[7], [8]], np.int32)], 4, behind=behind)
    assert padded[0, :, 0].tolist() == expected


def mask_of(lengths, time):
    """Return ``(batch, time)``, True in front."""
    return np.arange(time) < np.asarray(lengths)[:, None]


def test_segments_equal_the_layer_on_each_piece():
    inputs = np.random.default_rng(0).normal(size=(3, 20, 4)).astype("float32")
    mask = mask_of([20, 13, 2], 20)
    lstm = keras.layers.LSTM(5, return_sequences=True)
    whole = np.asarray(layers.InSegments(lstm, 5)(inputs, mask=mask))
    pieces = [np.asarray(lstm(inputs[:, s : s + 5], mask=mask[:, s : s + 5])) for s in range(0, 20, 5)]
    np.testing.assert_allclose(whole, np.concatenate(pieces, axis=1), atol=1e-6)


def test_mean_and_max_of_words_alone():
    states = (
        np.random.default_rng(1).normal(size=(4, 9, 3)) - 3
    )  # all negative: a pad's zero would be the maximum
    lengths = [9, 1, 4, 7]
    pooled = np.asarray(layers.MeanAndMax(dtype="float64")(states, mask_of(lengths, 9)))
    for row, length in enumerate(lengths):
        words = states[row, :length]
        np.testing.assert_allclose(pooled[row], [*words.mean(axis=0), *words.max(axis=0)], rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(time=st.integers(1, 17), backwards=st.booleans(), seed=st.integers(0, 99))
def test_minlstm_scan_equals_the_loop(time, backwards, seed):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(3, time, 4))
    mask = mask_of(rng.integers(1, time + 1, 3), time)
    layer = layers.MinLSTM(5, go_backwards=backwards, dtype="float64")
    found = np.asarray(layer(inputs, mask=mask))
    forget_gate, input_gate, candidate = np.split(np.asarray(layer.gates(inputs)), 3, axis=-1)
    forget_gate, input_gate = 1 / (1 + np.exp(-forget_gate)), 1 / (1 + np.exp(-input_gate))
    state, states = np.zeros((3, 5)), []
    for step in reversed(range(time)) if backwards else range(time):
        total = forget_gate[:, step] + input_gate[:, step]
        new = forget_gate[:, step] / total * state + input_gate[:, step] / total * candidate[:, step]
        state = np.where(mask[:, step, None], new, state)
        states.append(state)
    np.testing.assert_allclose(found, np.stack(states, axis=1), rtol=1e-10, atol=1e-12)


def test_a_kernel_free_cell_is_an_lstm_of_one_hot_words():
    ids = np.array([[3, 1, 4, 1], [2, 0, 0, 0]])
    mask = mask_of([4, 1], 4)
    one_way = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    lstm = keras.layers.Bidirectional(one_way, dtype="float64")
    wanted = np.asarray(lstm(np.eye(6)[ids], mask=mask))
    forward, backward = lstm.forward_layer.get_weights(), lstm.backward_layer.get_weights()
    rows = np.concatenate([forward[0], backward[0]], axis=1)[ids]  # what an embedding would look up
    for part, weights, columns in [(0, forward, slice(0, 5)), (1, backward, slice(5, 10))]:
        cell = layers.KernelFreeCell(5, part, dtype="float64")
        layer = keras.layers.RNN(cell, return_sequences=True, go_backwards=part == 1, dtype="float64")
        layer.build(rows.shape)
        np.testing.assert_array_equal(cell.bias, weights[2])  # the forget gate starts open
        layer.set_weights(weights[1:])
        states = np.asarray(layer(rows, mask=mask))
        states = states[:, ::-1] if part == 1 else states
        np.testing.assert_allclose(states[mask], wanted[mask][:, columns], rtol=1e-12, atol=1e-14)


def test_minlstm_refuses_what_it_cannot():
    with pytest.raises(ValueError, match="pass return_sequences=True"):
        layers.MinLSTM(3, return_sequences=False)
    with pytest.raises(ValueError, match="leave initial_state out"):
        layers.MinLSTM(3)(np.zeros((1, 2, 3), "float32"), initial_state=np.zeros((1, 3)))


@pytest.mark.parametrize("rung", [*rungs.LADDER, rungs.COUSIN, *rungs.TRIED], ids=lambda rung: rung.name)
def test_every_rung_builds_and_reads(rung):
    sizes = [50, 20, 30][: rung.ngrams]
    model = rungs.build(rung, sizes, steps=3)
    time = rung.words if not rung.mask else 100
    ids = np.zeros((2, time, len(sizes)), np.int32)
    ids[:, -10:] = 3
    if rung.mask:
        ids = ids[:, ::-1]
    assert model.predict(ids, verbose=0).shape == (2, 1)


def test_the_doubts_about_a_film_do_not_come_from_its_labels():
    sequences, labels = toy(60, 0)
    films = np.arange(60) // 6
    log_odds = training.doubts(sequences, labels, films)
    assert np.mean((log_odds > 0) == labels) > 0.8  # the others tell
    turned = np.where(films == 3, 1 - labels, labels)
    changed = training.doubts(sequences, turned, films) != log_odds
    assert not changed[films == 3].any()
    assert changed[films != 3].any()


@given(label=st.integers(0, 1), log_odds=st.floats(-20, 20, allow_nan=False), taught=st.floats(0, 1))
def test_a_label_with_doubts_lies_between_label_and_teacher(label, log_odds, taught):
    teacher = 1 / (1 + math.exp(-log_odds))
    (mixed,) = training.with_doubts([label], np.array([log_odds]), taught)
    assert min(label, teacher) - 1e-6 <= mixed <= max(label, teacher) + 1e-6
    # How far it has moved from the label, of the way to the teacher, is the teacher's share.
    assert abs(mixed - label) == pytest.approx(taught * abs(teacher - label), abs=1e-6)
    assert mixed.dtype == np.float32


def test_the_first_rung_is_the_source_script():
    rung_model, source = rungs.build(rungs.SOURCE, [20_000]), models.source_lstm()
    source.build((None, 100))
    assert rung_model.count_params() == source.count_params()
    lstm = next(layer for layer in rung_model.layers if isinstance(layer, keras.layers.LSTM))
    wanted = source.layers[1]
    assert (lstm.units, lstm.dropout, lstm.recurrent_dropout) == (
        wanted.units,
        wanted.dropout,
        wanted.recurrent_dropout,
    )


@pytest.mark.parametrize("behind", [3, 57])
def test_pads_change_no_masked_prediction(behind):
    sizes = [50, 20, 30]
    rung = dataclasses.replace(rungs.rung("triples"), segment=0)
    model = rungs.build(rung, sizes)
    row = np.random.default_rng(0).integers(1, 20, (1, 40, 3), dtype=np.int32)
    padded = np.pad(row, ((0, 0), (0, behind), (0, 0)))
    np.testing.assert_allclose(
        model.predict_on_batch(padded), model.predict_on_batch(row), rtol=1e-5, atol=1e-7
    )


def test_unknown_rung():
    with pytest.raises(ValueError, match="no rung is called 'mast'; there are 'source script'"):
        rungs.rung("mast")


def toy(count, seed):
    """Return sequences whose label is whether the pair 5, 6 occurs in this order."""
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
    rung = dataclasses.replace(SMALL, learning_rate=3e-2, epochs=4)
    return rung, training.train(rung, *toy(300, 0), seed=0, validation=toy(100, 1))


def test_training_learns_and_reports(trained):
    rung, result = trained
    assert len(result.seconds) == len(result.processor_seconds) == len(result.accuracies) == rung.epochs
    assert all(np.diff(result.seconds) > 0)
    assert result.accuracies[-1] > 0.9


def test_what_was_scored_last_is_what_is_returned(trained):
    rung, result = trained
    sequences, labels = toy(100, 1)
    scores = training.predict(rung, result.model, result.reader(sequences))
    assert np.mean((scores > 0) == labels) == result.accuracies[-1]


def test_predict_keeps_the_order(trained):
    rung, result = trained
    sequences, _ = toy(40, 2)
    rows = result.reader(sequences)
    together = training.predict(rung, result.model, rows)
    alone = [training.predict(rung, result.model, [row])[0] for row in rows]
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-4)


def test_labels_have_to_fit():
    with pytest.raises(ValueError, match="2 reviews and 1 labels: pass one label a review"):
        training.train(SMALL, [[1, 2], [1, 3]], [0], seed=0)


def test_saved_weights_come_back(trained, tmp_path, monkeypatch):
    rung, result = trained
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path / "student.npz")
    monkeypatch.setattr(shipped, "CARD", tmp_path / "student.json")
    with pytest.raises(ValueError, match=r"student\.npz is missing; restore it with: git checkout"):
        shipped.load()
    shipped.save(result.model, result.reader, rung, {"note": "toy"})
    model, reader, again, card = shipped.load()
    assert (again, card["note"]) == (rung, "toy")
    sequences, _ = toy(200, 3)
    rows, rows_again = result.reader(sequences), reader(sequences)
    assert all(np.array_equal(one, other) for one, other in zip(rows, rows_again, strict=True))
    before, after = (training.predict(rung, m, rows) for m in (result.model, model))
    np.testing.assert_allclose(after, before, atol=0.05)
    (tmp_path / "student.npz").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"student\.npz is not the file that student\.json describes"):
        shipped.load()


def test_the_stored_table_speaks_of_these_rungs():
    table = ladder.stored()
    rows, those = table["rungs"] + table["tried"], (*rungs.LADDER, rungs.COUSIN, *rungs.TRIED)
    assert [row["name"] for row in rows] == [rung.name for rung in those]
    for row, rung in zip(rows, those, strict=True):
        curves = np.array(row["curves"])
        assert curves.shape == (len(table["made"]["seeds"]), rung.epochs), row["name"]
        assert row["epochs"] == curves.mean(axis=0).argmax() + 1, row["name"]
        assert row["accuracies"] == curves[:, row["epochs"] - 1].tolist(), row["name"]
    assert all(0 < row["correct"] <= row["reviews"] == 25_000 for row in table["test"])


def test_the_shipped_weights_are_those_of_the_stored_table():
    model, reader, rung, card = shipped.load()
    table = ladder.stored()
    assert card["note"] in [row["name"] for row in table["test"]]
    networks = {row["name"]: row["accuracy"] for row in table["unlabelled"] if "NB" not in row["name"]}
    assert card["note"].startswith(max(networks, key=networks.get))  # what the validation reviews chose
    assert model.input_shape == (None, None, len(reader.sizes)) == (None, None, rung.ngrams)
    assert max(len(index) for index in reader.indices) <= 100_000


def test_the_readme_states_the_stored_accuracies():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    measured = {row["name"]: row["correct"] / row["reviews"] for row in ladder.stored()["test"]}
    seeds = [accuracy for name, accuracy in measured.items() if name.startswith("adversarial, seed")]
    assert f"three seeds | {min(seeds):.3f} to {max(seeds):.3f} |" in readme
    for label, name in {
        "the three averaged": "adversarial, 3 seeds averaged",
        "linear, NB-weighted words and pairs": "NB-weighted words and pairs",
        "linear, NB-weighted words, pairs and triples": "NB-weighted words, pairs, triples",
        "recurrent, taught by that linear model on 50,000 unlabelled reviews": "student, unlabelled reviews",
        "recurrent, pretrained on the unlabelled reviews": "pretrained",
        "recurrent, pretrained, then taught by itself and that linear model": "pretrained and taught",
        "hybrid: the pretrained one and that linear model": "pretrained and NB",
    }.items():
        assert f"| {label} | {measured[name]:.3f} |" in readme, label
