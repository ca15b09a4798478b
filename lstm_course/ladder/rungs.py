"""The rungs: each is the one below it with one change; the Keras model of a rung is composed of its blocks."""

import dataclasses

from lstm_course.ladder.adversarial import AdversarialModel
from lstm_course.ladder.blocks import (
    LSTM,
    Bidirectional,
    BidirectionalOneHotLSTM,
    Classifier,
    Embeddings,
    Encoder,
    KernelRows,
    MinLSTM,
    Segments,
    Text,
    Training,
)
from lstm_course.models.quiet import keras


@dataclasses.dataclass(frozen=True)
class Rung:
    """One way to read reviews and to train on them.

    Attributes:
        name: a short name, unique on the ladder.
        change: what differs from the rung that it is compared with, in a few words.
        text: what is read of a review.
        embeddings: ids to vectors.
        encoder: vectors to states.
        classifier: states to a probability.
        training: batches, optimizer, labels.
    """

    name: str
    change: str
    text: Text
    embeddings: Embeddings
    encoder: Encoder
    classifier: Classifier
    training: Training

    def replace(self, name: str | None = None, change: str | None = None, **blocks):
        """Return this rung with other blocks; a dict replaces single fields of a block.

        ``rung.replace(encoder=LSTM(32), training={"epochs": 2})`` keeps all else, name and change included.
        """
        changed = {
            field: dataclasses.replace(getattr(self, field), **block) if isinstance(block, dict) else block
            for field, block in blocks.items()
        }
        return dataclasses.replace(self, name=name or self.name, change=change or self.change, **changed)


def encoder(rung: Rung, sizes: list[int]):
    """Return the Keras model of the part that reads: int32 ids ``(batch, time, columns)`` to states.

    The states are ``(batch, time, units)``, twice as many units where the encoder is bidirectional; without pooling,
    the last ones alone, ``(batch, units)``.

    Args:
        rung: what to build.
        sizes: the number of ids in each column, as ``Vectoriser.sizes`` gives them.
    """
    ids = keras.Input((rung.text.time, len(sizes)), dtype="int32")
    layer = rung.encoder(return_sequences=rung.classifier.pooling)  # first: the order of the layers fixes their seeds
    return keras.Model(ids, layer(rung.embeddings(ids, sizes), mask=rung.text.words_mask(ids)))


def build(rung: Rung, sizes: list[int], steps: int = 1):
    """Return the rung's compiled model: int32 ids ``(batch, time, columns)`` to a probability ``(batch, 1)``.

    Args:
        rung: what to build.
        sizes: the number of ids in each column, as ``Vectoriser.sizes`` gives them.
        steps: updates in the whole training; with weight averaging the learning rate falls to zero over them.
    """
    network = encoder(rung, sizes)
    ids, outputs = network.input, rung.classifier(network.output, rung.text.words_mask(network.input))
    kind = AdversarialModel if rung.training.adversarial else keras.Model
    model = kind(ids, outputs, name=rung.name.replace(" ", "_"))
    if rung.training.adversarial:
        model.relative_norm = rung.training.adversarial
    optimizer = rung.training.optimizer(steps)
    model.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model


