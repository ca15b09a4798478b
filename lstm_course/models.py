"""The Keras models that the course names, compiled; a test holds them to the notebook's own definitions.

Each takes integer word ids ``(batch, time)`` below ``vocabulary`` and returns a probability ``(batch, 1)``, float32.
"""


def source_lstm(vocabulary: int = 20_000, *, recurrent_dropout: float = 0.2):
    """Return the source script's model: ``Embedding(20000, 128)``, ``LSTM(64)``, ``Dense(1)``, trained with adam.

    Args:
        vocabulary: how many word ids there are; at least 1.
        recurrent_dropout: the share of ``hidden_state`` dropped at each step; 0 to measure what it costs.
    """
    from lstm_course.quiet import keras

    model = keras.Sequential(
        [
            keras.layers.Embedding(vocabulary, 128),
            keras.layers.LSTM(64, dropout=0.2, recurrent_dropout=recurrent_dropout),
            keras.layers.Dense(1, activation="sigmoid"),
        ],
        name="source_lstm",
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def _small(layer, learning_rate: float, vocabulary: int, name: str):
    from lstm_course.quiet import keras

    model = keras.Sequential(
        [keras.layers.Embedding(vocabulary, 32), layer, keras.layers.Dense(1, activation="sigmoid")],
        name=name,
    )
    model.compile(
        loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate), metrics=["accuracy"]
    )
    return model


def lean_lstm(vocabulary: int = 20_000):
    """Return a narrow model for batches of 128: ``Embedding(…, 32)``, ``LSTM(32)``, ``Dense(1)``, Adam at 3e-3."""
    from lstm_course.quiet import keras

    return _small(keras.layers.LSTM(32), 3e-3, vocabulary, "lean_lstm")


def simple_rnn(vocabulary: int = 20_000):
    """Return the lean model with a ``SimpleRNN(32)`` in the LSTM's place, and Adam at 1e-3."""
    from lstm_course.quiet import keras

    return _small(keras.layers.SimpleRNN(32), 1e-3, vocabulary, "simple_rnn")
