"""Gradient check, Jacobians, norms by lag and rates, each against a second way to the same number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jacobians import jacobian_product, predicted_geometric_rate, singular_values_by_lag, step_jacobians

from lstm_course.cells import GRU, LSTM, SimpleRNN, gradient_checks

CELLS = [SimpleRNN, LSTM, GRU]
few = settings(max_examples=10, deadline=None, derandomize=True, database=None)


def make(kind, features=3, units=4, batch=2, time=6, seed=0):
    """A cell with all weights random, inputs, and an initial state that is not zero."""
    rng = np.random.default_rng(seed)
    cell = kind.initialise(features, units, rng=rng)
    for weight in cell.weights.values():
        weight += 0.3 * rng.standard_normal(weight.shape)
    state = [rng.standard_normal((batch, units)) for _ in range(2 if kind is LSTM else 1)]
    return cell, rng.standard_normal((batch, time, features)), tuple(state) if kind is LSTM else state[0]


def whole_state(state):
    """The state as one vector a row: an LSTM's hidden and cell state side by side."""
    return np.concatenate(state, axis=-1) if isinstance(state, tuple) else state


def keras_gradient_norm_by_lag(layer, inputs, state, norm):
    """Measure by ``tf.GradientTape`` along a built Keras layer's own cell: (batch, time + 1)."""
    from lstm_course.models.quiet import tf

    which, units = int(state == "cell_state"), layer.units
    norms = []
    for sequence in inputs:
        steps = tf.repeat(sequence[:, None], units, axis=1)  # one row a unit vector
        states = layer.cell.get_initial_state(batch_size=units)
        visited = [states[which]]
        with tf.GradientTape() as tape:
            tape.watch(states)
            for step in steps:
                last, states = layer.cell(step, states)
                visited.append(states[which])
            trace = tf.linalg.trace(last)  # unit vector j asks for entry j
        rows = tape.gradient(trace, visited, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        jacobians = np.array([row.numpy() for row in rows[::-1]])
        norms.append(np.linalg.norm(jacobians, 2 if norm == "spectral" else "fro", axis=(-2, -1)))
    return np.stack(norms)


def difference_jacobian(cell, inputs, state, step=1e-6):
    """d(final state) / d(initial state) by central differences: (batch, n, n)."""
    start, units = whole_state(state), cell.units

    def final(vector):
        given = (vector[:, :units], vector[:, units:]) if isinstance(state, tuple) else vector
        return whole_state(cell.forward(inputs, initial_state=given)[1].final_state)

    columns = []
    for moved in np.eye(start.shape[1]) * step:
        columns.append((final(start + moved) - final(start - moved)) / (2 * step))
    return np.stack(columns, axis=-1)


class TestCheckGradient:
    def quadratic(self, parameters):
        return float(np.sum(parameters["a"] ** 2) + np.sum(np.sin(parameters["b"])))

    parameters = {"a": np.array([[1.0, -2.0], [0.5, 3.0]]), "b": np.array([0.3, 1.2])}  # noqa: RUF012
    exact = {"a": 2 * parameters["a"], "b": np.cos(parameters["b"])}  # noqa: RUF012

    def test_right_gradients_agree(self):
        report = gradient_checks.check_gradient(self.quadratic, self.parameters, self.exact)
        assert report.largest_relative_difference < 1e-8
        np.testing.assert_allclose(report["b"].approximate, self.exact["b"], rtol=1e-8)
        np.testing.assert_array_equal(report["a"].exact, self.exact["a"])

    def test_one_wrong_entry_is_found(self):
        wrong = {"a": self.exact["a"].copy(), "b": self.exact["b"]}
        wrong["a"][1, 0] *= 1.01
        report = gradient_checks.check_gradient(self.quadratic, self.parameters, wrong)
        assert report["a"].worst_entry == (1, 0)
        assert report["a"].largest_relative_difference == pytest.approx(0.01 / 1.01, rel=1e-5)
        assert report["b"].largest_relative_difference < 1e-8
        assert report.largest_relative_difference == report["a"].largest_relative_difference
        lines = str(report).splitlines()
        titles = "parameter worst entry exact approximate largest relative difference"
        assert " ".join(lines[0].split()) == titles
        assert lines[1].split() == ["a", "[1,", "0]", "1.01000e+00", "1.00000e+00", "9.9e-03"]
        assert len(lines) == 3

    def test_a_gradient_far_too_small_is_found(self):
        report = gradient_checks.check_gradient(
            lambda p: 1.0 + 1e-7 * p["a"].sum(), {"a": np.ones(3)}, {"a": np.zeros(3)}
        )
        assert report.largest_relative_difference > 1e-4

    def test_zero_gradients_agree(self):
        report = gradient_checks.check_gradient(lambda p: 0.0 * p["a"].sum(), {"a": np.ones(3)}, {"a": np.zeros(3)})
        assert report.largest_relative_difference == 0.0

    def test_not_a_number_never_passes(self):
        report = gradient_checks.check_gradient(self.quadratic, self.parameters, self.exact | {"b": np.full(2, np.nan)})
        assert np.isnan(report.largest_relative_difference)

    def test_parameters_are_left_alone_and_widened(self):
        narrow = {name: array.astype(np.float32) for name, array in self.parameters.items()}
        kept = {name: array.copy() for name, array in narrow.items()}
        found = {"a": 2 * narrow["a"].astype(float), "b": np.cos(narrow["b"].astype(float))}
        assert gradient_checks.check_gradient(self.quadratic, narrow, found).largest_relative_difference < 1e-8
        for name in narrow:
            np.testing.assert_array_equal(narrow[name], kept[name])

    @pytest.mark.parametrize("kind", CELLS)
    def test_on_a_cell(self, kind):
        cell, inputs, state = make(kind)

        def loss(parameters):
            weights = (parameters[name] for name in ("kernel", "recurrent_kernel", "bias"))
            outputs, _ = kind(*weights).forward(parameters["inputs"], initial_state=state)
            return 0.5 * np.sum(outputs**2)

        outputs, cache = cell.forward(inputs, initial_state=state)
        found = cell.backward(outputs, cache)
        report = gradient_checks.check_gradient(
            loss, cell.weights | {"inputs": inputs}, found.weights | {"inputs": found.inputs}
        )
        assert report.largest_relative_difference < 1e-6

    @pytest.mark.parametrize(
        ("function", "found", "message"),
        [
            (
                quadratic,
                {"a": np.zeros((2, 2))},
                r"gradients: found the names \['a'\], expected \['a', 'b'\]",
            ),
            (
                quadratic,
                {"a": np.zeros(4), "b": np.zeros(2)},
                r"gradients\['a'\]: found shape \(4,\), expected \(2, 2\)",
            ),
            (
                lambda self, parameters: parameters["b"],
                exact,
                r"function: found shape \(2,\) as its result, expected one finite number",
            ),
            (lambda self, parameters: np.nan, exact, "function: found nan as its result"),
        ],
    )
    def test_what_is_refused(self, function, found, message):
        with pytest.raises(ValueError, match=message):
            gradient_checks.check_gradient(lambda parameters: function(self, parameters), self.parameters, found)


class TestJacobians:
    @pytest.mark.parametrize("kind", CELLS)
    @few
    @given(units=st.integers(1, 5), time=st.integers(1, 6), seed=st.integers(0, 99))
    def test_product_is_the_derivative_of_the_last_state(self, kind, units, time, seed):
        cell, inputs, state = make(kind, units=units, time=time, seed=seed)
        _, cache = cell.forward(inputs, initial_state=state)
        jacobians = step_jacobians(cell, cache)
        size = units * (2 if kind is LSTM else 1)
        assert jacobians.shape == (2, time, size, size)
        products = jacobian_product(jacobians)
        assert products.shape == (2, time + 1, size, size)
        np.testing.assert_array_equal(products[:, 0], np.broadcast_to(np.eye(size), (2, size, size)))
        np.testing.assert_allclose(products[:, -1], difference_jacobian(cell, inputs, state), rtol=1e-6, atol=1e-8)

    def test_cell_state_alone_is_the_forget_gate(self):
        cell, inputs, state = make(LSTM)
        _, cache = cell.forward(inputs, initial_state=state)
        along = step_jacobians(cell, cache, along="cell_state")
        np.testing.assert_array_equal(np.diagonal(along, axis1=-2, axis2=-1), cache.forget_gate)
        whole = step_jacobians(cell, cache)
        np.testing.assert_array_equal(along, whole[..., 4:, 4:])
        kept = np.cumprod(cache.forget_gate[:, ::-1], axis=1)
        products = jacobian_product(along)[:, 1:]
        np.testing.assert_allclose(np.diagonal(products, axis1=-2, axis2=-1), kept, rtol=1e-12)

    @pytest.mark.parametrize("kind", CELLS)
    def test_a_masked_step_changes_nothing(self, kind):
        cell, inputs, state = make(kind)
        mask = np.array([[True, False, True, True, False, True]] * 2)
        _, cache = cell.forward(inputs, initial_state=state, mask=mask)
        masked = jacobian_product(step_jacobians(cell, cache))[:, -1]
        _, cache = cell.forward(inputs[:, mask[0]], initial_state=state)
        short = jacobian_product(step_jacobians(cell, cache))[:, -1]
        np.testing.assert_allclose(masked, short, atol=1e-14)

    def test_singular_values_of_a_scaled_rotation(self):
        rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0]
        values = singular_values_by_lag(np.broadcast_to(0.5 * rotation, (10, 4, 4)))
        np.testing.assert_allclose(values, np.repeat(0.5 ** np.arange(11)[:, None], 4, axis=1), rtol=1e-10)


