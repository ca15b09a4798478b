"""A SimpleRNN that comes with the course, to be held against the LSTM: the same words, vectors, units and reviews.

It reads the embedding of the shipped ``"source"`` model, which stays as it is while the rest is trained; so the two
differ in the recurrent layer, and in that the vectors were learned together with the LSTM.
``tools/weights simple-rnn`` trained it.
"""

import io

import numpy as np

from lstm_course.models import weights

NAME = "simple-rnn"
_ARRAYS = ("kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias")  # Keras's order, after the embedding


def build(embeddings: np.ndarray):
    """Return a compiled Keras model: a frozen Embedding, SimpleRNN(64) and Dense(1), with the source model's dropout.

    Args:
        embeddings: ``(vocabulary, features)``, a vector for each id.
    """
    from lstm_course.models.quiet import keras

    frozen = keras.layers.Embedding(*embeddings.shape, trainable=False)
    recurrent = keras.layers.SimpleRNN(64, dropout=0.2, recurrent_dropout=0.2)
    model = keras.Sequential([frozen, recurrent, keras.layers.Dense(1, activation="sigmoid")], name="source_rnn")
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.build((None, None))
    frozen.set_weights([embeddings])
    return model


def load():
    """Return the shipped SimpleRNN, which takes ids ``(batch, time)`` of ``weights.load("source")``'s word index.

    Raises:
        ValueError: a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    source, _ = weights.load("source")
    embeddings = source.layers[0].get_weights()[0]
    with np.load(io.BytesIO(weights.files(NAME)["npz"]), allow_pickle=False) as arrays:
        rest = [arrays[array].astype(np.float32) for array in _ARRAYS]
    model = build(embeddings)
    model.layers[1].set_weights(rest[:3])
    model.layers[2].set_weights(rest[3:])
    return model


def save(model, known: dict) -> None:
    """Write the weights behind the embedding as float16, and the card with what is known of them."""
    packed = io.BytesIO()
    halves = {name: weight.astype(np.float16) for name, weight in zip(_ARRAYS, _rest(model), strict=True)}
    np.savez_compressed(packed, **halves)
    weights.write(NAME, {"npz": packed.getvalue()}, known | {"words": weights.card("source")["words"]})


def _rest(model) -> list[np.ndarray]:
    return [weight for layer in model.layers[1:] for weight in layer.get_weights()]
