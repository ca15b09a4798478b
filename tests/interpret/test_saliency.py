"""Saliency against finite differences, completeness, and a model whose reasons are known."""

import numpy as np
import pytest

from lstm_course import interpret
from lstm_course.models.quiet import keras
from lstm_course.reviews import imdb

layers = keras.layers
VOCABULARY = 12


def network(mask_zero=False):
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            layers.Embedding(VOCABULARY, 5, mask_zero=mask_zero),
            layers.LSTM(4, dropout=0.5, recurrent_dropout=0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.build((None, None))
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(0, 0.6, weight.shape) for weight in model.get_weights()])
    return model


IDS = np.array([[0, 0, 1, 4, 5, 6], [1, 7, 8, 2, 9, 10], [0, 1, 11, 3, 3, 4]])


def log_odds_of(model, embedded, ids):
    """Compute the log-odds from vectors with the model's own layers, apart from the code under test."""
    dense = model.layers[2]
    mask = keras.ops.convert_to_tensor(ids != 0) if model.layers[0].mask_zero else None
    hidden = keras.ops.convert_to_numpy(model.layers[1](embedded.astype(np.float32), mask=mask)).astype(float)
    return (hidden @ keras.ops.convert_to_numpy(dense.kernel) + keras.ops.convert_to_numpy(dense.bias))[:, 0]


@pytest.mark.parametrize("mask_zero", [False, True])
def test_gradient_times_input_against_finite_differences(mask_zero):
    model = network(mask_zero)
    embedded = keras.ops.convert_to_numpy(model.layers[0](IDS)).astype(np.float64)
    found = interpret.gradient_times_input(model, IDS)
    step = 1e-2  # float32: the central difference errs by step², the rounding by 1e-7 / step
    for time in range(6):
        # The derivative along the vector itself is the sum of gradient times input.
        up, down = embedded.copy(), embedded.copy()
        up[:, time] *= 1 + step
        down[:, time] *= 1 - step
        slope = (log_odds_of(model, up, IDS) - log_odds_of(model, down, IDS)) / (2 * step)
        np.testing.assert_allclose(found[:, time], slope, atol=2e-4)
    if mask_zero:
        assert (found[IDS == 0] == 0).all()
    np.testing.assert_allclose(interpret.gradient_times_input(model, IDS[1]), found[1], atol=1e-6)


@pytest.mark.parametrize("baseline", [imdb.PAD, imdb.UNKNOWN])
def test_integrated_gradients_are_complete(baseline):
    model = network()
    start = np.where(IDS > imdb.START, baseline, IDS)
    difference = interpret.log_odds(model, IDS) - interpret.log_odds(model, start)
    error = [
        np.abs(
            interpret.integrated_gradients(model, IDS, baseline=baseline, points=points).sum(axis=1) - difference
        ).max()
        for points in (2, 8, 64)
    ]
    assert error[2] < 1e-3
    assert error[2] < error[1] < error[0]


def test_what_is_in_the_baseline_too_has_no_share():
    found = interpret.integrated_gradients(network(), IDS, baseline=imdb.UNKNOWN, points=4)
    np.testing.assert_array_equal(found[IDS <= imdb.UNKNOWN], 0)
    assert (found[IDS > imdb.UNKNOWN] != 0).all()


def test_occlusion_is_the_fall_when_a_word_becomes_unknown():
    model = network()
    found = interpret.occlusion(model, IDS)
    for time in range(IDS.shape[1]):
        without = IDS.copy()
        without[:, time] = imdb.UNKNOWN
        odds = model.predict(np.concatenate([IDS, without]), verbose=0).astype(float)[:, 0]
        odds = np.log(odds / (1 - odds))
        expected = np.where(IDS[:, time] <= imdb.START, 0, odds[:3] - odds[3:])
        np.testing.assert_allclose(found[:, time], expected, atol=1e-5)
    np.testing.assert_allclose(interpret.occlusion(model, IDS[2]), found[2], atol=1e-6)


