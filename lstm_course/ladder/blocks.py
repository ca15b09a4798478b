"""The building blocks of a rung: what is read, and small builders of Keras layers that are composed.

``Segments(Bidirectional(LSTM(32)), steps=50)`` is an encoder. Each block is a frozen dataclass, so that a rung can be
printed, compared and varied; calling it makes the Keras layers, afresh each time.
"""

import math
from dataclasses import dataclass

from lstm_course.ladder import layers, vectorise
from lstm_course.models import minimal
from lstm_course.models.quiet import keras

WIDTH = 50  # batches are padded to a multiple of it: segments fit, and few shapes occur


@dataclass(frozen=True)
class Text:
    """What is read of a review.

    Attributes:
        words: the most words.
        head: how many of them come from the beginning; the rest are the last ones.
        ngrams: the longest n-gram that has a vector of its own, beside that of the word it ends at.
        mask: leave out the pads; they then stand behind the words, in batches of similar length. Without a mask every
            review is padded in front to ``words``, as in the source script.
    """

    words: int = 100
    head: int = 0
    ngrams: int = 1
    mask: bool = False

    @property
    def time(self) -> int | None:
        """The steps of every batch; None where they differ."""
        return None if self.mask else self.words

    def width(self, rows) -> int:
        """Return the steps of a batch of these rows ``(time, columns)``."""
        return WIDTH * math.ceil(max(map(len, rows)) / WIDTH) if self.mask else self.words

    def fit(self, sequences) -> vectorise.Vectoriser:
        """Return a vectoriser fitted on lists of word ids."""
        return vectorise.fit_vectoriser(sequences, words=self.words, head=self.head, ngrams=self.ngrams)

    def words_mask(self, ids):
        """Return where ``ids`` ``(batch, time, columns)`` has words, bool ``(batch, time)``; None without a mask."""
        return ids[..., 0] != 0 if self.mask else None


@dataclass(frozen=True)
class Embeddings:
    """Vectors of the words, with those of their n-grams beside them.

    Attributes:
        dimension: the embedding dimension of words.
        ngram_dimension: that of n-grams; there are many, and each is seen seldom.
        word_dropout: the share of words, and of n-grams, whose whole vector is left out in training.
        embedding_dropout: the share of the entries of all vectors that is left out in training.
    """

    dimension: int = 128
    ngram_dimension: int = 16
    word_dropout: float = 0.0
    embedding_dropout: float = 0.0

    def __call__(self, ids, sizes: list[int]):
        """Return vectors ``(batch, time, features)`` of int32 ids ``(batch, time, columns)``, each below its size."""
        vectors = [keras.layers.Embedding(sizes[0], self.dimension, name="words")(ids[..., 0])]
        for column, size in enumerate(sizes[1:], start=1):
            found = keras.ops.cast(ids[..., column] != 0, "float32")[..., None]
            table = keras.layers.Embedding(size, self.ngram_dimension, name=f"ngrams_{column + 1}")
            vectors.append(table(ids[..., column]) * found)
        if self.word_dropout:
            # One draw for a whole vector: a word is there or it is not.
            vectors = [keras.layers.Dropout(self.word_dropout, noise_shape=(None, None, 1))(v) for v in vectors]
        return keras.layers.Dropout(self.embedding_dropout, name="vectors")(self.join(vectors))

    def join(self, vectors):
        """Return one vector a word: those of its columns side by side."""
        return vectors[0] if len(vectors) == 1 else keras.layers.Concatenate()(vectors)


@dataclass(frozen=True)
class KernelRows(Embeddings):
    """Rows of a one-hot LSTM's kernel, which are added: both dimensions are 8 · units, 4 gates in 2 directions."""

    def join(self, vectors):
        """Return the sum over the columns: what the kernel makes of all their one-hot vectors."""
        return sum(vectors)


