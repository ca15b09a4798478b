"""Many networks at once: each equal to Keras's, independent of the others, and a sweep that can be interrupted."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from lstm_course.cells import LRU
from lstm_course.memory import (
    KINDS,
    TASKS,
    Network,
    seconds_per_update,
    side_by_side,
    successes,
    sweep,
    sweeps,
    train,
)
from lstm_course.models.quiet import keras, tf
from lstm_course.settings import paths

each_kind = pytest.mark.parametrize("kind", KINDS)
FIRST = tf.constant(0)
EXACT_IN_FLOAT32 = {"beta_1": 0.875, "beta_2": 1 - 2**-10, "epsilon": 2**-20}
ORDER, COPY = TASKS["temporal order"], TASKS["copy"]
SMALL = Network("SimpleRNN", 10, 0.01)  # compiles fastest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.VARIABLE, str(tmp_path))
    return tmp_path


def keras_model(kind, arrays, activation="tanh"):
    """Return a Keras model with the weights of one network, float64."""
    settings = {"activation": activation} if kind == "SimpleRNN" else {}
    layer = getattr(keras.layers, kind)(arrays[1].shape[0], return_sequences=True, dtype="float64", **settings)
    model = keras.Sequential(
        [
            keras.Input((None, arrays[0].shape[0]), dtype="float64"),
            layer,
            keras.layers.Dense(arrays[3].shape[1], dtype="float64"),
        ]
    )
    bias = arrays[2] if kind == "GRU" else arrays[2][0]
    model.set_weights([arrays[0], arrays[1], bias, arrays[3], arrays[4][0]])
    return model


def update_with_keras(model, inputs, targets, classes):
    """Make one update a batch with Keras's own loss, clipping and Adam."""
    if classes == 1:
        loss = keras.losses.MeanSquaredError(dtype="float64")
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    adam = keras.optimizers.Adam(2**-7, **EXACT_IN_FLOAT32, global_clipnorm=side_by_side.CLIP)
    adam.build(model.trainable_variables)
    for x, y in zip(inputs, targets, strict=True):
        with tf.GradientTape() as tape:
            value = loss(y[:, None] if classes == 1 else y, model(x)[:, -1])
        gradients = tape.gradient(value, model.trainable_variables)
        adam.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def random_weights(kind, seeds, rng, features=3, units=4, outputs=2):
    shapes = Network(kind, units).shapes(features, outputs)
    return [rng.standard_normal((seeds, *shape)) * 0.5 for shape in shapes]


