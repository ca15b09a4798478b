"""The cells against PyTorch's layers and ONNX's reference implementation, where the extra ``proof`` is installed.

As in `test_from_outside`, each comparison also has to fail with every wrong order of the gates.
"""

import itertools

import numpy as np
import pytest
from cell_weights import reordered
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.cells import GRU, LSTM, SimpleRNN

torch = pytest.importorskip("torch", reason='pip install -e ".[proof]"')
pytest.importorskip("onnx", reason='pip install -e ".[proof]"')

from onnx import TensorProto, helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

KINDS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
# From Keras's order of the blocks into theirs. PyTorch's GRU has reset, update, candidate; ONNX's LSTM has
# input, output, forget, candidate.
TO_TORCH = {"SimpleRNN": (0,), "LSTM": (0, 1, 2, 3), "GRU": (1, 0, 2)}
TO_ONNX = {"SimpleRNN": (0,), "LSTM": (0, 3, 1, 2), "GRU": (0, 1, 2)}
few = settings(max_examples=25, deadline=None)
sizes = st.tuples(st.integers(0, 99), *[st.integers(1, 5)] * 4)


def wrong(orders):
    """Return every kind with every order of its blocks that is not its right one."""
    every = [(kind, order) for kind in KINDS for order in itertools.permutations(range(len(orders[kind])))]
    return [(kind, order) for kind, order in every if order != orders[kind]]


def drawn(kind, seed, batch, time, features, units):
    """Return a cell with a bias, inputs, an initial state and a gradient for the outputs, in float64."""
    rng = np.random.default_rng(seed)
    cell = KINDS[kind].initialise(features, units, rng=rng)
    cell.bias[...] = rng.standard_normal(cell.bias.shape)
    state = rng.standard_normal((2 if kind == "LSTM" else 1, batch, units))
    return cell, rng.standard_normal((batch, time, features)), state, rng.standard_normal((batch, time, units))


def torch_forward_backward(kind, drawing, order):
    """Return outputs and gradients of PyTorch's layer, with weights reordered by ``order``, in Keras's form."""
    cell, inputs, state, grad_outputs = drawing
    layer = getattr(torch.nn, kind.removeprefix("Simple"))(cell.features, cell.units, batch_first=True).double()
    biases = cell.bias if kind == "GRU" else np.stack([cell.bias, np.zeros_like(cell.bias)])
    weights = [cell.kernel.T, cell.recurrent_kernel.T, *biases]
    with torch.no_grad():
        for parameter, weight in zip(layer.parameters(), weights, strict=True):
            parameter.copy_(torch.tensor(reordered(weight.T, order).T))
    sources = [torch.tensor(array, requires_grad=True) for array in (inputs, *state)]
    first = tuple(part[None] for part in sources[1:])
    outputs, _ = layer(sources[0], first if kind == "LSTM" else first[0])
    (outputs * torch.tensor(grad_outputs)).sum().backward()
    kernel, recurrent_kernel, *bias = [reordered(p.grad.numpy().T, np.argsort(order)) for p in layer.parameters()]
    bias = np.stack(bias) if kind == "GRU" else bias[0]
    return outputs.detach().numpy(), [kernel, recurrent_kernel, bias, *(source.grad.numpy() for source in sources)]


def off_from_torch(kind, drawing, order):
    cell, inputs, state, grad_outputs = drawing
    expected, expected_gradients = torch_forward_backward(kind, drawing, order)
    outputs, cache = cell.forward(inputs, tuple(state) if kind == "LSTM" else state[0], return_sequences=True)
    found = cell.backward(grad_outputs, cache)
    states = found.initial_state if kind == "LSTM" else [found.initial_state]
    pairs = zip([outputs, *found.weights.values(), found.inputs, *states], [expected, *expected_gradients], strict=True)
    return max(np.abs(a - b).max() for a, b in pairs)


def off_from_onnx(kind, drawing, order):
    """Return the distance from the outputs of ONNX's reference implementation, with weights reordered by ``order``."""
    cell, inputs, state, _ = drawing
    biases = cell.bias if kind == "GRU" else np.stack([cell.bias, np.zeros_like(cell.bias)])
    arguments = {
        "X": inputs.swapaxes(0, 1),
        "W": reordered(cell.kernel, order).T[None],
        "R": reordered(cell.recurrent_kernel, order).T[None],
        "B": reordered(biases, order).reshape(1, -1),
        "sequence_lens": np.full(len(inputs), inputs.shape[1], np.int32),
        **dict(zip(("initial_h", "initial_c"), state[:, None], strict=False)),
    }
    options = {"linear_before_reset": 1} if kind == "GRU" else {}
    operator = kind.removeprefix("Simple")
    node = helper.make_node(operator, list(arguments), ["Y"], hidden_size=cell.units, **options)
    declared = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in arguments.items()
    ]
    result = helper.make_tensor_value_info("Y", TensorProto.DOUBLE, None)
    evaluator = ReferenceEvaluator(helper.make_model(helper.make_graph([node], "cell", declared, [result])))
    (expected,) = evaluator.run(None, arguments)
    outputs, _ = cell.forward(inputs, tuple(state) if kind == "LSTM" else state[0], return_sequences=True)
    return np.abs(outputs - expected[:, 0].swapaxes(0, 1)).max()


# The distance from each framework, its orders, and the largest distance; ONNX's reference has no backward pass.
FRAMEWORKS = {"PyTorch": (off_from_torch, TO_TORCH, 1e-10), "ONNX": (off_from_onnx, TO_ONNX, 1e-12)}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("kind", KINDS)
@few
@given(size=sizes)
def test_equal(framework, kind, size):
    off, orders, limit = FRAMEWORKS[framework]
    assert off(kind, drawn(kind, *size), orders[kind]) < limit


@pytest.mark.parametrize(
    ("framework", "kind", "order"),
    [(name, kind, order) for name, (_, orders, _) in FRAMEWORKS.items() for kind, order in wrong(orders)],
)
def test_a_wrong_order_is_caught(framework, kind, order):
    off, _, _ = FRAMEWORKS[framework]
    assert off(kind, drawn(kind, 0, 3, 4, 2, 3), order) > 1e-3
