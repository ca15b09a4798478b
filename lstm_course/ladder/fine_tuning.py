"""A classifier that begins as a language model: the states of both readers are pooled, and everything learns on.

Sources: Dai and Le, 2015, "Semi-supervised Sequence Learning", arXiv:1511.01432. Howard and Ruder, 2018, "Universal
Language Model Fine-tuning for Text Classification", arXiv:1801.06146: pooling of mean, maximum and last state, lower
rates for lower layers, the new layer first.
"""

import math
from dataclasses import dataclass

import numpy as np

from lstm_course.ladder import batches, vectorise
from lstm_course.ladder.language_model import LanguageModel, RowAdam
from lstm_course.models.quiet import tf
from lstm_course.reviews.imdb import PAD, START, UNKNOWN

WIDTH = 50  # batches are padded to a multiple of it


@dataclass(frozen=True)
class Plan:
    """How a classifier is trained.

    Attributes:
        epochs: over the reviews.
        batch_size: reviews in an update.
        words: read of a review, the first ``head`` and the last ones.
        head: the same.
        rate: Adam's for the new layer; it falls to 0 over the training.
        lower: what the rate of the recurrent layers and of the word vectors is of that.
        frozen: the share of the updates at the beginning in which the new layer learns alone.
        word_dropout: the share of words whose vector is left out in training.
        dropout: the share of the pooled features that is.
    """

    epochs: int = 2
    batch_size: int = 64
    words: int = 400
    head: int = 100
    rate: float = 2e-3
    lower: float = 0.5
    frozen: float = 0.05
    word_dropout: float = 0.3
    dropout: float = 0.5


class Classifier(tf.Module):
    """A language model's readers, pooling, and one new layer.

    Args:
        model: the language model; its weights are trained on.
    """

    def __init__(self, model: LanguageModel):
        super().__init__()
        self.model = model
        features = 3 * model.sizes.units * len(model.directions)
        self.kernel = tf.Variable(tf.zeros((features, 1)), name="kernel")
        self.bias = tf.Variable(tf.zeros((1,)), name="bias")

    def weights(self) -> dict[str, tf.Variable]:
        """Return the weights that a classifier needs, by name: those that only predict words are left out."""
        read = {n: v for n, v in self.model.weights().items() if not n.endswith(("projection", "word_bias"))}
        return {**read, "kernel": self.kernel, "bias": self.bias}

    def features(self, ids, word_dropout: float = 0.0):
        """Return mean, maximum and last state of each direction, ``(batch, 3 · units · directions)``.

        Args:
            ids: int32 ``(batch, time)`` with the start token first and pads behind; time has to be static.
            word_dropout: the share of words whose vector is zero.
        """
        batch, time = tf.shape(ids)[0], ids.shape[1]
        lengths = tf.reduce_sum(tf.cast(ids != PAD, tf.int32), axis=1)
        heard = tf.cast(tf.random.uniform((batch, time)) >= word_dropout, tf.float32)
        zeros = tf.zeros((batch, self.model.sizes.units))
        pooled = []
        for direction in self.model.directions:
            if direction == "backward":  # the start token stays in front, and the pads behind
                ids = tf.concat([ids[:, :1], tf.reverse_sequence(ids[:, 1:], lengths - 1, seq_axis=1)], axis=1)
            by_step = tf.transpose(ids)
            vectors = tf.gather(self.model.table, by_step) * tf.transpose(heard)[..., None]
            states, _ = self.model.read_vectors(direction, vectors, by_step, (zeros, zeros))
            is_word = tf.cast(by_step != PAD, tf.float32)[..., None]
            mean = tf.reduce_sum(states * is_word, axis=0) / tf.reduce_sum(is_word, axis=0)
            highest = tf.reduce_max(states * is_word - 2 * (1 - is_word), axis=0)
            last = tf.gather_nd(states, tf.stack([lengths - 1, tf.range(batch)], axis=1))
            pooled += [mean, highest, last]
        return tf.concat(pooled, axis=1)

    def log_odds(self, ids):
        """Return the log-odds of a positive review, ``(batch,)``."""
        return tf.squeeze(self.features(ids) @ self.kernel + self.bias, axis=1)