class TestAgainstKeras:
    @pytest.mark.parametrize(
        ("kind", "activation"),
        [("SimpleRNN", "tanh"), ("SimpleRNN", "relu"), ("LSTM", "tanh"), ("GRU", "tanh")],
    )
    @pytest.mark.parametrize("first", [0, 4])
    def test_the_answers_are_keras_own(self, kind, activation, first):
        rng = np.random.default_rng(0)
        weights = random_weights(kind, 3, rng)
        inputs = rng.standard_normal((9, 3, 5, 3))  # (time, seeds, batch, features)
        ours = side_by_side.answer(kind, getattr(tf.nn, activation), 2, inputs, tf.constant(first), weights).numpy()
        for seed in range(3):
            model = keras_model(kind, [array[seed] for array in weights], activation)
            theirs = model(inputs[first:, seed].transpose(1, 0, 2)).numpy()[:, -2:]
            np.testing.assert_allclose(ours[seed], theirs, rtol=0, atol=1e-12)

    def test_an_lru_answers_as_its_twins_do(self):
        """In NumPy, and as a Keras layer."""
        rng = np.random.default_rng(0)
        cells = [LRU.initialise(3, 4, rng=rng, ring=(0.5, 0.99)) for _ in range(2)]
        weights = [np.stack([np.atleast_2d(cell.weights[name]) for cell in cells]) for name in cells[0].weights]
        weights += [rng.standard_normal((2, 8, 5)), rng.standard_normal((2, 1, 5))]
        inputs = rng.standard_normal((9, 2, 6, 3))  # (time, seeds, batch, features)
        ours = side_by_side.answer("LRU", tf.tanh, 2, inputs, FIRST, weights).numpy()
        for seed, cell in enumerate(cells):
            states = cell.forward(inputs[:, seed].swapaxes(0, 1))[:, -2:]
            np.testing.assert_allclose(ours[seed], states @ weights[3][seed] + weights[4][seed], rtol=0, atol=1e-12)

    @pytest.mark.parametrize(("kind", "classes"), [("SimpleRNN", 1), ("LSTM", 3), ("GRU", 3)])
    def test_the_updates_are_keras_own(self, kind, classes, monkeypatch):
        """Three updates of two networks, against Keras's Adam with clipping by the global norm, in float64."""
        # Keras rounds Adam's constants to float32; these are exact there.
        for name, value in EXACT_IN_FLOAT32.items():
            monkeypatch.setattr(side_by_side, name.upper(), value)
        rng = np.random.default_rng(1)
        weights = random_weights(kind, 2, rng, outputs=classes)
        inputs = 3 * rng.standard_normal((3, 6, 2, 8, 3))  # (updates, time, seeds, batch, features)
        targets = 9 * rng.standard_normal((3, 2, 8, 1)) if classes == 1 else rng.integers(3, size=(3, 2, 8, 1))
        zeros = [np.zeros_like(array) for array in weights]
        rate, count = tf.constant(2**-7, tf.float64), tf.constant(0.0, tf.float64)
        ours = side_by_side.train(kind, tf.tanh, rate, inputs, targets, FIRST, count, weights, zeros, zeros)[0]
        for seed in range(2):
            model = keras_model(kind, [array[seed] for array in weights])
            update_with_keras(model, inputs[:, :, seed].swapaxes(1, 2), targets[:, seed, :, 0], classes)
            for mine, theirs in zip(ours, model.get_weights(), strict=True):
                np.testing.assert_allclose(np.reshape(mine[seed], theirs.shape), theirs, rtol=0, atol=1e-10)


