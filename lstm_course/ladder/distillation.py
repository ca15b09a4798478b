"""Knowledge distillation: a linear teacher's probabilities become soft labels of the network, the student.

A *soft label* is a label with doubts: 0.8, where the critic's stars say 1. The teacher has to be honest about reviews
that have a label, so it is asked about those of films that it was not fitted on: its out-of-fold predictions.

Source: Hinton, Vinyals and Dean, 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.
"""

import numpy as np
from scipy.special import expit

from lstm_course.reviews import baselines


def as_tokens(sequences) -> list[list[str]]:
    """Return ids as the linear models take them, one token each."""
    return [[str(word) for word in ids] for ids in sequences]


def out_of_fold(sequences, labels, films) -> np.ndarray:
    """Return the log-odds, float64 ``(reviews,)``, that a linear teacher gives reviews whose films it has not seen.

    The teacher is the NB-weighted model on words, bigrams and trigrams.

    Args:
        sequences: lists of word ids.
        labels: one a review, 0 or 1.
        films: one a review, of five films at least.

    Raises:
        ValueError: there are fewer than five films.
    """
    counts, _ = baselines.count_ngrams(as_tokens(sequences), [], longest=3)
    return baselines.out_of_fold(baselines.nb_weighted(), counts, labels, films)


def soft_labels(labels, log_odds, teacher_weight: float) -> np.ndarray:
    """Return the weighted mean of each label and its teacher's probability, float32 ``(reviews,)``.

    Args:
        labels: 0 or 1.
        log_odds: the teacher's, of the same reviews; :func:`out_of_fold` gives them.
        teacher_weight: the teacher's share, from 0 to 1.
    """
    return ((1 - teacher_weight) * np.asarray(labels) + teacher_weight * expit(log_odds)).astype(np.float32)
