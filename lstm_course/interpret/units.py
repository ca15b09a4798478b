"""Rank cells by how well they predict a property, and ablate them to see whether it matters."""

from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from lstm_course.cells import LSTM
from lstm_course.interpret.network import as_batch, final_layers, lstm_layer, probabilities
from lstm_course.interpret.traces import arrivals
from lstm_course.models.quiet import keras

GATES = ("input_gate", "forget_gate", "output_gate")
_BLOCKS = {"input_gate": 0, "forget_gate": 1, "output_gate": 3}  # Keras's order is i, f, c, o
_FAR = 1e4  # a sum at which float32's sigmoid is 1, and at its negative 0


@dataclass(frozen=True)
class CellRanking:
    """Cells by how well they predict a property, the best first.

    Attributes:
        units: ``(units,)`` int, the cells.
        auc: ``(units,)`` float64, in the same order: 1 or 0 predicts it perfectly, 0.5 not at all.
    """

    units: np.ndarray
    auc: np.ndarray


def auc(values, positive) -> np.ndarray:
    """Return the area under the ROC curve for every column: how often a positive row has the larger value.

    Args:
        values: ``(rows, units)`` or ``(rows,)``, such as hidden states.
        positive: ``(rows,)`` bool, whether the property holds.

    Returns:
        ``(units,)`` float64, or one number: ties count one half.

    Raises:
        ValueError: lengths differ, or the property holds everywhere or nowhere.

    Source: Mann and Whitney 1947; Hanley and McNeil 1982.
    """
    values, positive = np.asarray(values), np.asarray(positive).astype(bool)
    if len(values) != len(positive):
        raise ValueError(f"values: expected one row for each of the {len(positive)} flags, found {len(values)}")
    count = int(positive.sum())
    others = len(positive) - count
    if not count or not others:
        raise ValueError(
            f"positive: the property has to hold in some rows and not in others; it holds in {count} of {len(positive)}"
        )
    ranks = rankdata(values, axis=0)
    return (ranks[positive].sum(axis=0) - count * (count + 1) / 2) / (count * others)


def rank_cells(values, positive) -> CellRanking:
    """Rank cells by how far the area under their ROC curve lies from one half, on either side.

    Args:
        values: ``(rows, units)``, such as the hidden state after each text, or at each word.
        positive: ``(rows,)`` bool, whether the property holds: the label, ``negated(…)``, ``in_quotation(…)``, …
    """
    areas = np.atleast_1d(auc(values, positive))
    order = np.argsort(-np.abs(areas - 0.5), kind="stable")
    return CellRanking(order, areas[order])


@contextmanager
def ablated(model, units: int | Sequence[int], layer: int | str | None = None):
    """Ablate units: while this lasts, their hidden state is 0 at every step, for the layer itself and for the next.

    The output gate of these units is closed by its weights, which are restored at the end.

    Args:
        model: a built Keras model with an LSTM in it.
        units: one unit or several.
        layer: which LSTM, as for ``gate_trace``.

    Raises:
        ValueError: there is no such unit or layer.
    """
    chosen = lstm_layer(model, layer)
    with _fixed(chosen, "output_gate", _units_of(chosen, units), -_FAR):
        yield model


def _units_of(layer, units):
    """Return units as an array, or raise ValueError for one that the layer does not have."""
    units = np.atleast_1d(np.asarray(units, dtype=int))
    outside = units[(units < 0) | (units >= layer.units)]
    if outside.size:
        raise ValueError(f"units: found {outside[0]}; layer {layer.name!r} has units 0 to {layer.units - 1}")
    return units


@contextmanager
def gate_held(model, gate: str, values=1.0, layer: int | str | None = None):
    """Hold a gate: while this lasts, it has the same value at every step; the weights are restored at the end.

    Held at 1 it is open; held at its own mean over many texts it no longer reacts, and is otherwise unchanged.

    Args:
        model: a built Keras model with an LSTM in it.
        gate: ``"input_gate"``, ``"forget_gate"`` or ``"output_gate"``.
        values: from 0 to 1, one number or one for each unit, ``(units,)``.
        layer: which LSTM, as for ``gate_trace``.

    Raises:
        ValueError: there is no such gate or layer, or a value lies outside 0 to 1.
    """
    if gate not in GATES:
        raise ValueError(f"gate: expected one of {list(GATES)}, found {gate!r}")
    chosen = lstm_layer(model, layer)
    values = np.asarray(values, np.float64)
    if values.shape not in ((), (chosen.units,)) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"values: expected one number from 0 to 1, or {chosen.units} of them; found shape {values.shape}"
            + (f", from {values.min():.3g} to {values.max():.3g}" if values.size else "")
        )
    with np.errstate(divide="ignore"):
        totals = np.clip(np.log(values) - np.log1p(-values), -_FAR, _FAR)
    with _fixed(chosen, gate, np.arange(chosen.units), totals):
        yield model


