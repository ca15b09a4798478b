"""The trace is the layer's own computation: compared with Keras's layer and with the course's NumPy LSTM."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import cells, interpret
from lstm_course.models.quiet import keras
from lstm_course.reviews import imdb

layers = keras.layers
VOCABULARY = 30
GATES = ("input_gate", "forget_gate", "candidate", "output_gate")


def network(*middle, mask_zero=False):
    """Build a model from ids to a probability; its weights are drawn large, so that gates open and shut."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [layers.Embedding(VOCABULARY, 6, mask_zero=mask_zero), *middle, layers.Dense(1, activation="sigmoid")]
    )
    model.build((None, None))
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def ids_with(pads, batch=4, time=8):
    ids = np.random.default_rng(2).integers(1, VOCABULARY, (batch, time))
    for row in range(batch):
        if pads == "front":
            ids[row, : 2 * row] = 0
        elif pads == "back":
            ids[row, time - 2 * row :] = 0
        elif pads == "between":
            ids[row, row + 1 : row + 3] = 0
        elif pads == "everywhere":
            ids[row] = 0
    return ids


def own_output(layer, sequences, mask):
    """Return what Keras's layer itself returns at every step, in the order of the text."""
    twin = layers.LSTM(
        layer.units,
        return_sequences=True,
        go_backwards=layer.go_backwards,
        activation=layer.activation,
        recurrent_activation=layer.recurrent_activation,
        use_bias=layer.use_bias,
    )
    twin.build(sequences.shape)
    twin.set_weights(layer.get_weights())
    output = keras.ops.convert_to_numpy(twin(sequences, mask=mask))
    return output[:, ::-1] if layer.go_backwards else output


@pytest.mark.parametrize("pads", ["none", "front", "back", "between", "everywhere"])
@pytest.mark.parametrize("mask_zero", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_hidden_state_is_the_layers_own_output(pads, mask_zero, backwards):
    model = network(layers.LSTM(5, go_backwards=backwards), mask_zero=mask_zero)
    ids = ids_with(pads)
    trace = interpret.gate_trace(model, ids)
    embedded = model.layers[0](ids)
    expected = own_output(model.layers[1], embedded, ids != 0 if mask_zero else None)
    np.testing.assert_allclose(trace.hidden_state, expected, atol=1e-6, rtol=0)
    np.testing.assert_array_equal(trace.computed, ids != 0 if mask_zero else np.ones_like(ids, bool))


@pytest.mark.parametrize("pads", ["none", "front", "back", "everywhere"])
def test_every_array_is_that_of_the_numpy_lstm(pads):
    model = network(layers.LSTM(5), mask_zero=True)
    ids = ids_with(pads)
    trace = interpret.gate_trace(model, ids)
    embedded = keras.ops.convert_to_numpy(model.layers[0](ids)).astype(np.float64)
    cell = cells.LSTM.from_keras(model.layers[1])
    _, cache = cell.forward(embedded, mask=ids != 0)
    for name in GATES:
        expected = np.where((ids != 0)[..., None], getattr(cache, name), np.nan)
        np.testing.assert_allclose(getattr(trace, name), expected, atol=1e-6, rtol=0, err_msg=name)
    np.testing.assert_allclose(trace.cell_state, cache.cell_state, atol=2e-6, rtol=0)
    np.testing.assert_allclose(trace.hidden_state, cache.hidden[1:].swapaxes(0, 1), atol=1e-6, rtol=0)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_both_directions_and_every_layer_of_a_stack(mask_zero):
    model = network(
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
        layers.Dropout(0.5),
        layers.LSTM(3, return_sequences=True, name="second"),
        layers.LSTM(5),
        mask_zero=mask_zero,
    )
    ids = ids_with("front")
    mask = ids != 0 if mask_zero else None
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    embedded = model.layers[0](ids)
    both.build(embedded.shape)
    both.set_weights(model.layers[1].get_weights())
    first = keras.ops.convert_to_numpy(both(embedded, mask=mask))
    found = [interpret.gate_trace(model, ids, layer).hidden_state for layer in (0, 1, "second", 3)]
    np.testing.assert_allclose(np.concatenate(found[:2], axis=-1), first, atol=1e-6, rtol=0)
    second = own_output(model.layers[3], first, mask)
    np.testing.assert_allclose(found[2], second, atol=1e-6, rtol=0)
    np.testing.assert_allclose(found[3], own_output(model.layers[4], second, mask), atol=1e-6, rtol=0)


class Subclassed(keras.Model):
    """A model without a graph of layers."""

    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(VOCABULARY, 6)
        self.recurrent = layers.LSTM(4, recurrent_activation="hard_sigmoid", activation="softsign", use_bias=False)
        self.dense = layers.Dense(1, activation="sigmoid")

    def call(self, ids):
        return self.dense(self.recurrent(self.embedding(ids)))


def test_a_subclassed_model_with_other_activations_and_no_bias():
    model = Subclassed()
    ids = ids_with("none")
    model(ids)
    expected = own_output(model.recurrent, model.embedding(ids), None)
    np.testing.assert_allclose(interpret.gate_trace(model, ids).hidden_state, expected, atol=1e-6, rtol=0)


def test_a_nested_model_and_one_that_takes_vectors():
    inner = keras.Sequential([layers.Input((None, 6)), layers.LSTM(4)])
    outer = keras.Sequential([layers.Embedding(VOCABULARY, 6), inner, layers.Dense(1, activation="sigmoid")])
    outer.build((None, None))
    ids = ids_with("none")
    vectors = keras.ops.convert_to_numpy(outer.layers[0](ids))
    through_ids = interpret.gate_trace(outer, ids)
    np.testing.assert_array_equal(interpret.gate_trace(inner, vectors).cell_state, through_ids.cell_state)
    np.testing.assert_array_equal(interpret.gate_trace(inner, vectors[0]).cell_state, through_ids.cell_state[0])


@given(batch=st.integers(1, 4), time=st.integers(1, 9), units=st.integers(1, 5))
@settings(max_examples=6, deadline=None)
def test_shapes_and_the_two_state_equations(batch, time, units):
    model = network(layers.LSTM(units))
    ids = np.random.default_rng(time).integers(0, VOCABULARY, (batch, time))
    trace = interpret.gate_trace(model, ids)
    before = np.concatenate([np.zeros((batch, 1, units)), trace.cell_state[:, :-1]], axis=1)
    kept = trace.forget_gate * before + trace.input_gate * trace.candidate
    np.testing.assert_allclose(trace.cell_state, kept, atol=1e-5)
    np.testing.assert_allclose(trace.hidden_state, trace.output_gate * np.tanh(trace.cell_state), atol=1e-5)
    for index in range(batch):
        one = interpret.gate_trace(model, ids[index])
        assert one.forget_gate.shape == (time, units)
        np.testing.assert_allclose(one.hidden_state, trace[index].hidden_state, atol=1e-6)


def test_the_model_is_left_as_it_was():
    model = network(layers.LSTM(4))
    ids = ids_with("none")
    before = keras.ops.convert_to_numpy(model(ids))
    weights = model.get_weights()
    interpret.gate_trace(model, ids)
    interpret.integrated_gradients(model, ids, points=2)
    with interpret.ablated(model, [1, 2]), interpret.gate_held(model, "input_gate"):
        assert not np.allclose(keras.ops.convert_to_numpy(model(ids)), before)
    for old, new in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(ids)), before)
    assert "call" not in vars(model.layers[0])


