"""What the other modules of this package ask of a Keras model: its layers, its inputs, its answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from lstm_course import models
from lstm_course.models.quiet import keras
from lstm_course.reviews import imdb


def layers_in(model) -> Iterator:
    """Yield every layer, those of nested models and both directions of a Bidirectional included, in order."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_in(layer)
        elif isinstance(layer, keras.layers.Bidirectional):
            yield from (layer.forward_layer, layer.backward_layer)
        else:
            yield layer


def lstm_layers(model) -> list:
    """Return the LSTM layers of a model, in order; a Bidirectional holds two, the forward one first.

    Raises:
        TypeError: ``model`` is not a Keras model.
        ValueError: the model has no LSTM.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"model: expected a Keras model, found {type(model).__name__}; weights.load() returns (model, word_index)"
        )
    found = [layer for layer in layers_in(model) if isinstance(layer, keras.layers.LSTM)]
    if not found:
        others = [layer for layer in layers_in(model) if isinstance(layer, keras.layers.RNN)]
        what = ", ".join(f"the {type(layer).__name__} {layer.name!r}" for layer in others) or "no recurrent layer"
        raise ValueError(
            f"model: {model.name!r} has no LSTM layer; found {what}. Input gate, forget gate, output gate and cell "
            "state exist in an LSTM alone: pass a model with keras.layers.LSTM in it"
        )
    return found


def lstm_layer(model, layer: int | str | None):
    """Return one LSTM layer of a model, by its index in ``lstm_layers``, its name, or None for the only one.

    Raises:
        ValueError: the model has no LSTM, several where ``layer`` is None, or not the one that was asked for.
    """
    found = lstm_layers(model)
    listed = ", ".join(f"{index} ({each.name!r})" for index, each in enumerate(found))
    if layer is None:
        if len(found) > 1:
            raise ValueError(f"layer: the model has {len(found)} LSTM layers; pass one of: {listed}")
        return found[0]
    if isinstance(layer, str):
        named = [each for each in found if each.name == layer]
    else:
        named = found[layer : layer + 1] if 0 <= layer < len(found) else []
    if not named:
        raise ValueError(f"layer: there is no LSTM layer {layer!r}; the model has: {listed}")
    return named[0]


def final_layers(model) -> tuple:
    """Return the LSTM and the Dense(1) that a model ends in.

    Raises:
        ValueError: the model ends otherwise; nothing but dropout may stand between the two.
    """
    *_, recurrent, dense = [layer for layer in model.layers if not isinstance(layer, keras.layers.Dropout)]
    fits = isinstance(recurrent, keras.layers.LSTM) and isinstance(dense, keras.layers.Dense) and dense.units == 1
    if not fits or recurrent.return_sequences or recurrent.go_backwards:
        raise ValueError(
            f"model: {model.name!r} has to end in an LSTM and Dense(1); it ends in "
            f"{recurrent.name!r} and {dense.name!r}"
        )
    return recurrent, dense


def embedding_layer(model):
    """Return the layer that turns ids into vectors.

    Raises:
        ValueError: the model has none.
    """
    for layer in layers_in(model):
        if isinstance(layer, keras.layers.Embedding):
            return layer
    raise ValueError(
        f"model: {model.name!r} has no Embedding layer, so there are no words whose share could be measured"
    )


def as_batch(model, inputs) -> tuple[np.ndarray, bool]:
    """Return the inputs of several texts, and whether a batch axis was added for one.

    Raises:
        TypeError: the inputs of a model that embeds ids are not whole numbers.
        ValueError: they have another number of axes, no step, or an id outside the vocabulary.
    """
    inputs = np.asarray(inputs)
    shape = getattr(model, "input_shape", None)  # a subclassed model does not say; the course's all take ids
    axes = 2 if shape is None else len(shape)
    names = "(batch, time)" if axes == 2 else "(batch, time, features)"
    if inputs.ndim not in (axes - 1, axes):
        raise ValueError(f"ids: expected {names}, or one text without the batch axis; found shape {inputs.shape}")
    single = inputs.ndim == axes - 1
    inputs = inputs[None] if single else inputs
    if 0 in inputs.shape:
        raise ValueError(f"ids: there is no step to look at, shape {inputs.shape}; pass at least one text and one word")
    if axes == 2:
        _check_ids(inputs, embedding_layer(model).input_dim)
    return inputs, single


def _check_ids(ids, vocabulary):
    if not np.issubdtype(ids.dtype, np.integer):
        raise TypeError(f"ids: expected whole numbers, found {ids.dtype}; imdb.encode turns a text into ids")
    outside = ids[(ids < 0) | (ids >= vocabulary)]
    if outside.size:
        raise ValueError(
            f"ids: found {outside[0]}, and the model knows ids from 0 to {vocabulary - 1}; "
            "encode the text with the word index that came with the model"
        )


@contextmanager
def replaced_call(layer, function):
    """Let ``function(original, *args, **kwargs)`` stand in for a layer's computation.

    The layer is part of the model as it was, whatever the model's class: a subclassed one too, which has no graph of
    layers that could be cut.
    """
    original = layer.call
    layer.call = lambda *args, **kwargs: function(original, *args, **kwargs)
    try:
        yield
    finally:
        del layer.call  # the class's own method shows again


def check_probabilities(model, outputs):
    """Raise ValueError unless a model's outputs are one probability a text, ``(batch, 1)``."""
    activation = getattr(model.layers[-1], "activation", None)
    if outputs.shape[1:] != (1,) or activation is not keras.activations.sigmoid:
        raise ValueError(
            f"model: {model.name!r} has to end in Dense(1, activation='sigmoid'), one probability a text; "
            f"its output has shape {('batch', *outputs.shape[1:])}"
        )


def probabilities(model, ids) -> np.ndarray:
    """Return the model's probabilities ``(batch,)``, float64, for ids ``(batch, time)``."""
    outputs = model.predict(ids, batch_size=500, verbose=0)
    check_probabilities(model, outputs)
    return outputs[:, 0].astype(np.float64)


def to_log_odds(values: np.ndarray) -> np.ndarray:
    """Return log(p / (1 − p)); float32's last step before 1 is where a probability that reads 1 is put."""
    values = np.clip(values, 2.0**-24, 1 - 2.0**-24)
    return np.log(values) - np.log1p(-values)


def log_odds(model, ids) -> np.ndarray:
    """Return the log-odds log(p / (1 − p)) of the model's probability: above 0 it says positive.

    Args:
        model: a Keras model that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int, or ``(time,)`` for one text.

    Returns:
        ``(batch,)`` float64, or one number.
    """
    ids, single = as_batch(model, ids)
    values = to_log_odds(probabilities(model, ids))
    return values[0] if single else values


def running_prediction(model, ids, *, maxlen: int = models.MAXLEN) -> np.ndarray:
    """Return the model's probability after each word: what it says of the first word, of the first two, and so on.

    Each beginning is padded in front to ``maxlen``, as any text is that the model is given; so this works whatever
    stands between the words and the probability, a layer that reads backwards included.

    Args:
        model: a Keras model that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(steps,)`` int, one text without pads, such as ``read(…).ids``.
        maxlen: steps in a row; of a longer beginning the last ones are read.

    Returns:
        ``(steps,)`` float64.
    """
    (ids,), single = as_batch(model, ids)
    if not single:
        raise ValueError("ids: running_prediction takes one text, without the batch axis")
    ends = np.arange(1, len(ids) + 1)[:, None]
    places = ends - maxlen + np.arange(maxlen)  # (steps, maxlen): which id stands where
    return probabilities(model, np.where(places >= 0, ids[places.clip(min=0)], imdb.PAD))
