"""A classifier that begins as a language model: the states of both readers are pooled, and everything learns on.

Sources: Dai and Le, 2015, "Semi-supervised Sequence Learning", arXiv:1511.01432. Howard and Ruder, 2018, "Universal
Language Model Fine-tuning for Text Classification", arXiv:1801.06146: pooling of mean, maximum and last state, lower
rates for lower layers, the new layer first.
"""

import math
from dataclasses import dataclass

import numpy as np

from lstm_course.ladder import batches, blocks, fused_lstm
from lstm_course.ladder.language_model import LanguageModel, RowAdam
from lstm_course.ladder.vectorise import Vectoriser
from lstm_course.models.quiet import tf
from lstm_course.reviews.imdb import PAD, START, UNKNOWN

PADDING = blocks.Text(mask=True)  # pads behind, batches of similar length; which words are read, the vectoriser says
NGRAM_DIMENSION = 24  # of an n-gram's vector: there are many, and each is seen seldom


@dataclass(frozen=True)
class Plan:
    """How a classifier is trained.

    Attributes:
        epochs: over the reviews.
        batch_size: reviews in an update.
        rate: Adam's for what is new; it falls to 0 over the training.
        lower: what the rate of the recurrent layers and of the word vectors is of that.
        frozen: the share of the updates at the beginning in which what is new learns alone.
        word_dropout: the share of words that are left out in training.
        dropout: the share of the pooled features that is.
    """

    epochs: int = 2
    batch_size: int = 64
    rate: float = 2e-3
    lower: float = 0.5
    frozen: float = 0.05
    word_dropout: float = 0.3
    dropout: float = 0.5


