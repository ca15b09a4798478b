"""Paragraph vectors: a vector for each review, learned by predicting the words, bigrams and trigrams that occur in it.

No label is needed, and no order is kept beyond the n-grams. A logistic regression on the vectors is a teacher that
errs on other reviews than one on NB-weighted counts.

Sources: Le and Mikolov, 2014, "Distributed Representations of Sentences and Documents", arXiv:1405.4053, where it is
called PV-DBOW; Li et al., 2016, "Learning Document Embeddings by Predicting N-grams for Sentiment Classification of
Long Movie Reviews", arXiv:1512.08183; gensim's ``Doc2Vec``, https://radimrehurek.com/gensim/models/doc2vec.html.
"""

import numpy as np

from lstm_course.reviews.imdb import UNKNOWN

DIMENSION = 300
EPOCHS = 15


def tokens(ids) -> list[str]:
    """Return a review's words, bigrams and trigrams, one string each, without start token and pads."""
    words = [str(word) for word in ids if word >= UNKNOWN]
    return ["_".join(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words) - length + 1)]


def fit(sequences):
    """Return a ``gensim`` ``Doc2Vec`` of reviews; ``model.dv.vectors`` is float32 ``(reviews, DIMENSION)``.

    Two threads write to the same vectors without waiting for one another, so two runs differ slightly.

    Raises:
        ModuleNotFoundError: gensim is not installed; it comes with the extra ``test``.
    """
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument

    rng, documents = np.random.default_rng(0), []
    for place, ids in enumerate(sequences):
        found = tokens(ids)
        rng.shuffle(found)  # the rate falls while a review is read
        documents.append(TaggedDocument(found, [place]))
    settings = {"dm": 0, "vector_size": DIMENSION, "negative": 5, "sample": 1e-4, "min_count": 8, "window": 1}
    model = Doc2Vec(**settings, epochs=EPOCHS, alpha=0.05, min_alpha=0.001, workers=2)
    model.build_vocab(documents)
    model.train(documents, total_examples=model.corpus_count, epochs=EPOCHS)
    return model


def load(path):
    """Return what :func:`fit` returned and ``save`` wrote."""
    from gensim.models.doc2vec import Doc2Vec

    return Doc2Vec.load(str(path))


def infer(model, sequences) -> np.ndarray:
    """Return vectors of reviews that the model was not fitted on, float32 ``(reviews, DIMENSION)``."""
    return np.array([model.infer_vector(tokens(ids), epochs=EPOCHS) for ids in sequences])
