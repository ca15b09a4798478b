"""A language model: an LSTM that has read all words so far, and gives every word its probability to be the next.

Two of them share one table of word vectors here: one reads forwards, one backwards. The table is tied: a word's vector
is its input, and its product with a projection of the hidden state is the word's score.

Sources: Bengio et al., 2003, "A Neural Probabilistic Language Model", JMLR 3; Mikolov et al., 2010, "Recurrent Neural
Network Based Language Model", Interspeech; Press and Wolf, 2017, "Using the Output Embedding to Improve Language
Models", EACL, on the tied table; Jean et al., 2015, arXiv:1412.2007, on the sampled softmax.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course.ladder import fused_lstm
from lstm_course.models.quiet import tf
from lstm_course.reviews.imdb import START

DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True)
class Sizes:
    """How large a language model is: ids below ``vocabulary``, word vectors of ``dimension``, ``units`` of an LSTM."""

    vocabulary: int = 20_000
    dimension: int = 128
    units: int = 256


class LanguageModel(tf.Module):
    """The weights of a language model in one direction or two, and what it does with them.

    Args:
        sizes: how large it is.
        rng: draws the weights; the forget gate's bias starts at 1.
        directions: ``("forward",)``, ``("backward",)`` or both, which then share the table.
        products: the dtype in which vectors and hidden states are multiplied by the kernels; weights and states stay
            float32. ``"bfloat16"`` saves a third of the time on processors that multiply it (AVX512-BF16, AMX).
    """

    def __init__(self, sizes: Sizes, rng: np.random.Generator, directions=DIRECTIONS, products: str = "float32"):
        super().__init__()
        self.sizes, self.directions, self.products = sizes, tuple(directions), products
        units, dimension = sizes.units, sizes.dimension
        self.table = tf.Variable(rng.normal(0, 0.1, (sizes.vocabulary, dimension)).astype(np.float32), name="table")
        self.parts = {}
        for direction in self.directions:
            bias = np.zeros(4 * units)
            bias[units : 2 * units] = 1
            recurrent = [np.linalg.qr(rng.normal(size=(units, units)))[0] for _ in range(4)]
            drawn = {
                "kernel": rng.normal(0, dimension**-0.5, (dimension, 4 * units)),
                "recurrent_kernel": np.concatenate(recurrent, axis=1),
                "bias": bias,
                "projection": rng.normal(0, units**-0.5, (units, dimension)),
                "word_bias": np.zeros(sizes.vocabulary),
            }
            self.parts[direction] = {
                name: tf.Variable(value.astype(np.float32), name=f"{direction}_{name}") for name, value in drawn.items()
            }

    def weights(self) -> dict[str, tf.Variable]:
        """Return all weights by name."""
        own = {f"{direction}_{name}": v for direction, part in self.parts.items() for name, v in part.items()}
        return {"table": self.table, **own}

    def zero_states(self, batch: int) -> dict:
        """Return the hidden and the cell state of each direction before anything is read, ``(batch, units)``."""
        zeros = tf.zeros((batch, self.sizes.units))
        return dict.fromkeys(self.directions, (zeros, zeros))

    def read(self, direction: str, ids, state):
        """Return the hidden states ``(time, batch, units)`` over ids ``(batch, time)``, and both states at the end.

        The states are reset wherever a review starts; time has to be static.
        """
        return self.read_vectors(direction, tf.gather(self.table, tf.transpose(ids)), tf.transpose(ids), state)

    def read_vectors(self, direction: str, vectors, ids, state, beside=0.0):
        """Return what :meth:`read` returns, from vectors ``(time, batch, dimension)`` of ids ``(time, batch)``.

        ``beside`` is added to what the vectors bring to the gates, ``(time, batch, 4 · units)``.
        """
        part = self.parts[direction]
        projected = fused_lstm.product(vectors, tf.cast(part["kernel"], self.products)) + part["bias"] + beside
        keep = tf.cast(ids != START, tf.float32)[..., None]
        kernel = tf.cast(part["recurrent_kernel"], self.products)
        states, cell_state = fused_lstm.read_long(projected, keep, *state, kernel)
        return states, (states[-1], cell_state)

    def scores(self, direction: str, states):
        """Return the score of every word, ``(..., vocabulary)``, from hidden states ``(..., units)``."""
        part = self.parts[direction]
        return tf.matmul(states @ part["projection"], self.table, transpose_b=True) + part["word_bias"]

    def loss(self, direction: str, batch, state, negatives: int):
        """Return the mean cross-entropy in nats over a batch ``(streams, steps + 1)``, and the states after it.

        Args:
            direction: which of the two reads.
            batch: ids; the last of a row is a target alone.
            state: hidden and cell state before the batch.
            negatives: sampled words that compete with each target, the same for all targets of a batch; 0 takes every
                word of the vocabulary.
        """
        states, state = self.read(direction, batch[:, :-1], state)
        states = tf.reshape(states, (-1, self.sizes.units))
        targets = tf.reshape(tf.transpose(batch[:, 1:]), (-1,))
        if negatives:
            losses = tf.nn.sampled_softmax_loss(
                self.table,
                self.parts[direction]["word_bias"],
                labels=tf.cast(targets[:, None], tf.int64),
                inputs=states @ self.parts[direction]["projection"],
                num_sampled=negatives,
                num_classes=self.sizes.vocabulary,
            )
        else:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, self.scores(direction, states))
        return tf.reduce_mean(losses), state


class RowAdam:
    """Adam that updates only the rows that a gradient has: of a table of words, those of the words at hand.

    Source: Kingma and Ba, 2015, arXiv:1412.6980. A row's moments wait while it has no gradient.
    """

    def __init__(self, weights: dict):
        self.weights = weights
        self.moments = {
            f"{name}_{which}": tf.Variable(tf.zeros_like(weight), name=f"{name}_{which}")
            for name, weight in weights.items()
            for which in ("mean", "square")
        }

    def apply(self, gradients: dict, rate, update) -> None:
        """Update the weights with gradients by name; ``update`` counts from 1."""
        rate = rate * tf.sqrt(1 - 0.999**update) / (1 - 0.9**update)
        for name, gradient in gradients.items():
            mean, square = (self.moments[f"{name}_{which}"] for which in ("mean", "square"))
            if isinstance(gradient, tf.IndexedSlices):
                rows, place = tf.unique(gradient.indices)
                gradient = tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows))
                new = 0.9 * tf.gather(mean, rows) + 0.1 * gradient
                new_square = 0.999 * tf.gather(square, rows) + 0.001 * tf.square(gradient)
                mean.scatter_update(tf.IndexedSlices(new, rows))
                square.scatter_update(tf.IndexedSlices(new_square, rows))
                self.weights[name].scatter_sub(tf.IndexedSlices(rate * new / (tf.sqrt(new_square) + 1e-8), rows))
            else:
                mean.assign(0.9 * mean + 0.1 * gradient)
                square.assign(0.999 * square + 0.001 * tf.square(gradient))
                self.weights[name].assign_sub(rate * mean / (tf.sqrt(square) + 1e-8))


def updater(model: LanguageModel, optimiser: RowAdam, *, negatives: int):
    """Return a compiled function that learns from one batch of each direction, with gradients clipped to norm 1.

    Args:
        model: what learns.
        optimiser: of ``model.weights()``.
        negatives: those of :meth:`LanguageModel.loss`.

    Returns:
        ``learn(batches, states, rate, update)``: batches and states by direction; it returns the losses by direction
        and the states after the batches, with which the next ones go on. No gradient flows from batch to batch.
    """
    weights = model.weights()

    @tf.function
    def learn(batches, states, rate, update):
        with tf.GradientTape() as tape:
            found = {name: model.loss(name, batches[name], states[name], negatives) for name in model.directions}
            total = tf.add_n([loss for loss, _ in found.values()])
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, list(weights.values())), 1.0)
        optimiser.apply(dict(zip(weights, gradients, strict=True)), rate, update)
        return {name: loss for name, (loss, _) in found.items()}, {name: state for name, (_, state) in found.items()}

    return learn