@contextmanager
def gates_held(model, values, layer: int | str | None = None):
    """Hold several gates at once, as ``gate_held`` holds one.

    Args:
        model: a built Keras model with an LSTM in it.
        values: dict from a gate to the value at which it is held, from 0 to 1, one number or ``(units,)``.
        layer: which LSTM, as for ``gate_trace``.
    """
    with ExitStack() as stack:
        for gate, value in values.items():
            stack.enter_context(gate_held(model, gate, value, layer))
        yield model


@contextmanager
def _fixed(layer, gate, units, total):
    """Make the sum inside a gate's sigmoid a constant for some units."""
    _check_gates(layer)
    kept = layer.get_weights()
    kernel, recurrent_kernel, bias = (weight.copy() for weight in kept)
    columns = _BLOCKS[gate] * layer.units + units
    kernel[:, columns] = recurrent_kernel[:, columns] = 0.0
    bias[columns] = total
    layer.set_weights([kernel, recurrent_kernel, bias])
    try:
        yield
    finally:
        layer.set_weights(kept)


def _check_gates(layer):
    if not layer.use_bias or layer.recurrent_activation is not keras.activations.sigmoid:
        raise ValueError(f"layer: {layer.name!r} has to have a bias and sigmoid gates to hold one of them")


def accuracy(model, ids, labels) -> float:
    """Return the share of texts that the model judges right: above one half is positive.

    Args:
        model: a Keras model that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int.
        labels: ``(batch,)``, 1 positive and 0 negative.
    """
    ids, _ = as_batch(model, ids)
    if len(ids) != len(labels):
        raise ValueError(f"labels: expected one for each of the {len(ids)} texts, found {len(labels)}")
    return float(((probabilities(model, ids) > 0.5) == np.asarray(labels).astype(bool)).mean())


def accuracy_changes(model, ids, labels, groups) -> np.ndarray:
    """Return by how much ablating each group of units changes the accuracy, as ``ablated`` ablates them.

    The texts are embedded once, and the LSTM reads them again for each group in NumPy: hundreds of groups take seconds.

    Args:
        model: a model that ends in an LSTM and ``Dense(1, activation="sigmoid")``, without a mask.
        ids: ``(batch, time)`` int.
        labels: ``(batch,)``, 1 positive and 0 negative.
        groups: units to ablate together, several times over: ``[[3], [17], [3, 17]]``.

    Returns:
        ``(groups,)`` float64; −0.02 is two points lost.

    Raises:
        ValueError: the model ends otherwise, masks steps, or computes other than Keras's LSTM does by default.
    """
    recurrent, dense = final_layers(model)
    _check_gates(recurrent)
    ids, _ = as_batch(model, ids)
    sequences, mask, _ = arrivals(model, recurrent, ids)
    if not mask.all() or recurrent.activation is not keras.activations.tanh:
        raise ValueError(
            f"model: {model.name!r} has to read every step, without a mask, and its LSTM to squash by tanh"
        )
    sequences = sequences.astype(np.float32)
    kernel, recurrent_kernel, bias = recurrent.get_weights()
    dense_kernel, dense_bias = dense.get_weights()
    found = []
    for units in [[], *groups]:
        kept = np.ones((recurrent.units, 1), np.float32)
        kept[_units_of(recurrent, units)] = 0
        hidden_state, _ = LSTM(kernel, recurrent_kernel * kept, bias).forward(sequences)
        log_odds = hidden_state @ (dense_kernel * kept) + dense_bias
        found.append(((log_odds[:, 0] > 0) == np.asarray(labels).astype(bool)).mean())
    return np.array(found[1:]) - found[0]