class TestNetwork:
    @each_kind
    @pytest.mark.parametrize("units", [1, 7, 20])
    def test_it_has_as_many_weights_as_keras(self, kind, units):
        layer = getattr(keras.layers, kind)(units)
        layer.build((None, None, 6))
        assert Network(kind, units).parameters(6) == layer.count_params()

    @each_kind
    @pytest.mark.parametrize("parameters", [40, 500, 1500])
    def test_it_is_the_widest_that_fits(self, kind, parameters):
        network = Network.of_size(kind, parameters, 6)
        assert network.parameters(6) <= parameters < Network(kind, network.units + 1).parameters(6)

    def test_a_start_like_keras(self):
        kernel, recurrent_kernel, bias, readout, readout_bias = Network("LSTM", 5).initialise(ORDER, seed=0)
        assert kernel.shape == (6, 20)
        assert np.abs(kernel).max() < np.sqrt(6 / 26)
        np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(5), atol=1e-6)
        assert bias.tolist() == [[0] * 5 + [1] * 5 + [0] * 10]
        assert readout.shape == (5, 4)
        assert not readout_bias.any()

    def test_other_starts(self):
        identity = Network("SimpleRNN", 6, recurrent_start="identity").initialise(ORDER, seed=0)[1]
        assert np.array_equal(identity, np.eye(6))
        small = Network("SimpleRNN", 200, recurrent_start="small").initialise(ORDER, seed=0)[1]
        assert np.abs(np.linalg.eigvals(small)).max() == pytest.approx(0.5, abs=0.05)
        bias = Network("LSTM", 2, forget_bias=3).initialise(ORDER, seed=0)[2]
        assert bias[0, 2:4].tolist() == [3, 3]

    def test_chrono_draws_horizons_up_to_the_lag(self):
        *kernels, bias, _, _ = Network("LSTM", 500, chrono_lag=40).initialise(ORDER, seed=0)
        input_gate, forget_gate, candidate, output_gate = bias.reshape(4, 500)
        horizons = 1 / (1 - tf.sigmoid(tf.cast(forget_gate, tf.float64)).numpy())
        assert 2 <= horizons.min() < 2.5
        assert 39.5 < horizons.max() <= 40
        assert stats.kstest(horizons, stats.uniform(2, 38).cdf).pvalue > 0.01
        assert np.array_equal(input_gate, -forget_gate)
        assert not candidate.any()
        assert not output_gate.any()
        for mine, usual in zip(kernels, Network("LSTM", 500).initialise(ORDER, seed=0), strict=False):
            assert np.array_equal(mine, usual)

    def test_an_lru_starts_on_its_ring(self):
        weights = Network("LRU", 40, ring=(0.9, 0.99)).initialise(ORDER, seed=0)
        assert [array.shape for array in weights] == [(6, 80), (1, 80), (1, 40), (80, 4), (1, 4)]
        modulus = np.exp(-np.exp(weights[1][0, :40]))
        assert (modulus > 0.9 - 1e-6).all()
        assert (modulus < 0.99 + 1e-6).all()
        np.testing.assert_allclose(np.exp(weights[2][0]), np.sqrt(1 - modulus**2), rtol=1e-4)
        assert Network("LRU", 40).parameters(6) == 6 * 80 + 80 + 40

    @pytest.mark.parametrize(("gate", "block"), [("input_gate", 0), ("forget_gate", 1), ("output_gate", 3)])
    def test_an_open_gate_is_one_and_stays_so(self, gate, block):
        network = Network("LSTM", 3, open_gate=gate)
        columns = slice(3 * block, 3 * block + 3)
        before = network.initialise(ORDER, seed=4)
        after = train(network, ORDER, 3, seeds=[4], updates=100).weights
        assert tf.sigmoid(before[2][0, columns]).numpy().tolist() == [1, 1, 1]
        for old, new in zip(before[:3], after[:3], strict=True):
            assert np.array_equal(old[:, columns], new[0][:, columns])
        assert not np.array_equal(before[1], after[1][0])

    @pytest.mark.parametrize(
        ("settings", "complaint"),
        [
            (
                {"kind": "RNN"},
                "kind must be one of SimpleRNN, LSTM, GRU, LRU, minLSTM, signed minLSTM, and it is 'RNN'",
            ),
            ({"units": 0}, "units must be at least 1, and it is 0"),
            ({"activation": "sine"}, "activation must be one of tanh, relu, and it is 'sine'"),
            ({"activation": "relu"}, "activation is 'relu': only a SimpleRNN's can be changed"),
            (
                {"recurrent_start": "zero"},
                "recurrent_start must be one of orthogonal, identity, small, and it is",
            ),
            ({"kind": "GRU", "chrono_lag": 40}, "chrono_lag is 40: a GRU has no forget bias"),
            ({"chrono_lag": 2}, "chrono_lag must be at least 3, and it is 2"),
            (
                {"open_gate": "candidate"},
                "open_gate must be one of input_gate, forget_gate, output_gate, and",
            ),
            (
                {"kind": "GRU", "open_gate": "forget_gate"},
                "open_gate is 'forget_gate': a GRU has no such gate",
            ),
        ],
    )
    def test_what_there_is_not_is_refused(self, settings, complaint):
        with pytest.raises(ValueError, match=re.escape(complaint)):
            Network(**{"kind": "LSTM", "units": 3} | settings)

    def test_too_few_parameters_are_refused(self):
        with pytest.raises(ValueError, match="parameters is 20: a LSTM of one unit has 32 on 6 features"):
            Network.of_size("LSTM", 20, 6)


@pytest.fixture(scope="module")
def trained():
    return train(SMALL, ORDER, 3, seeds=[0, 1], updates=1000, longest=9)


