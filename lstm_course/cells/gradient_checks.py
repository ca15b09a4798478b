"""Look at gradients: whether they are right, and how far back they reach.

:func:`check_gradient` compares gradients with finite differences. The other functions follow the Jacobian of
the last hidden state with respect to earlier ones, ``dh_T / dh_{T-k}``, whose norm by the lag ``k`` says what
a recurrent network can still learn from: Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013
(arXiv:1211.5063).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lstm_course.cells import LSTM


@dataclass(frozen=True)
class ParameterCheck:
    """One parameter's gradient beside its approximation, entry by entry.

    Attributes:
        name: the parameter.
        exact: the gradient that was given.
        approximate: the central differences, of the same shape.
        relative_difference: ``|exact - approximate|`` over the larger of the two, of the same shape. An entry
            too small for differences to tell from rounding is measured against the smallest that they can
            tell to six digits.
    """

    name: str
    exact: np.ndarray
    approximate: np.ndarray
    relative_difference: np.ndarray

    @property
    def largest_relative_difference(self) -> float:
        """The worst entry's relative difference."""
        return float(self.relative_difference.max())

    @property
    def worst_entry(self) -> tuple[int, ...]:
        """The index of the entry whose relative difference is largest."""
        return tuple(map(int, np.unravel_index(self.relative_difference.argmax(), self.exact.shape)))


@dataclass(frozen=True)
class GradientReport:
    """What :func:`check_gradient` found: a table when printed; ``report["kernel"]`` is a :class:`ParameterCheck`."""

    checks: Mapping[str, ParameterCheck]

    def __getitem__(self, name: str) -> ParameterCheck:
        return self.checks[name]

    @property
    def largest_relative_difference(self) -> float:
        """The largest relative difference of all entries of all parameters."""
        return float(np.max([check.largest_relative_difference for check in self.checks.values()]))

    def __str__(self) -> str:
        width = max(len("parameter"), *(len(name) for name in self.checks))
        titles = f"{'parameter':<{width}}  {'worst entry':<12} {'exact':>13} {'approximate':>13}"
        rows = [f"{titles}  largest relative difference"]
        for check in self.checks.values():
            entry = check.worst_entry
            values = f"{check.exact[entry]:13.5e} {check.approximate[entry]:13.5e}"
            place = str(list(entry))
            rows.append(f"{check.name:<{width}}  {place:<12} {values}  {check.largest_relative_difference:.1e}")
        return "\n".join(rows)


def check_gradient(
    function: Callable[[dict[str, np.ndarray]], float],
    parameters: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    *,
    step: float = 1e-5,
) -> GradientReport:
    """Compare gradients with central differences in float64, for every entry of every parameter.

    ``(f(p + step) - f(p - step)) / (2 step)`` is off by a multiple of ``step**2``, and by the rounding of
    ``f`` over ``step``; the default balances the two at about 1e-11 for a smooth ``f`` of size 1.

    Args:
        function: takes a dict of arrays like ``parameters`` and returns the loss. It must compute with the
            arrays that it is given: those are float64 copies, one entry of which is moved at a time.
        parameters: the arrays at which the gradients were computed, by name.
        gradients: the gradients to check, by the same names and of the same shapes.
        step: how far an entry is moved, to either side.

    Raises:
        ValueError: the names or shapes of parameters and gradients differ, or the function returns no finite
            number.
    """
    if set(parameters) != set(gradients):
        raise ValueError(f"gradients: found the names {sorted(gradients)}, expected {sorted(parameters)}")
    point = {name: np.array(array, dtype=np.float64) for name, array in parameters.items()}
    exact = {name: np.asarray(gradients[name], dtype=np.float64) for name in point}
    for name, array in point.items():
        if exact[name].shape != array.shape:
            raise ValueError(f"gradients[{name!r}]: found shape {exact[name].shape}, expected {array.shape}")

    # Rounding of the loss, divided by the step, is what differences cannot see below; six digits more are
    # comparable.
    smallest = 1e6 * np.finfo(np.float64).eps * abs(_loss(function, point)) / step
    checks = {}
    for name, array in point.items():
        approximate = _central_differences(function, point, array, step)
        scale = np.maximum(np.maximum(np.abs(exact[name]), np.abs(approximate)), smallest)
        difference = np.abs(exact[name] - approximate) / np.where(scale > 0, scale, 1.0)
        checks[name] = ParameterCheck(name, exact[name], approximate, difference)
    return GradientReport(checks)


