"""The Keras models that the course names, compiled, and what is done with a trained one.

A test holds the models to the notebook's own definitions.
Each takes integer word ids ``(batch, time)`` below ``vocabulary`` and returns a probability ``(batch, 1)``, float32.
"""

from pathlib import Path

from lstm_course.reviews import imdb

MAXLEN = 100  # the words that the source script keeps of a review


def source_lstm(vocabulary: int = 20_000, *, recurrent_dropout: float = 0.2):
    """Return the source script's model: ``Embedding(20000, 128)``, ``LSTM(64)``, ``Dense(1)``, trained with adam.

    Args:
        vocabulary: how many word ids there are; at least 1.
        recurrent_dropout: the share of ``hidden_state`` dropped at each step; 0 to measure what it costs.
    """
    from lstm_course.models.quiet import keras

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
    from lstm_course.models.quiet import keras

    model = keras.Sequential(
        [keras.layers.Embedding(vocabulary, 32), layer, keras.layers.Dense(1, activation="sigmoid")],
        name=name,
    )
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate), metrics=["accuracy"])
    return model


def lean_lstm(vocabulary: int = 20_000):
    """Return a narrow model for batches of 128: ``Embedding(…, 32)``, ``LSTM(32)``, ``Dense(1)``, Adam at 3e-3."""
    from lstm_course.models.quiet import keras

    return _small(keras.layers.LSTM(32), 3e-3, vocabulary, "lean_lstm")


def simple_rnn(vocabulary: int = 20_000):
    """Return the lean model with a ``SimpleRNN(32)`` in the LSTM's place, and Adam at 1e-3."""
    from lstm_course.models.quiet import keras

    return _small(keras.layers.SimpleRNN(32), 1e-3, vocabulary, "simple_rnn")


def known_ids(text: str, word_index: dict[str, int], num_words: int = 20_000) -> list[int]:
    """Return the ids of a review that a model can judge.

    Raises:
        TypeError: ``text`` is not a string.
        ValueError: no word of ``text`` is in the vocabulary, so that there is nothing to judge.
    """
    ids = imdb.encode(text, word_index, num_words)
    if all(word == imdb.UNKNOWN for word in ids[1:]):
        one = "has 1 word, which the model does not know"
        many = f"has {len(ids) - 1} words, and the model knows none of them"
        found = "is empty" if len(ids) == 1 else one if len(ids) == 2 else many
        raise ValueError(f"the review {found}; write a sentence of English about a film")
    return ids


def score(model, text: str, word_index: dict[str, int], num_words: int = 20_000) -> float:
    """Return the probability that a review is positive, as the model sees its last 100 words.

    Args:
        model: a trained model of this module.
        text: the review.
        word_index: the word index of the reviews that the model was trained on.
        num_words: the vocabulary that the model was trained with.

    Raises:
        TypeError: ``text`` is not a string.
        ValueError: no word of ``text`` is in the vocabulary, so that there is nothing to judge.
    """
    from lstm_course.models.quiet import keras

    ids = known_ids(text, word_index, num_words)
    return float(model.predict(keras.utils.pad_sequences([ids], maxlen=MAXLEN), verbose=0)[0, 0])


def load(path: Path):
    """Return the model that ``model.save(path)`` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged or not a Keras model. It is left as it is.
    """
    from lstm_course.models.quiet import keras

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no saved model {path}; make it with model.save({str(path)!r})")
    try:
        return keras.models.load_model(path)
    except Exception as error:  # Keras raises whatever the zip, the JSON or the HDF5 reader raises
        raise ValueError(
            f"{path} is not a whole Keras model ({type(error).__name__}); "
            f"train the model again and save it over the file: model.save({str(path)!r})"
        ) from error