def test_cells_add_up_to_the_log_odds():
    model = network(layers.LSTM(5), layers.Dropout(0.3), mask_zero=True)
    ids = ids_with("front")
    steps = interpret.logit_steps(model, ids)
    assert steps.shape == (4, 8, 5)
    total = steps.sum(axis=(1, 2)) + model.layers[-1].get_weights()[1]
    np.testing.assert_allclose(total, interpret.log_odds(model, ids), atol=1e-5)
    np.testing.assert_allclose(interpret.logit_steps(model, ids[1]), steps[1], atol=1e-6)


def test_the_running_prediction_is_the_prediction_of_every_beginning():
    model = network(layers.Bidirectional(layers.LSTM(4)))
    ids = ids_with("none")[0]
    found = interpret.running_prediction(model, ids, maxlen=8)
    for step in range(len(ids)):
        row = keras.utils.pad_sequences([ids[: step + 1]], maxlen=8)
        assert found[step] == pytest.approx(float(model.predict(row, verbose=0)[0, 0]), abs=1e-6)


@pytest.fixture(scope="module")
def plain():
    return network(layers.LSTM(4))


@pytest.mark.parametrize(
    ("middle", "layer", "sentence"),
    [
        ([layers.GRU(3, name="reader")], None, "no LSTM layer; found the GRU 'reader'.* keras.layers.LSTM"),
        ([layers.GlobalAveragePooling1D()], None, "no LSTM layer; found no recurrent layer"),
        ([layers.LSTM(3, name="only")], 1, r"no LSTM layer 1; the model has: 0 \('only'\)"),
        ([layers.LSTM(3, name="only")], -1, "no LSTM layer -1"),
        ([layers.LSTM(3, name="only")], "other", "no LSTM layer 'other'"),
        (
            [layers.LSTM(3, return_sequences=True, name="a"), layers.LSTM(3, name="b")],
            None,
            r"has 2 LSTM layers; pass one of: 0 \('a'\), 1 \('b'\)",
        ),
    ],
)
def test_a_layer_that_is_not_there(middle, layer, sentence):
    with pytest.raises(ValueError, match=sentence):
        interpret.gate_trace(network(*middle), ids_with("none"), layer)


