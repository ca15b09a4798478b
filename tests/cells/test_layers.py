"""The NumPy cells against Keras, against finite differences, and on input that they have to refuse."""

import os
import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_course.cells import GRU, LSTM, LSTMState, SimpleRNN, sigmoid
from lstm_course.cells import products as _products
from lstm_course.cells.products import all_steps, beside, in_blocks, spans, sum_over_steps

CELLS = [SimpleRNN, LSTM, GRU]
few = settings(max_examples=12, deadline=None, derandomize=True, database=None)


def make_cell(kind, features, units, rng, scale=1.0):
    """A cell with every weight random, biases included; ``scale`` 0 is all zeros, 30 saturates the gates."""
    weights = kind.initialise(features, units, rng=rng).weights.values()
    return kind(*(scale * (weight + 0.3 * rng.standard_normal(weight.shape)) for weight in weights))


def make_state(kind, batch, units, rng):
    state = [rng.standard_normal((batch, units)) for _ in range(2 if kind is LSTM else 1)]
    return LSTMState(*state) if kind is LSTM else state[0]


def as_list(state):
    return list(state) if isinstance(state, tuple | list) else [state]


@st.composite
def cases(draw):
    """Sizes, a scale of the weights, and which of mask, initial state and all outputs are asked for."""
    return {
        "batch": draw(st.integers(1, 4)),
        "time": draw(st.sampled_from([1, 2, 5, 9])),
        "features": draw(st.integers(1, 4)),
        "units": draw(st.integers(1, 5)),
        "scale": draw(st.sampled_from([0.0, 1.0, 1.0, 30.0])),
        "masked": draw(st.booleans()),
        "initial": draw(st.booleans()),
        "return_sequences": draw(st.booleans()),
        "seed": draw(st.integers(0, 99)),
    }


def case(**changed):
    usual = {"batch": 3, "time": 6, "features": 2, "units": 4, "scale": 1.0, "seed": 0}
    return usual | {"masked": True, "initial": True, "return_sequences": False} | changed


def build(kind, case):
    """The cell and its arguments. A mask has holes, and its first row counts no step at all."""
    rng = np.random.default_rng(case["seed"])
    batch, time, units = case["batch"], case["time"], case["units"]
    cell = make_cell(kind, case["features"], units, rng, case["scale"])
    arguments = {
        "inputs": rng.standard_normal((batch, time, case["features"])),
        "initial_state": make_state(kind, batch, units, rng) if case["initial"] else None,
        "mask": rng.random((batch, time)) < 0.6 if case["masked"] else None,
        "return_sequences": case["return_sequences"],
    }
    if case["masked"]:
        arguments["mask"][0] = False
    shape = (batch, time, units) if case["return_sequences"] else (batch, units)
    return cell, arguments, rng.standard_normal(shape), make_state(kind, batch, units, rng)


def keras_forward_backward(cell, arguments, grad_outputs, grad_state):
    """The outputs and gradients of the Keras layer with the same weights, its final state included in the loss."""
    from lstm_course.models.quiet import keras, tf

    kind, sequences = type(cell).__name__, arguments["return_sequences"]
    layer = getattr(keras.layers, kind)(cell.units, dtype="float64", return_sequences=sequences, return_state=True)
    layer.build(arguments["inputs"].shape)
    cell.to_keras(layer)
    inputs = tf.constant(arguments["inputs"])
    mask = None if arguments["mask"] is None else tf.constant(arguments["mask"])
    state = arguments["initial_state"]
    if state is None:
        state = [np.zeros((len(inputs), cell.units))] * (2 if kind == "LSTM" else 1)
    state = [tf.constant(part) for part in as_list(state)]
    with tf.GradientTape() as tape:
        tape.watch([inputs, *state])
        outputs, *final = layer(inputs, initial_state=state if kind == "LSTM" else state[0], mask=mask)
        loss = tf.reduce_sum(outputs * grad_outputs)
        for part, gradient in zip(final, as_list(grad_state), strict=True):
            loss += tf.reduce_sum(part * gradient)
    sources = [variable.value for variable in layer.trainable_variables] + [inputs, *state]
    gradients = tape.gradient(loss, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return outputs.numpy(), [tf.convert_to_tensor(gradient).numpy() for gradient in gradients]


@pytest.mark.parametrize("kind", CELLS)
@few
@given(case=cases())
@example(case=case(batch=1, time=1, features=1, units=1, masked=False))
@example(case=case(batch=2, time=120, masked=False, return_sequences=True))
@example(case=case(return_sequences=True))
@example(case=case(scale=30.0, time=20))
def test_equal_to_keras_forward_and_backward(kind, case):
    cell, arguments, grad_outputs, grad_state = build(kind, case)
    expected, expected_gradients = keras_forward_backward(cell, arguments, grad_outputs, grad_state)

    outputs, cache = cell.forward(**arguments)
    gradients = cell.backward(grad_outputs, cache, grad_state)

    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-12)
    found = [*gradients.weights.values(), gradients.inputs, *as_list(gradients.initial_state)]
    for gradient, expected_gradient in zip(found, expected_gradients, strict=True):
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-10, atol=1e-10)