class TestNormByLag:
    @pytest.mark.parametrize("kind", CELLS)
    @pytest.mark.parametrize(("norm", "order"), [("spectral", 2), ("frobenius", "fro")])
    def test_equal_to_the_product_of_step_jacobians(self, kind, norm, order):
        cell, inputs, _ = make(kind)
        _, cache = cell.forward(inputs)
        products = jacobian_product(step_jacobians(cell, cache))
        for state, columns in (("hidden_state", slice(0, 4)), ("cell_state", slice(4, 8))):
            if state == "cell_state" and kind is not LSTM:
                continue
            expected = np.linalg.norm(products[:, :, :4, columns], order, axis=(-2, -1))
            found = gradient_checks.gradient_norm_by_lag(cell, inputs, state=state, norm=norm)
            assert found.shape == (2, 7)
            if state == "cell_state":
                # At lag 0 the Jacobian of a state with respect to itself says nothing of h_T by c_T.
                shown = cache.output_gate[:, -1] * (1 - np.tanh(cache.cell_state[:, -1]) ** 2)
                # From lag 1 on, c_{T-k} also acts through the hidden state of its own step.
                by_cell = cache.output_gate * (1 - np.tanh(cache.cell_state) ** 2)
                expected[:, 0] = np.linalg.norm(shown[:, :, None] * np.eye(4), order, axis=(-2, -1))
                for lag in range(1, 6):
                    through = products[:, lag, :4, :4] * by_cell[:, 5 - lag][:, None, :]
                    total = products[:, lag, :4, 4:] + through
                    expected[:, lag] = np.linalg.norm(total, order, axis=(-2, -1))
            np.testing.assert_allclose(found, expected, rtol=1e-10)

    @pytest.mark.parametrize("kind", CELLS)
    def test_equal_to_keras(self, kind):
        from lstm_course.models.quiet import keras

        layer = getattr(keras.layers, kind.__name__)(3, dtype="float64")
        layer.build((None, None, 2))
        inputs = np.random.default_rng(1).standard_normal((2, 5, 2))
        cell = kind.from_keras(layer)
        for state in ("hidden_state", "cell_state") if kind is LSTM else ("hidden_state",):
            for norm in ("spectral", "frobenius"):
                theirs = keras_gradient_norm_by_lag(layer, inputs, state, norm)
                ours = gradient_checks.gradient_norm_by_lag(cell, inputs, state=state, norm=norm)
                np.testing.assert_allclose(theirs, ours, rtol=1e-10)

    def test_one_gradient_vector(self):
        cell, inputs, _ = make(SimpleRNN)
        vector = np.array([1.0, -2.0, 0.5, 0.0])
        _, cache = cell.forward(inputs)
        products = jacobian_product(step_jacobians(cell, cache))
        expected = np.linalg.norm(vector @ products, axis=-1)
        found = gradient_checks.gradient_norm_by_lag(cell, inputs, grad_outputs=vector)
        np.testing.assert_allclose(found, expected, rtol=1e-12)

    def test_float32_cells_are_measured_in_float64(self):
        cell, inputs, _ = make(SimpleRNN, time=150)
        narrow = SimpleRNN(*((0.2 * weight).astype(np.float32) for weight in cell.weights.values()))
        found = gradient_checks.gradient_norm_by_lag(narrow, inputs.astype(np.float32))
        assert found.dtype == np.float64
        assert 0 < found[:, -1].max() < np.finfo(np.float32).tiny

    def test_what_is_refused(self):
        cell, inputs, _ = make(SimpleRNN)
        with pytest.raises(ValueError, match="state: found 'cell_state', expected 'hidden_state'"):
            gradient_checks.gradient_norm_by_lag(cell, inputs, state="cell_state")
        with pytest.raises(ValueError, match="norm: found 'l1', expected 'spectral' or 'frobenius'"):
            gradient_checks.gradient_norm_by_lag(cell, inputs, norm="l1")
        with pytest.raises(ValueError, match=r"grad_outputs: found shape \(3,\), expected \(4,\)"):
            gradient_checks.gradient_norm_by_lag(cell, inputs, grad_outputs=np.ones(3))
        with pytest.raises(ValueError, match=r"inputs: found shape \(6, 3\), expected \(batch, time, 3\)"):
            gradient_checks.gradient_norm_by_lag(cell, inputs[0])