@dataclass(frozen=True)
class LSTM:
    """Keras's LSTM: ``units``, and its own dropout of the inputs and of the state."""

    units: int = 64
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    directions = 1

    def __call__(self, return_sequences: bool):
        """Return the layer."""
        return keras.layers.LSTM(
            self.units,
            dropout=self.dropout,
            recurrent_dropout=self.recurrent_dropout,
            return_sequences=return_sequences,
        )


@dataclass(frozen=True)
class MinLSTM:
    """The cell without a loop, :class:`lstm_course.models.minimal.MinLSTM`."""

    units: int
    directions = 1

    def __call__(self, return_sequences: bool):
        """Return the layer."""
        return minimal.MinLSTM(self.units, return_sequences=return_sequences)


@dataclass(frozen=True)
class Bidirectional:
    """Two layers side by side, one reads backwards: ``2 · units`` states. ``cell`` builds one, Keras copies it."""

    cell: LSTM | MinLSTM
    directions = 2

    def __call__(self, return_sequences: bool):
        """Return the layer."""
        return keras.layers.Bidirectional(self.cell(return_sequences))


@dataclass(frozen=True)
class BidirectionalOneHotLSTM:
    """A one-hot LSTM, forward and backward, behind :class:`KernelRows`: ``2 · units`` states."""

    units: int
    directions = 2

    def __call__(self, return_sequences: bool):
        """Return the layer; each direction takes its own half of the rows."""
        forward, backward = (
            keras.layers.RNN(
                layers.OneHotLSTMCell(self.units, part),
                return_sequences=return_sequences,
                go_backwards=part == 1,
            )
            for part in range(2)
        )
        return keras.layers.Bidirectional(forward, backward_layer=backward)


@dataclass(frozen=True)
class Segments:
    """An encoder that reads segments of ``steps`` words side by side."""

    encoder: LSTM | MinLSTM | Bidirectional | BidirectionalOneHotLSTM
    steps: int = 50

    @property
    def directions(self) -> int:
        """1 or 2, as the encoder of a segment."""
        return self.encoder.directions

    def __call__(self, return_sequences: bool):
        """Return the layer."""
        return layers.InSegments(self.encoder(return_sequences), self.steps)


Encoder = LSTM | MinLSTM | Bidirectional | BidirectionalOneHotLSTM | Segments


@dataclass(frozen=True)
class Classifier:
    """From states to a probability.

    Attributes:
        pooling: take mean and maximum over all states; without it, the state after the last word.
        dropout: of the features that the last layer is given.
    """

    pooling: bool = False
    dropout: float = 0.0

    def __call__(self, states, mask):
        """Return ``(batch, 1)`` of states ``(batch, time, units)``, or ``(batch, units)`` without pooling."""
        features = layers.MeanAndMax()(states, mask) if self.pooling else states
        features = keras.layers.Dropout(self.dropout)(features)
        return keras.layers.Dense(1, activation="sigmoid")(features)


@dataclass(frozen=True)
class Training:
    """How a rung is trained.

    Attributes:
        batch_size: reviews in an update.
        learning_rate: Adam's.
        epochs: over the training reviews.
        ema_momentum: of the exponential moving average of the weights that is scored in place of the last ones; the
            learning rate then falls to zero over the whole training. 0 for no average.
        teacher_weight: the linear teacher's share in each soft label; 0 for labels of 0 and 1.
        adversarial: the relative norm of the adversarial perturbations; 0 for none.
        weight_decay: the share of each weight, times the learning rate, that every update takes off.
    """

    batch_size: int = 32
    learning_rate: float = 1e-3
    epochs: int = 3
    ema_momentum: float = 0.0
    teacher_weight: float = 0.0
    adversarial: float = 0.0
    weight_decay: float = 0.0

    def optimizer(self, steps: int):
        """Return AdamW for a training of so many updates."""
        rate, average = self.learning_rate, {}
        if self.ema_momentum:
            rate = keras.optimizers.schedules.CosineDecay(rate, steps)
            average = {"use_ema": True, "ema_momentum": self.ema_momentum}
        return keras.optimizers.AdamW(rate, weight_decay=self.weight_decay, **average)
