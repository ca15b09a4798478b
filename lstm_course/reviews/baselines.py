"""Linear models on bags of words: what every sequence model of reviews has to beat.

A document is a list of tokens. ``count_ngrams`` counts once, and the three models share its matrices::

    counts_train, counts_test = count_ngrams(train_tokens, test_tokens, longest=2)
    model = nb_weighted().fit(counts_train, y_train)
    accuracy = model.score(counts_test, y_test)

The strength of regularisation ``C`` of each model was chosen on the last 5,000 of the 25,000 training reviews.
"""

import numpy as np
from scipy.stats import binomtest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer
from sklearn.utils.validation import check_is_fitted


def count_ngrams(train: list[list[str]], test: list[list[str]], *, longest: int):
    """Count n-grams; the vocabulary is the training documents'.

    Args:
        train: the training documents, each a list of tokens.
        test: the test documents, each a list of tokens.
        longest: the longest n-gram: 1 for words, 2 for words and bigrams.

    Returns:
        Two sparse matrices of int64, ``(documents, n-grams)``.

    Raises:
        ValueError: ``longest`` is below 1.
    """
    if longest < 1:
        raise ValueError(f"longest is {longest}; an n-gram has at least one word, so pass 1 or more")
    counter = CountVectorizer(tokenizer=list, token_pattern=None, lowercase=False, ngram_range=(1, longest))
    return counter.fit_transform(train), counter.transform(test)


class NBWeights(TransformerMixin, BaseEstimator):
    """Scale each n-gram's column by its naive Bayes log-count ratio.

    With the n-gram counts ``p`` over the positive and ``q`` over the negative documents, each with 1 added,
    ``r = log((p / |p|) / (q / |q|))`` is how much seeing the n-gram speaks for a positive document.

    Source: Wang and Manning, 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL.
    """

    def fit(self, counts, labels):
        """Compute the ratio from ``counts`` ``(documents, n-grams)`` and ``labels`` in {0, 1}."""
        labels = np.asarray(labels)
        positive = 1.0 + np.asarray(counts[labels == 1].sum(axis=0)).ravel()
        negative = 1.0 + np.asarray(counts[labels == 0].sum(axis=0)).ravel()
        self.log_ratio_ = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
        return self

    def transform(self, counts):
        """Return ``counts`` with every column multiplied by its ratio."""
        check_is_fitted(self)
        return counts.multiply(self.log_ratio_).tocsr()


def unigrams() -> Pipeline:
    """Return a logistic regression on which words occur; fit it on word counts."""
    return make_pipeline(Binarizer(), LogisticRegression(C=0.1, solver="liblinear"))


def tfidf() -> Pipeline:
    """Return a logistic regression on TF-IDF weights with logarithmic term counts; fit it on n-gram counts."""
    return make_pipeline(TfidfTransformer(sublinear_tf=True), LogisticRegression(C=30.0, solver="liblinear"))


def nb_weighted() -> Pipeline:
    """Return a logistic regression on NB-weighted n-gram occurrence; fit it on n-gram counts."""
    return make_pipeline(Binarizer(), NBWeights(), LogisticRegression(C=0.1, solver="liblinear"))


def out_of_fold(model, counts, labels, groups, *, folds: int = 5) -> np.ndarray:
    """Return the log-odds of each document from a copy of ``model`` that saw no document of its group.

    The groups are dealt to ``folds`` parts; each part is scored by a model fitted on the others. What it says of a
    document can be trusted as its word on a new one can: a model with more weights than documents says of those it was
    fitted on little more than their labels.

    Source: Stone, 1974, "Cross-Validatory Choice and Assessment of Statistical Predictions", JRSS B 36(2).

    Args:
        model: one of this module's models, not fitted; it stays so.
        counts: ``(documents, n-grams)`` of :func:`count_ngrams`.
        labels: one a document, 0 or 1.
        groups: one name a document, such as its film.
        folds: the number of parts; at least 2, and at most the number of groups.

    Returns:
        float64 ``(documents,)``.

    Raises:
        ValueError: there are fewer groups than ``folds``.
    """
    names = len(np.unique(groups))
    if not 2 <= folds <= names:
        raise ValueError(f"folds is {folds} and there are {names} groups: need 2 <= folds <= groups")
    parts = GroupKFold(folds, shuffle=True, random_state=0)
    return cross_val_predict(model, counts, labels, groups=groups, cv=parts, method="decision_function")


def accuracy_interval(correct: int, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of an accuracy of ``correct`` right answers out of ``count``.

    Raises:
        ValueError: ``count`` is below 1, or ``correct`` is not between 0 and ``count``.
    """
    if count < 1 or not 0 <= correct <= count:
        raise ValueError(f"correct={correct} of count={count}: need count of at least 1 and 0 <= correct <= count")
    interval = binomtest(int(correct), int(count)).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