class TestRates:
    @given(rate=st.floats(0.1, 3.0), start=st.floats(1e-3, 1e3))
    @few
    def test_measured_rate_of_a_geometric_sequence(self, rate, start):
        norms = start * rate ** np.arange(30.0)
        found = gradient_checks.measured_geometric_rate(np.stack([norms, 2 * norms]))
        np.testing.assert_allclose(found, [rate, rate], rtol=1e-10)

    def test_rates_that_are_refused(self):
        with pytest.raises(ValueError, match=r"norms: found shape \(1,\), expected at least two lags"):
            gradient_checks.measured_geometric_rate([1.0])
        with pytest.raises(ValueError, match=r"norms: found a zero, negative or infinite one in shape \(2,\)"):
            gradient_checks.measured_geometric_rate([1.0, 0.0])

    def test_without_inputs_the_rate_is_the_spectral_radius(self):
        """At the origin every slope is 1, and a rotation scaled by 0.9 shrinks by exactly that."""
        cell = SimpleRNN.initialise(1, 8, rng=np.random.default_rng(0))
        cell.recurrent_kernel *= 0.9
        inputs = np.zeros((1, 40, 1))
        predicted = predicted_geometric_rate(cell, cell.forward(inputs)[1])
        measured = gradient_checks.measured_geometric_rate(gradient_checks.gradient_norm_by_lag(cell, inputs))
        np.testing.assert_allclose(predicted, [0.9], rtol=1e-12)
        np.testing.assert_allclose(measured, [0.9], rtol=1e-12)

    @pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
    @pytest.mark.parametrize("strength", [0.15, 0.5])
    def test_prediction_for_orthogonal_kernels(self, radius, strength):
        """On fresh draws, as the prediction states: 2 % on the average, give or take four standard errors."""
        ratios = []
        for seed in range(100, 120):
            rng = np.random.default_rng(seed)
            recurrent_kernel = radius * np.linalg.qr(rng.standard_normal((32, 32)))[0]
            cell = SimpleRNN(strength * rng.standard_normal((4, 32)), recurrent_kernel, np.zeros(32))
            inputs = rng.standard_normal((1, 60, 4))
            norms = gradient_checks.gradient_norm_by_lag(cell, inputs, norm="frobenius")
            predicted = predicted_geometric_rate(cell, cell.forward(inputs)[1])
            ratios.append(predicted / gradient_checks.measured_geometric_rate(norms))
        deviation = np.log(ratios)
        assert abs(deviation.mean()) < 0.02 + 4 * deviation.std() / np.sqrt(len(ratios))