class Classifier(tf.Module):
    """A language model's readers, a vector for each frequent n-gram beside the words', pooling, and one new layer.

    Before it is trained, the n-grams change nothing: their way to the gates begins at zero.

    Args:
        model: the language model; its weights are trained on.
        vectoriser: which words of a review are read, and which n-grams are known.
    """

    def __init__(self, model: LanguageModel, vectoriser: Vectoriser):
        super().__init__()
        self.model, self.vectoriser, units = model, vectoriser, model.sizes.units
        self.kernel = tf.Variable(tf.zeros((3 * units * len(model.directions), 1)), name="kernel")
        self.bias = tf.Variable(tf.zeros((1,)), name="bias")
        self.ngrams, self.offsets = {}, np.cumsum([0, *vectoriser.sizes[1:]])
        if vectoriser.indices:
            drawn = np.random.default_rng(0).normal(0, 0.1, (self.offsets[-1], NGRAM_DIMENSION)).astype(np.float32)
            self.ngrams = {"ngrams": tf.Variable(drawn, name="ngrams")}
            for direction in model.directions:
                name = f"{direction}_ngram_kernel"
                self.ngrams[name] = tf.Variable(tf.zeros((NGRAM_DIMENSION, 4 * units)), name=name)

    def new_weights(self) -> dict[str, tf.Variable]:
        """Return the weights that the language model does not have, by name."""
        return {"kernel": self.kernel, "bias": self.bias, **self.ngrams}

    def weights(self) -> dict[str, tf.Variable]:
        """Return the weights that a classifier needs, by name: those that only predict words are left out."""
        read = {n: v for n, v in self.model.weights().items() if not n.endswith(("projection", "word_bias"))}
        return {**read, **self.new_weights()}

    def rows(self, sequences) -> list[np.ndarray]:
        """Return what is read of each review, int32 ``(words, 1 + lengths of n-grams)``, the start token first.

        Word ids beyond the language model's vocabulary are unknown.
        """
        with_start = [ids if len(ids) and ids[0] == START else [START, *ids] for ids in sequences]
        found = self.vectoriser(with_start)
        for row in found:  # only now: an n-gram with a word beyond the vocabulary still has its own vector
            row[row[:, 0] >= self.model.sizes.vocabulary, 0] = UNKNOWN
        return found

    def features(self, ids, word_dropout: float = 0.0):
        """Return mean, maximum and last state of each direction, ``(batch, 3 · units · directions)``.

        Args:
            ids: int32 ``(batch, time, columns)`` as :meth:`rows` gives them, pads behind; time has to be static.
            word_dropout: the share of words that are left out, with the n-grams that end there.
        """
        batch, time = tf.shape(ids)[0], ids.shape[1]
        lengths = tf.reduce_sum(tf.cast(ids[..., 0] != PAD, tf.int32), axis=1)
        heard = tf.cast(tf.random.uniform((time, batch, 1)) >= word_dropout, tf.float32)
        zeros = tf.zeros((batch, self.model.sizes.units))
        pooled = []
        for direction in self.model.directions:
            if direction == "backward":  # the start token stays in front, and the pads behind
                ids = tf.concat([ids[:, :1], tf.reverse_sequence(ids[:, 1:], lengths - 1, seq_axis=1)], axis=1)
            by_step = tf.transpose(ids, (1, 0, 2))
            words = by_step[..., 0]
            vectors = tf.gather(self.model.table, words) * heard
            beside = self._from_ngrams(direction, by_step[..., 1:], heard)
            states, _ = self.model.read_vectors(direction, vectors, words, (zeros, zeros), beside)
            is_word = tf.cast(words != PAD, tf.float32)[..., None]
            mean = tf.reduce_sum(states * is_word, axis=0) / tf.reduce_sum(is_word, axis=0)
            highest = tf.reduce_max(states * is_word - 2 * (1 - is_word), axis=0)
            last = tf.gather_nd(states, tf.stack([lengths - 1, tf.range(batch)], axis=1))
            pooled += [mean, highest, last]
        return tf.concat(pooled, axis=1)

    def _from_ngrams(self, direction: str, ids, heard):
        """Return what the n-grams that end at each word bring to the gates, ``(time, batch, 4 · units)``, or 0.0."""
        if not self.ngrams:
            return 0.0
        found = tf.gather(self.ngrams["ngrams"], ids + self.offsets[:-1].astype(np.int32))
        known = tf.cast(ids != 0, tf.float32)[..., None]
        vectors = tf.reduce_sum(found * known, axis=2) * heard
        return fused_lstm.product(vectors, tf.cast(self.ngrams[f"{direction}_ngram_kernel"], self.model.products))

    def log_odds(self, ids):
        """Return the log-odds of a positive review, ``(batch,)``."""
        return tf.squeeze(self.features(ids) @ self.kernel + self.bias, axis=1)


def predict(classifier: Classifier, sequences) -> np.ndarray:
    """Return the log-odds of each review, float32 ``(reviews,)``, in the order given."""
    rows = classifier.rows(sequences)
    score = tf.function(classifier.log_odds)
    log_odds = np.zeros(len(rows), np.float32)
    for chosen, ids in batches.padded(PADDING, rows, [len(row) for row in rows], 256, None):
        log_odds[chosen] = score(tf.constant(ids)).numpy()
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
    rows = classifier.rows(sequences)
    updates = plan.epochs * math.ceil(len(rows) / plan.batch_size)
    learn, update = _updater(classifier, plan), 0
    for _ in range(plan.epochs):
        losses = []
        for chosen, ids in batches.padded(PADDING, rows, [len(row) for row in rows], plan.batch_size, rng):
            update += 1
            rate = plan.rate * (1 - update / updates)
            lower = plan.lower * rate if update > plan.frozen * updates else 0.0
            rates = (tf.constant(value, tf.float32) for value in (rate, lower, update))
            losses.append(float(learn(tf.constant(ids), tf.constant(labels[chosen]), *rates)))
        if after_epoch is not None:
            after_epoch(float(np.mean(losses)))


def _updater(classifier: Classifier, plan: Plan):
    """Return a compiled function that learns from one batch and returns its loss."""
    weights = classifier.weights()
    optimiser = RowAdam(weights)
    new = classifier.new_weights()

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