def _central_differences(function, point, array, step):
    approximate = np.empty_like(array)
    for entry in np.ndindex(array.shape):
        here = array[entry]
        array[entry] = here + step
        above = _loss(function, point)
        array[entry] = here - step
        below = _loss(function, point)
        array[entry] = here
        approximate[entry] = (above - below) / (2 * step)
    return approximate


def _loss(function, point):
    loss = np.asarray(function(point))
    if loss.size != 1 or not np.isfinite(loss).all():
        found = f"shape {loss.shape}" if loss.size != 1 else str(loss)
        raise ValueError(f"function: found {found} as its result, expected one finite number")
    return float(loss.reshape(()))


def gradient_norm_by_lag(cell, inputs, *, state="hidden_state", norm="spectral", grad_outputs=None):
    """Measure, for every lag ``k``, the norm of ``dh_T / dh_{T-k}``: how much of the end hangs on the state then.

    Computed in float64 by backpropagation, one unit vector a row, so it holds for every cell.

    Args:
        cell: a SimpleRNN, LSTM or GRU of :mod:`lstm_course.cells`.
        inputs: ``(batch, time, features)``.
        state: ``"hidden_state"``, or for an LSTM ``"cell_state"``, which gives ``dh_T / dc_{T-k}``. An LSTM's
            two states are two paths: the derivative along one holds the other at that moment fixed.
        norm: ``"spectral"`` (the largest stretch of any direction) or ``"frobenius"`` (the root of the summed
            squares).
        grad_outputs: ``(units,)``, a gradient at ``h_T``. With it, the length of the gradient vector that
            arrives at each state is measured instead of the Jacobian's norm, and ``norm`` plays no part.

    Returns:
        ``(batch, time + 1)``: lags 0 to ``time``, the last one being the initial state's.

    Raises:
        ValueError: an argument is unknown or of another shape.
    """
    _check_choice("state", state, ("hidden_state", "cell_state") if isinstance(cell, LSTM) else ("hidden_state",))
    _check_choice("norm", norm, ("spectral", "frobenius"))
    inputs = cell.check_inputs(np.asarray(inputs))
    seeds = np.eye(cell.units) if grad_outputs is None else np.asarray(grad_outputs, dtype=np.float64)[None]
    if seeds.shape[1:] != (cell.units,):
        raise ValueError(f"grad_outputs: found shape {seeds.shape[1:]}, expected {(cell.units,)}")
    norms = []
    for sequence in inputs.astype(np.float64):  # one at a time: a batch times its units would need much memory
        _, cache = cell.forward(np.repeat(sequence[None], len(seeds), axis=0))
        gradients = cell.backward(seeds, cache)
        first = gradients.initial_state
        first = getattr(first, state) if isinstance(cell, LSTM) else first
        backwards = np.concatenate([first[:, None], getattr(gradients, state)], axis=1)[:, ::-1]
        norms.append(_matrix_norms(backwards.swapaxes(0, 1), norm))
    return np.stack(norms)


def _check_choice(name, found, choices):
    """Refuse a word that is not among the choices."""
    if found not in choices:
        raise ValueError(f"{name}: found {found!r}, expected {' or '.join(map(repr, choices))}")


def _matrix_norms(matrices, norm):
    """Norms over the last two axes; a single row's norm is its length."""
    return np.linalg.norm(matrices, 2 if norm == "spectral" else "fro", axis=(-2, -1))


def measured_geometric_rate(norms):
    """Fit ``norm = constant * rate**lag`` by least squares on the logarithms, and return the rate.

    Args:
        norms: ``(..., lags)`` of positive numbers, as :func:`gradient_norm_by_lag` gives them.

    Returns:
        One rate for each row, of shape ``(...)``.

    Raises:
        ValueError: there are fewer than two lags, or a norm is zero, negative or not finite.
    """
    norms = np.asarray(norms)
    if norms.ndim == 0 or norms.shape[-1] < 2:
        raise ValueError(f"norms: found shape {norms.shape}, expected at least two lags on the last axis")
    if not np.all((norms > 0) & np.isfinite(norms)):
        found = f"a zero, negative or infinite one in shape {norms.shape}"
        raise ValueError(f"norms: found {found}, expected positive numbers")
    lags = np.arange(norms.shape[-1]) - (norms.shape[-1] - 1) / 2
    return np.exp(np.log(norms) @ lags / (lags @ lags))