def additive():
    """Build a model whose log-odds are the sum of one known number for each word."""
    model = keras.Sequential(
        [
            layers.Embedding(VOCABULARY, 1),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.build((None, None))
    table = np.zeros((VOCABULARY, 1))
    table[4:8, 0] = [3.0, 1.0, -1.0, 2.0]
    model.set_weights([table, np.array([[4.0]]), np.zeros(1)])  # four steps: 4 × the mean is the sum
    return model


def test_every_method_is_exact_where_reasons_add_up():
    ids = np.array([[4, 5, 6, 7]])
    for explain in (interpret.gradient_times_input, interpret.integrated_gradients, interpret.occlusion):
        np.testing.assert_allclose(explain(additive(), ids), [[3, 1, -1, 2]], atol=1e-4)


def test_the_deletion_curve_by_hand():
    ids, scores = np.array([[4, 5, 6, 7]]), np.array([[3.0, 1, -1, 2]])
    left = [5, 2, 0, -1, 0, 0]  # sums after removing 3, 2, 1, then −1; there is nothing more to remove
    curve = interpret.deletion_curve(additive(), ids, scores, most=5)
    np.testing.assert_allclose(curve, [5 - np.array(left)], atol=1e-4)
    worst = interpret.deletion_curve(additive(), ids, -scores, most=2)
    np.testing.assert_allclose(worst, [[0, -1, 0]], atol=1e-4)  # away with −1, then with 1


def test_another_word_may_take_the_place_of_the_removed():
    ids, scores = np.array([[4, 5, 6, 7]]), np.array([[3.0, 1, -1, 2]])
    curve = interpret.deletion_curve(additive(), ids, scores, most=2, replacement=6)
    np.testing.assert_allclose(curve, [[0, 4, 7]], atol=1e-4)  # a −1 for the 3, then for the 2


def test_a_negative_prediction_loses_its_negative_words_first():
    ids = np.array([[6, 6, 5, 0]])
    curve = interpret.deletion_curve(additive(), ids, interpret.occlusion(additive(), ids), most=2)
    np.testing.assert_allclose(curve, [[0, 1, 2]], atol=1e-4)


@pytest.mark.parametrize("explain", [interpret.gradient_times_input, interpret.integrated_gradients])
def test_a_certain_model_still_gives_reasons(explain):
    model = additive()
    model.layers[-1].set_weights([np.array([[400.0]]), np.zeros(1)])  # the probability rounds to 1
    np.testing.assert_allclose(explain(model, [[4, 5, 6, 7]]), [[300, 100, -100, 200]], rtol=1e-5)


def test_bad_arguments():
    with pytest.raises(ValueError, match="points: expected at least 1, found 0"):
        interpret.integrated_gradients(network(), IDS, points=0)
    with pytest.raises(ValueError, match="baseline: expected an id from 0 to 11, found 12"):
        interpret.integrated_gradients(network(), IDS, baseline=VOCABULARY)
    with pytest.raises(ValueError, match=r"scores: .*shape \(3, 6\); found \(1, 6\)"):
        interpret.deletion_curve(network(), IDS, np.zeros(6))


@pytest.mark.parametrize(
    "shares_of", [interpret.gradient_times_input, interpret.integrated_gradients, interpret.occlusion]
)
def test_a_batch_of_pads_alone_has_no_share_where_pads_are_masked(shares_of):
    np.testing.assert_array_equal(shares_of(network(mask_zero=True), np.zeros((2, 6), int)), np.zeros((2, 6)))


@pytest.mark.parametrize("shape", [(0, 6), (2, 0), (0,)])
@pytest.mark.parametrize(
    "shares_of", [interpret.gradient_times_input, interpret.integrated_gradients, interpret.occlusion]
)
def test_an_empty_review_is_refused(shares_of, shape):
    with pytest.raises(ValueError, match="there is no step to look at"):
        shares_of(network(), np.zeros(shape, int))
