"""The rungs: what each changes, why, and the Keras model that it describes."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Rung:
    """One way to read reviews and train on them.

    Attributes:
        name: a short name, unique on the ladder.
        change: what differs from the rung that it is compared with, in a few words.
        words: the most words read of a review.
        head: how many of them come from its beginning.
        mask: leave out the pads; they then stand behind the words, in batches of similar length. Without a mask every
            review is padded in front to ``words``, as the source script has it.
        cell: "lstm", "minlstm" or "one-hot lstm"; the last one reads both directions, and ``embedding`` and
            ``ngram_embedding`` are 8 · ``units``: what the four gates of each direction are given.
        embedding: numbers for each word.
        units: the size of the state, in each direction.
        dropout: the LSTM's own dropout of its inputs.
        recurrent_dropout: the LSTM's own dropout of its state.
        bidirectional: read backwards as well.
        segment: chop a review into segments of so many words; 0 reads it whole.
        pooling: "last", the state after the last word, or "mean and max" over all words.
        word_dropout: the share of words, and of n-grams, whose vector is left out in training.
        embedding_dropout: the share of the numbers of every vector that is left out in training.
        ngrams: the longest n-gram that has a vector of its own, joined to that of the word it ends at.
        ngram_embedding: numbers for each n-gram; there are many, and each is seen seldom.
        pooled_dropout: dropout before the last layer.
        taught: the share of each training label that a linear model gives, one that has not seen the review.
        adversarial: how far the vectors of a review are pushed against it in training, as a share of their length.
        averaged: momentum of the weights' moving average that is scored in place of the last weights; 0 for none.
        weight_decay: the share of each weight, times the learning rate, that every update takes off.
        batch_size: reviews in an update.
        learning_rate: Adam's.
        epochs: passes over the training reviews.
    """

    name: str
    change: str
    words: int = 100
    head: int = 0
    mask: bool = False
    cell: str = "lstm"
    embedding: int = 128
    units: int = 64
    dropout: float = 0.2
    recurrent_dropout: float = 0.2
    bidirectional: bool = False
    segment: int = 0
    pooling: str = "last"
    word_dropout: float = 0.0
    embedding_dropout: float = 0.0
    ngrams: int = 1
    ngram_embedding: int = 16
    pooled_dropout: float = 0.0
    taught: float = 0.0
    adversarial: float = 0.0
    averaged: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 32
    learning_rate: float = 1e-3
    epochs: int = 3


def _cell(rung: Rung):
    """Return the layer that reads, in both directions where the rung does."""
    from lstm_course.ladder.layers import KernelFreeCell, MinLSTM
    from lstm_course.models.quiet import keras

    many = rung.pooling != "last"
    backward = None  # Bidirectional copies the layer
    if rung.cell == "minlstm":
        layer = MinLSTM(rung.units, return_sequences=many)
    elif rung.cell == "one-hot lstm":
        layer, backward = (
            keras.layers.RNN(KernelFreeCell(rung.units, part), return_sequences=many, go_backwards=part == 1)
            for part in range(2)
        )
    else:
        layer = keras.layers.LSTM(
            rung.units,
            dropout=rung.dropout,
            recurrent_dropout=rung.recurrent_dropout,
            return_sequences=many,
        )
    return keras.layers.Bidirectional(layer, backward_layer=backward) if rung.bidirectional else layer


def _embed(ids, rung: Rung, sizes: list[int]):
    """Return the vectors ``(batch, time, features)`` of the words, with those of their n-grams beside them."""
    from lstm_course.models.quiet import keras

    vectors = [keras.layers.Embedding(sizes[0], rung.embedding, name="words")(ids[..., 0])]
    for column, size in enumerate(sizes[1:], start=1):
        found = keras.ops.cast(ids[..., column] != 0, "float32")[..., None]
        table = keras.layers.Embedding(size, rung.ngram_embedding, name=f"ngrams_{column + 1}")
        vectors.append(table(ids[..., column]) * found)
    if rung.word_dropout:
        # One draw for a whole vector: a word is there or it is not.
        vectors = [keras.layers.Dropout(rung.word_dropout, noise_shape=(None, None, 1))(v) for v in vectors]
    if rung.cell == "one-hot lstm":
        joined = sum(vectors)  # rows of a kernel for each column
    else:
        joined = vectors[0] if len(vectors) == 1 else keras.layers.Concatenate()(vectors)
    return keras.layers.Dropout(rung.embedding_dropout, name="vectors")(joined)


def states(rung: Rung, sizes: list[int]):
    """Return the part of the rung's model that reads: int32 ids ``(batch, time, columns)`` to states.

    The states are ``(batch, time, units)``, twice as many units where both directions are read; of a rung that does
    not pool, the last ones alone, ``(batch, units)``.

    Args:
        rung: what to build.
        sizes: the number of ids in each column, as ``Reader.sizes`` gives them.
    """
    from lstm_course.ladder.layers import InSegments
    from lstm_course.models.quiet import keras

    ids = keras.Input((rung.words if not rung.mask else None, len(sizes)), dtype="int32")
    reader = _cell(rung)
    if rung.segment:
        reader = InSegments(reader, rung.segment)
    return keras.Model(ids, reader(_embed(ids, rung, sizes), mask=_mask(rung, ids)))


def _mask(rung: Rung, ids):
    return ids[..., 0] != 0 if rung.mask else None


def build(rung: Rung, sizes: list[int], steps: int = 1):
    """Return the rung's compiled model: int32 ids ``(batch, time, columns)`` to a probability ``(batch, 1)``.

    Args:
        rung: what to build.
        sizes: the number of ids in each column, as ``Reader.sizes`` gives them.
        steps: updates in the whole training; the learning rate of an averaged model falls to zero over them.
    """
    from lstm_course.ladder.adversarial import Adversarial
    from lstm_course.ladder.layers import MeanAndMax
    from lstm_course.models.quiet import keras

    network = states(rung, sizes)
    ids, features = network.input, network.output
    if rung.pooling != "last":
        features = MeanAndMax()(features, _mask(rung, ids))
    features = keras.layers.Dropout(rung.pooled_dropout)(features)
    outputs = keras.layers.Dense(1, activation="sigmoid")(features)
    kind = Adversarial if rung.adversarial else keras.Model
    model = kind(ids, outputs, name=rung.name.replace(" ", "_"))
    if rung.adversarial:
        model.push = rung.adversarial
    rate = rung.learning_rate
    average = {}
    if rung.averaged:
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
        average = {"use_ema": True, "ema_momentum": rung.averaged}
    optimizer = keras.optimizers.AdamW(rate, weight_decay=rung.weight_decay, **average)
    model.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model


SOURCE = Rung("source script", "the source script: the last 100 words, batch 32, both dropouts")
_SMALL = replace(
    SOURCE,
    name="smaller and faster",
    change="neither dropout, batches of 64, 48 numbers a word, 32 units, Adam at 2e-3",
    embedding=48,
    units=32,
    dropout=0.0,
    recurrent_dropout=0.0,
    batch_size=64,
    learning_rate=2e-3,
)
_LONG = replace(
    _SMALL, name="400 words", change="400 words, a quarter from the beginning", words=400, head=100
)
_MASK = replace(_LONG, name="mask", change="pads masked, reviews of similar length together", mask=True)
_POOL = replace(_MASK, name="pooling", change="mean and maximum over all states", pooling="mean and max")
_SEGMENTS = replace(_POOL, name="segments", change="segments of 50 words, read side by side", segment=50)
_BOTH = replace(_SEGMENTS, name="both directions", change="read backwards as well", bidirectional=True)
_WORD_DROPOUT = replace(
    _BOTH,
    name="dropout of words",
    change="30 % of the words left out, half of the pooled features",
    word_dropout=0.3,
    pooled_dropout=0.5,
)
_AVERAGED = replace(
    _WORD_DROPOUT,
    name="averaged weights",
    change="moving average of the weights, falling rate",
    averaged=0.99,
)
_PAIRS = replace(_AVERAGED, name="pairs", change="a vector for each pair of words", ngrams=2)
_TRIPLES = replace(_PAIRS, name="triples", change="a vector for each triple of words", ngrams=3)
_DOUBTS = replace(
    _TRIPLES,
    name="doubts",
    change="70 % of each label from a linear model that has not seen the review, four passes",
    taught=0.7,
    epochs=4,
)
_ADVERSARIAL = replace(
    _DOUBTS,
    name="adversarial",
    change="vectors pushed against each review by 2 % of their length, eight passes",
    adversarial=0.02,
    epochs=8,
)
_MINLSTM = replace(_PAIRS, name="minLSTM", change="a gated cell without a loop", cell="minlstm")


def _tried(name: str, change: str, **changes) -> Rung:
    return replace(_DOUBTS, name=name, change=change, **changes)


#: From the source script upwards; each rung is the one before it with one change.
LADDER = (
    SOURCE,
    _SMALL,
    _LONG,
    _MASK,
    _POOL,
    _SEGMENTS,
    _BOTH,
    _WORD_DROPOUT,
    _AVERAGED,
    _PAIRS,
    _TRIPLES,
    _DOUBTS,
    _ADVERSARIAL,
)
#: Not a rung but a relative, compared with "pairs".
COUSIN = _MINLSTM
#: The network that reads without labels first, and has more room for what it learns there.
PRETRAINED = replace(
    _DOUBTS,
    name="pretrained",
    change="vectors and states learned from the unlabelled reviews first",
    embedding=96,
    ngram_embedding=32,
    units=64,
    learning_rate=1e-3,
    epochs=3,
)
#: Changes to the rung with doubts that were tried, each by itself.
TRIED = (
    _tried("a thousand words", "1,000 words in place of 400", words=1_000, head=250),
    _tried("dropout of numbers", "30 % of the numbers of each vector left out", embedding_dropout=0.3),
    _tried("eight passes", "eight passes in place of four, nothing pushed", epochs=8),
    _tried(
        "one-hot",
        "words, pairs and triples straight into the gates",
        cell="one-hot lstm",
        embedding=256,
        ngram_embedding=256,
    ),
    _tried("weight decay", "weights that shrink at every update (AdamW, 0.5)", weight_decay=0.5),
)


def rung(name: str) -> Rung:
    """Return the rung of this name.

    Raises:
        ValueError: no rung has it; the message lists those there are.
    """
    for candidate in (*LADDER, COUSIN, *TRIED):
        if candidate.name == name:
            return candidate
    names = ", ".join(repr(candidate.name) for candidate in (*LADDER, COUSIN, *TRIED))
    raise ValueError(f"no rung is called {name!r}; there are {names}")