def central_difference(function, array, step=1e-3):
    """The gradient of ``function()`` with respect to ``array``, which is changed in place and put back.

    Four points instead of two: the error falls with step**4, so that a step can be used at which rounding is small.
    """
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        values = []
        for offset in (step, -step, 2 * step, -2 * step):
            array[index] = kept + offset
            values.append(function())
        array[index] = kept
        near, far = values[0] - values[1], values[2] - values[3]
        gradient[index] = (8 * near - far) / (12 * step)
    return gradient


@pytest.mark.parametrize("kind", CELLS)
@few
@given(case=cases().filter(lambda case: case["scale"] < 30))
@example(case=case(scale=0.0))
def test_backward_agrees_with_finite_differences(kind, case):
    cell, arguments, grad_outputs, grad_state = build(kind, case)
    arguments["initial_state"] = make_state(kind, case["batch"], case["units"], np.random.default_rng(case["seed"]))

    def loss():
        outputs, cache = cell.forward(**arguments)
        final = zip(as_list(cache.final_state), as_list(grad_state), strict=True)
        return np.sum(outputs * grad_outputs) + sum(np.sum(part * gradient) for part, gradient in final)

    gradients = cell.backward(grad_outputs, cell.forward(**arguments)[1], grad_state)
    arrays = [*cell.weights.values(), arguments["inputs"], *as_list(arguments["initial_state"])]
    found = [*gradients.weights.values(), gradients.inputs, *as_list(gradients.initial_state)]
    for array, gradient in zip(arrays, found, strict=True):
        # 1e-6 of the entry; below 1e-4, what remains is the rounding of the difference itself, about 1e-11.
        np.testing.assert_allclose(gradient, central_difference(loss, array), rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("kind", CELLS)
def test_state_gradients_over_time_are_those_of_the_sequence_cut_in_two(kind):
    """Entry t of the states' gradients is the initial state's gradient of what comes after step t."""
    cell, arguments, _, _ = build(kind, case(time=7, masked=False))
    rng = np.random.default_rng(5)
    grad_outputs = rng.standard_normal((3, 7, 4))
    inputs = arguments["inputs"]
    whole = cell.backward(grad_outputs, cell.forward(inputs, return_sequences=True)[1])
    for t in range(6):
        _, first = cell.forward(inputs[:, : t + 1])
        _, rest = cell.forward(inputs[:, t + 1 :], initial_state=first.final_state, return_sequences=True)
        after = as_list(cell.backward(grad_outputs[:, t + 1 :], rest).initial_state)
        here = grad_outputs[:, t]  # the output of step t is its hidden state
        np.testing.assert_allclose(whole.hidden_state[:, t], after[0] + here, atol=1e-13)
        if kind is LSTM:
            shown = first.output_gate[:, -1] * (1 - np.tanh(first.cell_state[:, -1]) ** 2)
            np.testing.assert_allclose(whole.cell_state[:, t], after[1] + whole.hidden_state[:, t] * shown, atol=1e-13)
    assert (whole.cell_state is None) == (kind is not LSTM)


@pytest.mark.parametrize("kind", CELLS)
def test_a_sequence_in_two_pieces_ends_like_the_whole(kind):
    cell, arguments, _, _ = build(kind, case(masked=False))
    inputs = arguments["inputs"]
    whole, _ = cell.forward(inputs)
    _, first = cell.forward(inputs[:, :2])
    pieced, _ = cell.forward(inputs[:, 2:], initial_state=first.final_state)
    np.testing.assert_allclose(pieced, whole, atol=1e-14)


@pytest.mark.parametrize("kind", CELLS)
def test_masked_steps_are_as_if_left_out(kind):
    cell, arguments, _, _ = build(kind, case())
    inputs, mask = arguments["inputs"], arguments["mask"]
    outputs, cache = cell.forward(inputs, mask=mask)
    gradients = cell.backward(np.ones_like(outputs), cache)
    assert not outputs[0].any()  # its mask counts no step
    for row in (1, 2):
        assert 0 < mask[row].sum() < mask.shape[1]
        short, _ = cell.forward(inputs[row : row + 1, mask[row]])
        np.testing.assert_allclose(outputs[row], short[0], atol=1e-14)
    assert not gradients.inputs[~mask].any()
    stays = np.flatnonzero(~mask[1, 1:]) + 1
    np.testing.assert_array_equal(cache.hidden_state[1, stays], cache.hidden_state[1, stays - 1])


def test_lstm_cache_obeys_the_equations():
    cell, arguments, _, _ = build(LSTM, case(masked=False))
    _, cache = cell.forward(**arguments)
    before = np.concatenate([arguments["initial_state"].hidden_state[:, None], cache.hidden_state[:, :-1]], 1)
    cell_before = np.concatenate([arguments["initial_state"].cell_state[:, None], cache.cell_state[:, :-1]], axis=1)
    sums = cache.inputs @ cell.kernel + before @ cell.recurrent_kernel + cell.bias
    i, f, g, o = np.split(sums, 4, axis=-1)
    expected = {
        "input_gate": 1 / (1 + np.exp(-i)),
        "forget_gate": 1 / (1 + np.exp(-f)),
        "candidate": np.tanh(g),
        "output_gate": 1 / (1 + np.exp(-o)),
        "cell_state": cache.forget_gate * cell_before + cache.input_gate * cache.candidate,
        "hidden_state": cache.output_gate * np.tanh(cache.cell_state),
    }
    for name, values in expected.items():
        assert getattr(cache, name).shape == (3, 6, 4)
        np.testing.assert_allclose(getattr(cache, name), values, atol=1e-14, err_msg=name)
    assert cache.final_state.cell_state.shape == cache.initial_state.hidden_state.shape == (3, 4)


def test_gru_cache_obeys_the_equations():
    cell, arguments, _, _ = build(GRU, case(masked=False))
    _, cache = cell.forward(**arguments)
    before = np.concatenate([arguments["initial_state"][:, None], cache.hidden_state[:, :-1]], axis=1)
    seen = np.split(cache.inputs @ cell.kernel + cell.bias[0], 3, axis=-1)
    kept = np.split(before @ cell.recurrent_kernel + cell.bias[1], 3, axis=-1)
    update, reset = (1 / (1 + np.exp(-(seen[k] + kept[k]))) for k in (0, 1))
    np.testing.assert_allclose(cache.update_gate, update, atol=1e-14)
    np.testing.assert_allclose(cache.reset_gate, reset, atol=1e-14)
    np.testing.assert_allclose(cache.candidate, np.tanh(seen[2] + reset * kept[2]), atol=1e-14)
    np.testing.assert_allclose(cache.hidden_state, update * before + (1 - update) * cache.candidate, atol=1e-14)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(kind, dtype):
    cell, arguments, grad_outputs, _ = build(kind, case())
    narrow = kind(*(weight.astype(dtype) for weight in cell.weights.values()))
    outputs, cache = narrow.forward(arguments["inputs"].astype(dtype), mask=arguments["mask"])
    gradients = narrow.backward(grad_outputs.astype(dtype), cache)
    arrays = [outputs, *gradients.weights.values(), gradients.inputs, *as_list(gradients.initial_state)]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    wide, _ = cell.forward(arguments["inputs"], mask=arguments["mask"])
    np.testing.assert_allclose(outputs, wide, atol=1e-5)


@pytest.mark.parametrize("kind", CELLS)
def test_nothing_is_changed_or_shared(kind):
    """An argument stays as it was, and writing into what came back does not reach the cache."""
    cell, arguments, grad_outputs, _ = build(kind, case(batch=1, masked=False))
    kept = arguments["inputs"].copy()
    weights = {name: weight.copy() for name, weight in cell.weights.items()}
    outputs, cache = cell.forward(**arguments)
    expected = cell.backward(grad_outputs, cache)
    np.testing.assert_array_equal(arguments["inputs"], kept)
    outputs[...] = 9.0
    arguments["inputs"][...] = 9.0
    again = cell.backward(grad_outputs, cache)
    for name, weight in weights.items():
        np.testing.assert_array_equal(cell.weights[name], weight)
        np.testing.assert_array_equal(again.weights[name], expected.weights[name])


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_finite_input_overflows(kind, dtype):
    largest = float(np.finfo(dtype).max)
    weights = kind.initialise(2, 3, rng=np.random.default_rng(0)).weights.values()
    cell = kind(*(weight.astype(dtype) for weight in weights))
    inputs = np.array([1.0, 100.0, 1e6, largest / 100, -largest / 100, 0.0], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        outputs, cache = cell.forward(np.stack([inputs, -inputs], axis=-1)[None])
        gradients = cell.backward(np.ones_like(outputs), cache)
    assert np.isfinite(outputs).all()
    assert np.isfinite(gradients.recurrent_kernel).all()
    with pytest.raises(ValueError, match=r"inputs: found .* in shape \(1, 1, 2\), expected at most .* overflows"):
        cell.forward(np.full((1, 1, 2), largest, dtype))


@few
@given(
    time=st.integers(1, 40),
    batch=st.integers(1, 130),
    rows=st.sampled_from([1, 15, 64, 101, 128, 300]),
    columns=st.sampled_from([1, 16, 61, 97, 256]),
)
@example(time=100, batch=32, rows=128, columns=256)
@example(time=3, batch=127, rows=300, columns=1201)
def test_products_in_pieces_are_whole(time, batch, rows, columns):
    rng = np.random.default_rng(0)
    left, weight = rng.standard_normal((time, batch, rows)), rng.standard_normal((rows, columns))
    right = rng.standard_normal((time, batch, columns))
    np.testing.assert_allclose(all_steps(left, weight), left @ weight, atol=1e-11)
    expected = np.einsum("tbi,tbj->ij", left, right, optimize=True)
    np.testing.assert_allclose(sum_over_steps(left, right), expected, atol=1e-10)
    blocks = in_blocks(left, weight)
    assert np.shares_memory(blocks, left)
    np.testing.assert_array_equal(blocks.reshape(left.shape), left)


def test_pieces_stay_on_one_thread():
    assert in_blocks(np.empty((100, 128, 64)), np.empty((64, 256))).shape == (100, 8, 16, 64)
    assert in_blocks(np.empty((127, 64)), np.empty((64, 256))).shape == (1, 127, 64)


@pytest.fixture
def cut_small(monkeypatch):
    """A function that sets the number of cores, and spans of two steps for the sizes of ``case()``."""

    def cut(cores):
        monkeypatch.setattr(_products, "_ENTRIES", 2 * 3 * 4)
        monkeypatch.setattr(_products, "_cores", lambda: cores)
        _products._helpers.cache_clear()

    yield cut
    _products._helpers.cache_clear()


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("kind", CELLS)
def test_spans_and_cores_change_nothing(kind, masked, cut_small):
    cell, arguments, grad_outputs, grad_state = build(kind, case(time=11, masked=masked, return_sequences=True))

    def everything():
        outputs, cache = cell.forward(**arguments)
        gradients = cell.backward(grad_outputs, cache, grad_state)
        states = [gradients.inputs, gradients.hidden_state, *as_list(gradients.initial_state)]
        return [outputs, *gradients.weights.values(), *states]

    whole = everything()
    cut_small(cores=1)
    alone = everything()
    for found, expected in zip(alone, whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    for cores in (2, 4):
        cut_small(cores)
        for found, expected in zip(everything(), alone, strict=True):
            np.testing.assert_array_equal(found, expected)


@few
@given(time=st.integers(1, 3000), entries=st.integers(1, 1 << 18))
def test_spans_make_up_all_steps(time, entries):
    steps = [step for span in spans(time, entries) for step in range(time)[span]]
    assert steps == list(range(time))


def test_work_runs_beside_the_loop_that_asks_for_it(cut_small):
    cut_small(cores=2)
    started, asked = threading.Event(), []

    def work(item):
        started.set()
        return item, threading.current_thread() is threading.main_thread()

    def items():
        for item in range(20):
            asked.append(item)
            yield item
            assert started.wait(10)  # by another thread, while this one makes the items

    results = list(beside(work, items(), 20))
    assert [item for item, _ in results] == asked == list(range(20))
    assert not results[0][1]


def test_work_that_fails_tells_who_asked(cut_small):
    cut_small(cores=2)
    with pytest.raises(ZeroDivisionError):
        list(beside(lambda item: 1 / item, [1, 0, 2], 3))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_threads_of_its_own():
    program = """if True:
        import os
        import numpy as np
        from lstm_course.cells import products as _products
        from lstm_course.cells import LSTM

        _products._cores = lambda: 2
        cell = LSTM.initialise(4, 64, rng=np.random.default_rng(0))
        inputs = np.ones((128, 40, 4))
        outputs, _ = cell.forward(inputs)
        child = os.fork()
        if child == 0:
            os._exit(0 if (cell.forward(inputs)[0] == outputs).all() else 1)
        raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_sigmoid_at_the_ends():
    with np.errstate(all="raise"):
        values = sigmoid(np.array([-1e308, -750.0, 0.0, 750.0, 1e308]))
    np.testing.assert_array_equal(values, [0.0, 0.0, 0.5, 1.0, 1.0])
    z = np.linspace(-30, 30, 101)
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=0, atol=1e-15)


@pytest.mark.parametrize(("kind", "gates"), [(SimpleRNN, 1), (LSTM, 4), (GRU, 3)])
def test_initialise_draws_as_keras_does(kind, gates):
    cell = kind.initialise(30, 20, rng=np.random.default_rng(3))
    limit = np.sqrt(6 / (30 + 20 * gates))
    assert cell.kernel.shape == (30, 20 * gates)
    assert 0.98 * limit < np.abs(cell.kernel).max() <= limit
    np.testing.assert_allclose(cell.recurrent_kernel @ cell.recurrent_kernel.T, np.eye(20), atol=1e-12)
    assert (cell.features, cell.units) == (30, 20)
    assert cell.bias.sum() == (20 if kind is LSTM else 0)
    assert list(cell.weights) == ["kernel", "recurrent_kernel", "bias"]


def test_forget_bias_goes_to_the_forget_gate():
    cell = LSTM.initialise(2, 3, rng=np.random.default_rng(0), forget_bias=2.5)
    np.testing.assert_array_equal(cell.bias, [0, 0, 0, 2.5, 2.5, 2.5, 0, 0, 0, 0, 0, 0])


def test_weights_are_the_arrays_themselves():
    cell = SimpleRNN.initialise(2, 3, rng=np.random.default_rng(0))
    for weight in cell.weights.values():
        weight -= weight
    outputs, _ = cell.forward(np.ones((1, 4, 2)))
    assert not outputs.any()


class TestKerasLayers:
    @pytest.fixture
    def layers(self):
        from lstm_course.models.quiet import keras

        return keras.layers

    @pytest.mark.parametrize("kind", CELLS)
    def test_from_keras_and_back(self, kind, layers):
        layer = getattr(layers, kind.__name__)(3)
        layer.build((None, None, 2))
        cell = kind.from_keras(layer)
        assert cell.kernel.dtype == np.float32
        other = getattr(layers, kind.__name__)(3)
        other.build((None, None, 2))
        cell.to_keras(other)
        for ours, theirs in zip(cell.weights.values(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_another_kind(self, layers):
        with pytest.raises(ValueError, match=r"layer: found keras.layers.GRU, expected keras.layers.LSTM"):
            LSTM.from_keras(layers.GRU(3))

    @pytest.mark.parametrize(
        ("kind", "option", "value", "expected"),
        [
            (SimpleRNN, "activation", "relu", "tanh"),
            (LSTM, "recurrent_activation", "hard_sigmoid", "sigmoid"),
            (LSTM, "use_bias", False, True),
            (LSTM, "go_backwards", True, False),
            (GRU, "reset_after", False, True),
        ],
    )
    def test_another_option(self, kind, option, value, expected, layers):
        layer = getattr(layers, kind.__name__)(3, **{option: value})
        with pytest.raises(ValueError, match=f"layer: found {option}={value!r}, expected {option}={expected!r}"):
            kind.from_keras(layer)

    def test_without_weights(self, layers):
        with pytest.raises(ValueError, match="layer: found no weights, expected a built layer"):
            LSTM.from_keras(layers.LSTM(3))

    def test_other_sizes(self, layers):
        layer = layers.SimpleRNN(3)
        layer.build((None, None, 2))
        cell = SimpleRNN.initialise(2, 4, rng=np.random.default_rng(0))
        found, expected = "[(2, 3), (3, 3), (3,)]", "[(2, 4), (4, 4), (4,)]"
        message = f"layer: found weights of shapes {found}, expected {expected}"
        with pytest.raises(ValueError, match=re.escape(message)):
            cell.to_keras(layer)


def with_nan(*shape):
    array = np.zeros(shape)
    array.flat[-1] = np.nan
    return array


BATCH_AND_TIME = r"expected \(batch, time, 2\) with at least one sequence and one step"


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros((5, 2)), rf"inputs: found shape \(5, 2\), {BATCH_AND_TIME}"),
        (np.zeros((1, 5, 3)), rf"inputs: found shape \(1, 5, 3\), {BATCH_AND_TIME}"),
        (np.zeros((0, 5, 2)), rf"inputs: found shape \(0, 5, 2\), {BATCH_AND_TIME}"),
        (np.zeros((1, 0, 2)), rf"inputs: found shape \(1, 0, 2\), {BATCH_AND_TIME}"),
        (
            np.zeros((1, 5, 2), int),
            r"inputs: found dtype int64 in shape \(1, 5, 2\), expected float32 or float64",
        ),
        (with_nan(1, 5, 2), r"inputs: found NaN or infinity in shape \(1, 5, 2\), expected finite numbers"),
        (np.full((1, 5, 2), -np.inf), r"inputs: found NaN or infinity in shape \(1, 5, 2\)"),
    ],
)
def test_inputs_that_are_refused(kind, inputs, message):
    cell = kind.initialise(2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        cell.forward(inputs)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.ones((5, 4), bool), r"mask: found shape \(5, 4\), expected \(4, 5\), that is \(batch, time\)"),
        (np.ones((4, 5, 1), bool), r"mask: found shape \(4, 5, 1\), expected \(4, 5\)"),
        (
            np.ones((4, 5)),
            r"mask: found dtype float64 in shape \(4, 5\), expected bool: True where a step counts",
        ),
    ],
)
def test_masks_that_are_refused(mask, message):
    cell = SimpleRNN.initialise(2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        cell.forward(np.zeros((4, 5, 2)), mask=mask)


@pytest.mark.parametrize(
    ("kind", "state", "message"),
    [
        (GRU, np.zeros((3, 4)), r"initial_state: found shape \(3, 4\), expected \(4, 3\)"),
        (GRU, with_nan(4, 3), r"initial_state: found NaN or infinity in shape \(4, 3\)"),
        (GRU, np.zeros((4, 3), int), r"initial_state: found dtype int64 in shape \(4, 3\)"),
        (
            SimpleRNN,
            np.full((4, 3), 1e308),
            r"initial_state: found 1e\+308 in shape \(4, 3\), expected at most",
        ),
        (
            LSTM,
            np.zeros((4, 3)),
            r"initial_state: found shape \(4, 3\), expected two arrays \(hidden state, cell state\)",
        ),
        (
            LSTM,
            (np.zeros((4, 3)),),
            r"initial_state: found 1 arrays, expected two arrays .* of shape \(4, 3\)",
        ),
        (
            LSTM,
            (np.zeros((4, 3)), np.zeros((1, 3))),
            r"initial_state\[1\] \(cell state\): found shape \(1, 3\), expected \(4, 3\)",
        ),
    ],
)
def test_states_that_are_refused(kind, state, message):
    cell = kind.initialise(2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        cell.forward(np.zeros((4, 5, 2)), initial_state=state)


@pytest.mark.parametrize(
    ("grad_outputs", "message"),
    [
        (np.zeros((4, 5, 3)), r"grad_outputs: found shape \(4, 5, 3\), expected \(4, 3\)"),
        (np.zeros((4, 3), int), r"grad_outputs: found dtype int64 in shape \(4, 3\)"),
        (with_nan(4, 3), r"grad_outputs: found NaN or infinity in shape \(4, 3\)"),
    ],
)
def test_gradients_that_are_refused(grad_outputs, message):
    cell = LSTM.initialise(2, 3, rng=np.random.default_rng(0))
    _, cache = cell.forward(np.zeros((4, 5, 2)))
    with pytest.raises(ValueError, match=message):
        cell.backward(grad_outputs, cache)
    with pytest.raises(ValueError, match=r"grad_final_state: found shape \(4, 3\), expected two arrays"):
        cell.backward(np.zeros((4, 3)), cache, np.zeros((4, 3)))


@pytest.mark.parametrize(
    ("kind", "shapes", "message"),
    [
        (LSTM, [(2, 12), (3, 9), (12,)], r"recurrent_kernel: found shape \(3, 9\), expected \(3, 12\)"),
        (LSTM, [(2, 9), (3, 12), (12,)], r"kernel: found shape \(2, 9\), expected \(2, 12\)"),
        (LSTM, [(2, 12), (3, 12), (9,)], r"bias: found shape \(9,\), expected \(12,\)"),
        (GRU, [(2, 9), (3, 9), (9,)], r"bias: found shape \(9,\), expected \(2, 9\)"),
        (
            SimpleRNN,
            [(3,), (3, 3), (3,)],
            r"kernel: found shape \(3,\), expected two axes, neither of them empty",
        ),
        (SimpleRNN, [(0, 3), (3, 3), (3,)], r"kernel: found shape \(0, 3\), expected two axes"),
    ],
)
def test_weights_that_are_refused(kind, shapes, message):
    with pytest.raises(ValueError, match=message):
        kind(*(np.zeros(shape) for shape in shapes))


def test_weights_of_another_kind_are_refused():
    with pytest.raises(ValueError, match=r"bias: found dtype int64 in shape \(3,\), expected float32 or float64"):
        SimpleRNN(np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(3, int))
    with pytest.raises(ValueError, match=r"kernel: found NaN or infinity in shape \(2, 3\)"):
        SimpleRNN(with_nan(2, 3), np.zeros((3, 3)), np.zeros(3))


def test_cells_bring_in_numpy_alone():
    heavy = "{'keras', 'tensorflow', 'matplotlib', 'scipy', 'sklearn'}"
    code = f"import sys, lstm_course.cells; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