def rows(sequences, plan: Plan, vocabulary: int) -> list[np.ndarray]:
    """Return what is read of each review, int32 ``(words, 1)``: ids from ``vocabulary`` on are unknown."""
    cut = []
    for ids in sequences:
        row = vectorise.head_and_tail(ids, plan.words, plan.head)
        row = np.where(row < vocabulary, row, UNKNOWN).astype(np.int32)
        cut.append((row if len(row) and row[0] == START else np.concatenate([[START], row]).astype(np.int32))[:, None])
    return cut


def _padded(cut, chosen) -> np.ndarray:
    width = WIDTH * math.ceil(max(len(cut[review]) for review in chosen) / WIDTH)
    return batches.pad([cut[review] for review in chosen], width, behind=True)[..., 0]


def predict(classifier: Classifier, sequences, plan: Plan) -> np.ndarray:
    """Return the log-odds of each review, float32 ``(reviews,)``, in the order given."""
    cut = rows(sequences, plan, classifier.model.sizes.vocabulary)
    score = tf.function(classifier.log_odds)
    log_odds = np.zeros(len(cut), np.float32)
    for chosen in batches.by_length([len(row) for row in cut], 256, None):
        log_odds[chosen] = score(tf.constant(_padded(cut, chosen))).numpy()
    return log_odds


def fine_tune(classifier: Classifier, sequences, labels, plan: Plan, *, seed: int, after_epoch=None) -> None:
    """Train a classifier on reviews.

    Args:
        classifier: what to train.
        sequences: lists of word ids.
        labels: one a review: 0 or 1, or a soft label in between.
        plan: how.
        seed: of the order of the reviews and of what is dropped.
        after_epoch: is called after each epoch with the mean loss over it.

    Raises:
        ValueError: there are no reviews, or not one label for each.
    """
    labels = batches.one_label_each(sequences, labels)
    tf.random.set_seed(seed)
    rng = np.random.default_rng(seed)
    cut = rows(sequences, plan, classifier.model.sizes.vocabulary)
    updates = plan.epochs * math.ceil(len(cut) / plan.batch_size)
    learn, update = _updater(classifier, plan), 0
    for _ in range(plan.epochs):
        losses = []
        for chosen in batches.by_length([len(row) for row in cut], plan.batch_size, rng):
            update += 1
            rate = plan.rate * (1 - update / updates)
            lower = plan.lower * rate if update > plan.frozen * updates else 0.0
            ids, truth = tf.constant(_padded(cut, chosen)), tf.constant(labels[chosen])
            rates = (tf.constant(value, tf.float32) for value in (rate, lower, update))
            losses.append(float(learn(ids, truth, *rates)))
        if after_epoch is not None:
            after_epoch(float(np.mean(losses)))


def _updater(classifier: Classifier, plan: Plan):
    """Return a compiled function that learns from one batch and returns its loss."""
    weights = classifier.weights()
    optimiser = RowAdam(weights)
    new = ("kernel", "bias")

    @tf.function
    def learn(ids, labels, rate, lower, update):
        with tf.GradientTape() as tape:
            features = tf.nn.dropout(classifier.features(ids, plan.word_dropout), plan.dropout)
            log_odds = tf.squeeze(features @ classifier.kernel + classifier.bias, axis=1)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, log_odds))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, list(weights.values())), 1.0)
        gradients = dict(zip(weights, gradients, strict=True))
        optimiser.apply({name: gradient for name, gradient in gradients.items() if name in new}, rate, update)
        optimiser.apply({name: gradient for name, gradient in gradients.items() if name not in new}, lower, update)
        return loss

    return learn
