"""A matrix for a memory: key-value pairs added up as outer products, read by a query; in NumPy.

The same outputs in three forms, for one sequence of ``queries``, ``keys`` ``(time, size)`` and ``values``
``(time, value_size)``:

- `read_step_by_step`: a recurrence, ``memory = forget * memory + input * outer(value, key)``;
- `masked_attention`: all steps at once, a softmax nowhere, each pair weighted by `decay_mask`;
- `mlstm`: the recurrence with exponential gates, kept in range by a stabiliser.

Sources: linear attention, Katharopoulos et al. 2020 (arXiv:2006.16236); mLSTM, Beck et al. 2024 (arXiv:2405.04517).
"""

import numpy as np


def read_step_by_step(queries, keys, values, forget_gates, input_gates) -> np.ndarray:
    """Write each pair into the memory, then read it with the query of the same step.

    Args:
        queries: ``(time, size)``.
        keys: ``(time, size)``.
        values: ``(time, value_size)``.
        forget_gates: ``(time,)``, what the whole memory is multiplied by before a pair is written.
        input_gates: ``(time,)``, what the pair is multiplied by.

    Returns:
        ``memory @ query`` of every step, ``(time, value_size)``.

    Raises:
        ValueError: the shapes do not belong together.
    """
    queries, keys, values = _check(queries, keys, values, forget_gates, input_gates)
    memory = np.zeros((values.shape[1], keys.shape[1]))
    outputs = np.empty_like(values)
    for t, (forget, admit) in enumerate(zip(forget_gates, input_gates, strict=True)):
        memory = forget * memory + admit * np.outer(values[t], keys[t])
        outputs[t] = memory @ queries[t]
    return outputs


def decay_mask(forget_gates, input_gates) -> np.ndarray:
    """Return how much of the pair of step s is left at step t, ``(time, time)``: row t, column s.

    Above the diagonal it is 0, on it the input gate; below, the gates that come after step s are multiplied in.

    Args:
        forget_gates: ``(time,)``.
        input_gates: ``(time,)``.
    """
    time = len(forget_gates)
    mask = np.zeros((time, time))
    for t, (forget, admit) in enumerate(zip(forget_gates, input_gates, strict=True)):
        if t:
            mask[t] = forget * mask[t - 1]
        mask[t, t] = admit
    return mask


def masked_attention(queries, keys, values, mask) -> np.ndarray:
    """Weigh all values by how well their keys fit a query, without a softmax.

    Args:
        queries: ``(time, size)``.
        keys: ``(time, size)``.
        values: ``(time, value_size)``.
        mask: ``(time, time)``, as from `decay_mask`.

    Returns:
        ``(time, value_size)``.
    """
    return (np.asarray(queries) @ np.asarray(keys).T * mask) @ np.asarray(values)


def stabilisers(log_forget, log_input) -> np.ndarray:
    """Return the stabiliser of every step, ``(time,)``: the logarithm of the largest weight of any pair so far.

    Args:
        log_forget: ``(time,)``, the logarithms of the forget gates.
        log_input: ``(time,)``, those of the input gates.

    Source: Beck et al. 2024 (arXiv:2405.04517): ``max(log_forget + previous, log_input)``.
    """
    largest, found = -np.inf, np.empty(len(log_input))
    for t, (forget, admit) in enumerate(zip(log_forget, log_input, strict=True)):
        largest = found[t] = max(forget + largest, admit)
    return found


def mlstm(queries, keys, values, log_forget, log_input, stabiliser=None) -> np.ndarray:
    """Read a matrix memory with exponential gates, normalised by the sum of the weights that answered.

    Memory and normaliser are kept divided by ``exp(stabiliser)``, which cancels in the output.

    Args:
        queries: ``(time, size)``.
        keys: ``(time, size)``.
        values: ``(time, value_size)``.
        log_forget: ``(time,)``, the logarithms of the forget gates.
        log_input: ``(time,)``, those of the input gates.
        stabiliser: ``(time,)``; that of `stabilisers` by default. Zeros compute with the gates as they are.

    Returns:
        ``memory @ query / max(|normaliser @ query|, 1)`` of every step, ``(time, value_size)``.

    Raises:
        ValueError: the shapes do not belong together.

    Source: Beck et al. 2024 (arXiv:2405.04517), the mLSTM without its output gate.
    """
    queries, keys, values = _check(queries, keys, values, log_forget, log_input)
    stabiliser = stabilisers(log_forget, log_input) if stabiliser is None else np.asarray(stabiliser)
    memory, normaliser = np.zeros((values.shape[1], keys.shape[1])), np.zeros(keys.shape[1])
    outputs, before = np.empty_like(values), stabiliser[0]  # the memory is still 0, and so any number will do
    for t, now in enumerate(stabiliser):
        forget, admit = np.exp(log_forget[t] + before - now), np.exp(log_input[t] - now)
        memory = forget * memory + admit * np.outer(values[t], keys[t])
        normaliser = forget * normaliser + admit * keys[t]
        outputs[t] = memory @ queries[t] / max(abs(normaliser @ queries[t]), np.exp(-now))
        before = now
    return outputs


def _check(queries, keys, values, *gates):
    queries, keys, values = (np.asarray(array, dtype=float) for array in (queries, keys, values))
    if queries.shape != keys.shape or values.ndim != 2 or keys.ndim != 2 or len(values) != len(keys):
        found = f"{queries.shape}, {keys.shape} and {values.shape}"
        raise ValueError(
            f"queries, keys, values: found shapes {found}, expected (time, size) twice and (time, value_size)"
        )
    for gate in gates:
        if np.shape(gate) != (len(keys),):
            raise ValueError(f"a gate has shape {np.shape(gate)}, and one number a step is expected: ({len(keys)},)")
    return queries, keys, values