class TestTrain:
    def test_it_learns(self, trained):
        assert (trained.success > 0.95).all()
        assert (trained.updates <= 1000).all()

    def test_a_network_does_not_depend_on_its_neighbours(self):
        alone = train(SMALL, ORDER, 3, seeds=[1], updates=100)
        beside = train(SMALL, ORDER, 3, seeds=[0, 1], updates=100, longest=9)  # nor on padding for longer lags
        for one, two in zip(alone.weights, beside.weights, strict=True):
            np.testing.assert_allclose(one[0], two[1], atol=1e-4)

    def test_it_counts_updates_and_stops_early(self):
        ticks = []
        trained = train(SMALL, ORDER, 3, seeds=[0, 1], updates=5000, longest=9, tick=ticks.append)
        assert sum(ticks) == trained.updates.max() < 5000

    def test_an_update_takes_its_time(self):
        assert 0 < seconds_per_update(SMALL, ORDER, 9, seeds=[0, 1], calls=1) < 1

    @pytest.mark.parametrize("updates", [0, 150, -100])
    def test_odd_updates_are_refused(self, updates):
        with pytest.raises(ValueError, match=f"updates must be a multiple of 100, and it is {updates}"):
            train(Network("LSTM", 2), ORDER, 5, seeds=[0], updates=updates)

    def test_no_seeds_are_refused(self):
        with pytest.raises(ValueError, match="seeds is empty"):
            train(Network("LSTM", 2), ORDER, 5, seeds=[], updates=100)

    def test_a_lag_too_short_for_the_task_is_refused(self):
        with pytest.raises(ValueError, match="lag must be an integer of at least 3"):
            train(Network("LSTM", 2), COPY, 2, seeds=[0], updates=100)


NETWORKS = {"slow": SMALL, "fast": replace(SMALL, learning_rate=0.02)}


class TestSweep:
    def test_every_network_at_every_lag(self, home):
        results = sweep(ORDER, NETWORKS, lags=(9, 3), seeds=[0, 1], updates=100)
        assert {label: list(by_lag) for label, by_lag in results.items()} == {
            "slow": [3, 9],
            "fast": [3, 9],
        }
        alone = train(NETWORKS["fast"], ORDER, 9, seeds=[0, 1], updates=100)
        np.testing.assert_allclose(results["fast"][9].success, alone.success, atol=0.02)
        assert [array.shape for array in results["fast"][9].weights] == [array.shape for array in alone.weights]
        np.testing.assert_array_equal(successes(results)["fast"][9], results["fast"][9].success)
        assert not list((home / "data" / "unfinished").iterdir())

    def test_it_goes_on_where_it_was_interrupted(self, monkeypatch, capsys):
        made, whole = [], sweeps.train

        def interrupted(network, task, lag, **settings):
            if len(made) == 2:
                raise KeyboardInterrupt
            made.append((network.learning_rate, lag))
            return whole(network, task, lag, **settings)

        monkeypatch.setattr(sweeps, "ThreadPoolExecutor", lambda _: _pool(1))
        monkeypatch.setattr(sweeps, "train", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sweep(ORDER, NETWORKS, lags=(3, 9), seeds=[0, 1], updates=100)
        assert made == [(0.01, 9), (0.02, 9)]
        monkeypatch.setattr(sweeps, "train", lambda *a, **k: made.append((a[0].learning_rate, a[2])) or whole(*a, **k))
        sweep(ORDER, NETWORKS, lags=(3, 9), seeds=[0, 1], updates=100)
        assert made[2:] == [(0.01, 3), (0.02, 3)]
        assert "An interrupted sweep was found: 2 of its 4 points are there already." in capsys.readouterr().out

    @pytest.mark.parametrize("missing", [{"networks": {}}, {"lags": ()}])
    def test_nothing_to_train_is_refused(self, missing):
        with pytest.raises(ValueError, match="pass at least one network and one lag"):
            sweep(ORDER, **{"networks": NETWORKS, "lags": (4,), "seeds": [0], "updates": 100} | missing)


def _pool(workers, make=sweeps.ThreadPoolExecutor):
    return make(workers)