@pytest.mark.parametrize(
    ("ids", "error", "sentence"),
    [
        (np.zeros((2, 0), int), ValueError, r"no step to look at, shape \(2, 0\)"),
        ([], ValueError, "no step to look at"),
        (np.zeros((2, 3)), TypeError, "whole numbers, found float64"),
        (["a", "film"], TypeError, "whole numbers"),
        (np.zeros((1, 2, 3), int), ValueError, r"found shape \(1, 2, 3\)"),
        ([[1, 30]], ValueError, "found 30, and the model knows ids from 0 to 29"),
        ([[-1, 3]], ValueError, "found -1"),
    ],
)
def test_ids_that_the_model_cannot_take(plain, ids, error, sentence):
    with pytest.raises(error, match=sentence):
        interpret.gate_trace(plain, ids)


def test_what_is_no_model_or_ends_otherwise(plain):
    with pytest.raises(TypeError, match=r"found tuple; weights\.load"):
        interpret.gate_trace((plain, {}), [1])
    headless = keras.Sequential([layers.Embedding(VOCABULARY, 6), layers.LSTM(4)])
    headless.build((None, None))
    for explain in (interpret.occlusion, interpret.gradient_times_input, interpret.log_odds):
        with pytest.raises(ValueError, match="has to end in Dense"):
            explain(headless, [1, 2])
    with pytest.raises(ValueError, match="has to end in an LSTM"):
        interpret.logit_steps(network(layers.Bidirectional(layers.LSTM(4))), [1, 2])


WORDS = {word: rank for rank, word in enumerate(["the", "film", "is", "not", "good", "isn't", "he", "said"], 1)}


def test_a_text_as_the_model_sees_it():
    text = 'He said "The FILM isn\'t xyzzy!" The film is good.'
    reading = interpret.read(text, WORDS, maxlen=14)
    assert reading.words[:5] == ["<start>", "he", "said", "the", "film"]
    assert reading.words[6] == "<unknown>"
    assert [text[slice(*span)] for span in reading.spans[3:8]] == ["The", "FILM", "isn't", "xyzzy", "The"]
    assert reading.ids.tolist() == imdb.encode(text, WORDS)
    assert reading.row.tolist() == [0] * 3 + imdb.encode(text, WORDS)
    assert np.flatnonzero(interpret.in_quotation(reading)).tolist() == [3, 4, 5, 6]
    assert np.flatnonzero(interpret.after_full_stop(reading)).tolist() == [7]
    assert np.flatnonzero(interpret.negated(reading, reach=2)).tolist() == [6, 7]
    assert interpret.distance_from_end(reading).tolist() == list(range(10, -1, -1))


def test_a_text_longer_than_a_row_keeps_its_end():
    reading = interpret.read("The film. Is not good", WORDS, maxlen=3)
    assert reading.words == ["is", "not", "good"]
    assert reading.row.tolist() == reading.ids.tolist() == [6, 7, 8]
    assert interpret.after_full_stop(reading).tolist() == [False, False, False]


@given(st.text(alphabet=st.sampled_from("aB '.,!?\"-\t\n<>/é|~x1"), max_size=60))
def test_words_are_cut_where_the_tokenizer_cuts_them(text):
    reading_words = imdb.tokenize(text)
    index = {word: rank for rank, word in enumerate(sorted(set(reading_words)), 1)}
    if not reading_words:
        with pytest.raises(ValueError, match="the review is empty"):
            interpret.read(text, index)
        return
    reading = interpret.read(text, index)
    assert reading.words == ["<start>", *reading_words]
    assert [text[slice(*span)].lower() for span in reading.spans[1:]] == reading_words


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("", ValueError, "the review is empty"),
        ("xyzzy plugh", ValueError, "the model knows none of them"),
        (3, TypeError, "int"),
    ],
)
def test_a_text_that_cannot_be_read(text, error, sentence):
    with pytest.raises(error, match=sentence):
        interpret.read(text, WORDS)


def test_ids_are_translated_by_their_words():
    other = {"good": 1, "the": 2, "rare": 9}
    table = interpret.translation(WORDS, other, num_words=10)
    ids = imdb.encode("the film is good", WORDS)
    assert table[[0, *ids]].tolist() == [0, 1, 2 + 3, 2, 2, 1 + 3]
    assert interpret.translation(other, {"rare": 7}, num_words=10)[12] == 2  # its id would be 10
    identity = interpret.translation(WORDS, WORDS)
    assert identity[4:].tolist() == list(range(4, 4 + len(WORDS)))
