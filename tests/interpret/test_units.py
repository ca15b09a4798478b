"""Ranking, ablation and calibration, against scikit-learn, against pruned weights and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from lstm_course import interpret
from lstm_course.models.quiet import keras

layers = keras.layers


@given(
    values=arrays(np.float32, (20, 3), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])),
    positive=arrays(bool, 20).filter(lambda flags: 0 < flags.sum() < 20),
)
@settings(max_examples=30, deadline=None)
def test_areas_are_scikit_learns(values, positive):
    expected = [roc_auc_score(positive, column) for column in values.T]
    np.testing.assert_allclose(interpret.auc(values, positive), expected, atol=1e-12)
    assert interpret.auc(values[:, 0], positive) == pytest.approx(expected[0])


def test_cells_are_ranked_on_either_side_of_one_half():
    positive = np.array([1, 1, 0, 0])
    values = np.array([[1, 4, 0], [2, 1, 0], [3, 3, 0], [4, 2, 0]])
    ranking = interpret.rank_cells(values, positive)
    assert ranking.units.tolist() == [0, 1, 2]
    assert ranking.auc.tolist() == [0.0, 0.5, 0.5]


@pytest.mark.parametrize(("positive", "found"), [([0, 0], "0 of 2"), ([1, 1], "2 of 2")])
def test_a_property_that_holds_everywhere_or_nowhere(positive, found):
    with pytest.raises(ValueError, match=f"it holds in {found}"):
        interpret.auc(np.zeros(2), positive)


def test_unequal_lengths():
    with pytest.raises(ValueError, match="one row for each of the 3 flags, found 2"):
        interpret.auc(np.zeros(2), [0, 1, 1])


def network(*middle):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([layers.Embedding(20, 6), *middle, layers.Dense(1, activation="sigmoid")])
    model.build((None, None))
    rng = np.random.default_rng(6)
    model.set_weights([rng.normal(0, 0.8, weight.shape) for weight in model.get_weights()])
    return model


IDS = np.random.default_rng(7).integers(0, 20, (30, 9))
LABELS = np.random.default_rng(8).integers(0, 2, 30)


def test_an_ablated_unit_is_one_cut_out():
    model = network(layers.LSTM(4))
    smaller = network(layers.LSTM(3))
    table, kernel, recurrent_kernel, bias, dense_kernel, dense_bias = model.get_weights()
    kept = [0, 1, 3]
    columns = [block * 4 + unit for block in range(4) for unit in kept]
    recurrent_kernel = recurrent_kernel[kept][:, columns]
    smaller.set_weights([table, kernel[:, columns], recurrent_kernel, bias[columns], dense_kernel[kept], dense_bias])
    with interpret.ablated(model, 2):
        np.testing.assert_allclose(model.predict(IDS, verbose=0), smaller.predict(IDS, verbose=0), atol=1e-6)
        assert (interpret.gate_trace(model, IDS).hidden_state[..., 2] == 0).all()


@pytest.mark.parametrize("gate", interpret.GATES)
def test_an_open_gate_is_one_everywhere(gate):
    model = network(layers.LSTM(4, return_sequences=True, name="first"), layers.LSTM(3))
    with interpret.gate_held(model, gate, layer="first"):
        trace = interpret.gate_trace(model, IDS, "first")
        assert (getattr(trace, gate) == 1).all()
        for other in set(interpret.GATES) - {gate}:
            assert (getattr(trace, other) < 1).all()
        assert interpret.gate_trace(model, IDS, 1).forget_gate.max() < 1


@pytest.mark.parametrize("gate", interpret.GATES)
def test_a_gate_is_held_at_each_units_value(gate):
    model = network(layers.LSTM(4))
    values = [0.0, 0.25, 0.9, 1.0]
    with interpret.gate_held(model, gate, values):
        held = getattr(interpret.gate_trace(model, IDS), gate)
    np.testing.assert_allclose(held, np.broadcast_to(values, held.shape), atol=1e-6)


def test_several_gates_are_held_at_once():
    model = network(layers.LSTM(4))
    before = model.get_weights()
    with interpret.gates_held(model, {"input_gate": 1.0, "forget_gate": [0.0, 0.25, 0.9, 1.0]}):
        trace = interpret.gate_trace(model, IDS)
    assert (trace.input_gate == 1).all()
    np.testing.assert_allclose(trace.forget_gate[0, 0], [0.0, 0.25, 0.9, 1.0], atol=1e-6)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_error_inside_restores_the_weights():
    model = network(layers.LSTM(4))
    before = model.get_weights()
    with pytest.raises(RuntimeError, match="stop"), interpret.ablated(model, 1):
        raise RuntimeError("stop")
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_changes_of_accuracy():
    model = network(layers.LSTM(4))
    changes = interpret.accuracy_changes(model, IDS, LABELS, [[], [0], [0, 1, 2, 3]])
    assert changes[0] == 0
    with interpret.ablated(model, 0):
        predicted = model.predict(IDS, verbose=0)[:, 0] > 0.5
    whole = interpret.accuracy(model, IDS, LABELS)
    assert changes[1] == pytest.approx((predicted == LABELS).mean() - whole)
    # With every unit ablated the Dense bias decides, the same for each text.
    constant = model.get_weights()[-1][0] > 0
    assert changes[2] == pytest.approx((constant == LABELS).mean() - whole)


def test_reading_again_in_numpy_is_ablating():
    model = network(layers.LSTM(8))
    groups = [[unit] for unit in range(8)] + [[0, 3, 5], [1, 2, 6, 7]]
    expected = []
    for units in groups:
        with interpret.ablated(model, units):
            expected.append(interpret.accuracy(model, IDS, LABELS))
    whole = interpret.accuracy(model, IDS, LABELS)
    assert len(set(expected)) > 3
    np.testing.assert_allclose(interpret.accuracy_changes(model, IDS, LABELS, groups), np.array(expected) - whole)


@pytest.mark.parametrize(
    ("middle", "sentence"),
    [
        ([layers.LSTM(4), layers.Dense(2)], "has to end in an LSTM and Dense"),
        ([layers.Masking(), layers.LSTM(4)], "without a mask"),
        ([layers.LSTM(4, activation="relu")], "squash by tanh"),
    ],
)
def test_models_that_are_not_read_again(middle, sentence):
    model = network(*middle)
    model.layers[0].set_weights([np.zeros((20, 6))])
    with pytest.raises(ValueError, match=sentence):
        interpret.accuracy_changes(model, IDS, LABELS, [[0]])


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (
            lambda model: interpret.accuracy_changes(model, IDS, LABELS, [[4]]),
            "found 4; layer 'reader' has units 0 to 3",
        ),
        (lambda model: interpret.ablated(model, 4), "found 4; layer 'reader' has units 0 to 3"),
        (lambda model: interpret.ablated(model, [0, -1]), "found -1"),
        (
            lambda model: interpret.gate_held(model, "candidate"),
            "expected one of .*'forget_gate'.*'candidate'",
        ),
        (lambda model: interpret.gate_held(model, "forget_gate", layer=3), "no LSTM layer 3"),
        (
            lambda model: interpret.gate_held(model, "forget_gate", 1.5),
            r"from 0 to 1, or 4 .*from 1\.5 to 1\.5",
        ),
        (lambda model: interpret.gate_held(model, "forget_gate", [0.5, 0.5]), r"found shape \(2,\)"),
    ],
)
def test_units_and_gates_that_are_not_there(what, sentence):
    with pytest.raises(ValueError, match=sentence), what(network(layers.LSTM(4, name="reader"))):
        pass


def test_gates_that_cannot_be_held():
    with (
        pytest.raises(ValueError, match="has to have a bias and sigmoid gates"),
        interpret.ablated(network(layers.LSTM(4, use_bias=False)), 0),
    ):
        pass


def test_labels_of_another_number():
    with pytest.raises(ValueError, match="one for each of the 30 texts, found 2"):
        interpret.accuracy(network(layers.LSTM(4)), IDS, [0, 1])


def test_reliability_by_hand():
    probabilities = np.array([0.05, 0.15, 0.1, 0.95, 1.0, 0.85])
    labels = np.array([0, 1, 0, 1, 1, 0])
    rows = interpret.reliability(probabilities, labels, bins=5)
    # Two bins hold all: 0 to 0.2 with mean 0.1, and 0.8 to 1 with mean 2.8 / 3.
    assert [(row[0], row[1], row[4]) for row in rows] == [
        (pytest.approx(0.1), pytest.approx(1 / 3), 3),
        (pytest.approx(2.8 / 3), pytest.approx(2 / 3), 3),
    ]
    assert all(low < observed < high for _, observed, low, high, _ in rows)
    error = interpret.expected_calibration_error(probabilities, labels, bins=5)
    assert error == pytest.approx(0.5 * (1 / 3 - 0.1) + 0.5 * (2.8 / 3 - 2 / 3))


def test_a_calibrated_model_has_no_calibration_error():
    assert interpret.expected_calibration_error([0.25] * 4, [0, 0, 1, 0]) == pytest.approx(0)


@pytest.mark.parametrize("probabilities", [[0.5], [0.5, 1.2], [0.5, np.nan]])
def test_probabilities_that_are_none(probabilities):
    with pytest.raises(ValueError, match="probabilities: expected"):
        interpret.reliability(probabilities, [0, 1])