SOURCE = Rung(
    "source script",
    "the source script: the last 100 words, batch 32, both dropouts",
    Text(words=100),
    Embeddings(128),
    LSTM(64, dropout=0.2, recurrent_dropout=0.2),
    Classifier(),
    Training(batch_size=32, learning_rate=1e-3, epochs=3),
)
SMALL = SOURCE.replace(
    "smaller and faster",
    "neither dropout, batches of 64, embedding dimension 48, 32 units, Adam at 2e-3",
    embeddings=Embeddings(48),
    encoder=LSTM(32),
    training={"batch_size": 64, "learning_rate": 2e-3},
)
LONG = SMALL.replace("400 words", "400 words, a quarter from the beginning", text={"words": 400, "head": 100})
MASK = LONG.replace("mask", "pads masked, reviews of similar length together", text={"mask": True})
POOLING = MASK.replace("pooling", "mean and maximum over all states", classifier={"pooling": True})
SEGMENTS = POOLING.replace("segments", "segments of 50 words, read side by side", encoder=Segments(LSTM(32), steps=50))
BIDIRECTIONAL = SEGMENTS.replace(
    "bidirectional",
    "a second LSTM reads from the end to the beginning",
    encoder=Segments(Bidirectional(LSTM(32)), steps=50),
)
WORD_DROPOUT = BIDIRECTIONAL.replace(
    "word dropout",
    "30 % of the words dropped, half of the pooled features",
    embeddings={"word_dropout": 0.3},
    classifier={"dropout": 0.5},
)
WEIGHT_AVERAGING = WORD_DROPOUT.replace(
    "weight averaging",
    "exponential moving average of the weights (EMA), falling learning rate",
    training={"ema_momentum": 0.99},
)
BIGRAMS = WEIGHT_AVERAGING.replace("bigrams", "a vector for each bigram", text={"ngrams": 2})
TRIGRAMS = BIGRAMS.replace("trigrams", "a vector for each trigram", text={"ngrams": 3})
SOFT_LABELS = TRIGRAMS.replace(
    "soft labels",
    "70 % of each label from a linear model's out-of-fold predictions, four epochs",
    training={"teacher_weight": 0.7, "epochs": 4},
)
ADVERSARIAL = SOFT_LABELS.replace(
    "adversarial",
    "adversarial perturbations, 2 % of the norm of a review's vectors, eight epochs",
    training={"adversarial": 0.02, "epochs": 8},
)

#: From the source script upwards; each rung is the one before it with one change.
LADDER = (
    SOURCE,
    SMALL,
    LONG,
    MASK,
    POOLING,
    SEGMENTS,
    BIDIRECTIONAL,
    WORD_DROPOUT,
    WEIGHT_AVERAGING,
    BIGRAMS,
    TRIGRAMS,
    SOFT_LABELS,
    ADVERSARIAL,
)
#: Not a rung but a relative, compared with "bigrams".
COUSIN = BIGRAMS.replace(
    "minLSTM", "a gated cell without a loop", encoder=Segments(Bidirectional(MinLSTM(32)), steps=50)
)
#: Changes to the rung with soft labels that were tried, each by itself.
TRIED = (
    SOFT_LABELS.replace("a thousand words", "1,000 words in place of 400", text={"words": 1_000, "head": 250}),
    SOFT_LABELS.replace(
        "embedding dropout",
        "embedding dropout: 30 % of the entries of all vectors left out",
        embeddings={"embedding_dropout": 0.3},
    ),
    SOFT_LABELS.replace("eight epochs", "eight epochs in place of four, no perturbations", training={"epochs": 8}),
    SOFT_LABELS.replace(
        "one-hot LSTM",
        "words, bigrams and trigrams go one-hot into the gates, without embeddings",
        embeddings=KernelRows(8 * 32, 8 * 32, word_dropout=0.3),
        encoder=Segments(BidirectionalOneHotLSTM(32), steps=50),
    ),
    SOFT_LABELS.replace(
        "weight decay",
        "weights that shrink at every update (AdamW, 0.5)",
        training={"weight_decay": 0.5},
    ),
)
#: The student, distilled on the labelled and the unlabelled reviews; its weights come with the course.
STUDENT = TRIGRAMS.replace(
    "student",
    "soft labels for the unlabelled reviews from a linear model, two epochs",
    embeddings={"word_dropout": 0.2},
    training={"epochs": 2},
)
#: The network that reads without labels first, and has more room for what it learns there.
PRETRAINED = SOFT_LABELS.replace(
    "pretrained",
    "vectors and states learned from the unlabelled reviews first",
    embeddings={"dimension": 96, "ngram_dimension": 32},
    encoder=Segments(Bidirectional(LSTM(64)), steps=50),
    training={"learning_rate": 1e-3, "epochs": 3},
)


def rung(name: str) -> Rung:
    """Return the rung of this name.

    Raises:
        ValueError: no rung has it; the message lists those there are.
    """
    known = {each.name: each for each in (*LADDER, COUSIN, *TRIED, STUDENT, PRETRAINED)}
    if name not in known:
        raise ValueError(f"no rung is called {name!r}; there are {', '.join(map(repr, known))}")
    return known[name]
