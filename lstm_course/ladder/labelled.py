"""The trainings of the ladder that do not depend on one another: a rung, from one seed, on labelled reviews.

On a cluster each training has a process of its own, which reads the published reviews from where ``LSTM_COURSE_DATA``
says; what travels is the name of a rung, a seed, and the teacher's log-odds.
"""

import functools

import numpy as np

from lstm_course.ladder import distillation, rungs, training, vectorise
from lstm_course.reviews import imdb, splits

RUNG_REVIEWS = 10_000  # so that three seeds of every rung fit into half an hour
HELD_OUT = 5_000


class Reviews:
    """The published reviews, split once for all trainings.

    Raises:
        ValueError: they are not here, or without the unlabelled ones.
    """

    def __init__(self):
        data = imdb.load_data(vectorise.VOCABULARY, unlabelled=True)
        if not data.source.published or data.unlabelled is None:
            raise ValueError(
                "the ladder needs the published reviews with the unlabelled ones: "
                "set LSTM_COURSE_DATA to aclImdb_v1.tar.gz, or run lstm-course data --fetch"
            )
        self.sequences, self.labels = data.train.sequences, np.asarray(data.train.labels)
        self.films = np.asarray(data.train.movies)
        self.test, self.test_labels = data.test.sequences, np.asarray(data.test.labels)
        self.unlabelled = list(data.unlabelled.sequences)
        self.kept, self.held = splits.split_by_film(data.train.movies, HELD_OUT, seed=0)
        self.part = np.random.default_rng(0).permutation(self.kept)[:RUNG_REVIEWS]  # what the rungs are trained on

    def of(self, indices):
        """Return the sequences and labels of some training reviews."""
        return [self.sequences[index] for index in indices], self.labels[indices]


@functools.cache
def reviews() -> Reviews:
    """Return the reviews, read once a process."""
    return Reviews()


def climb(name: str, seed: int, teacher) -> dict:
    """Train the rung of this name on a part of the reviews; score the held-out ones after each epoch.

    Args:
        name: of the rung.
        seed: of the training.
        teacher: arrays of :func:`teachers` for that part, whose seconds are part of the price; None for plain labels.
    """
    rung, own = rungs.rung(name), reviews()
    soft = with_soft_labels(own.part, rung, teacher)
    trained = training.train(rung, *soft, seed=seed, validation=own.of(own.held))
    return {
        "seconds": trained.seconds,
        "processor": np.add(trained.processor_seconds, 0.0 if teacher is None else teacher["processor"][-1]),
        "accuracies": trained.accuracies,
        "parameters": trained.model.count_params(),
    }


def teachers(indices) -> dict:
    """Return the linear teacher's out-of-fold log-odds of some training reviews."""
    own = reviews()
    return {"log_odds": distillation.out_of_fold(*own.of(indices), own.films[indices])}


def with_soft_labels(indices, rung: rungs.Rung, teacher):
    """Return some training reviews, and labels: soft ones where there is a teacher and the rung gives it a weight."""
    sequences, labels = reviews().of(indices)
    if teacher is None or not rung.training.teacher_weight:
        return sequences, labels
    return sequences, distillation.soft_labels(labels, teacher["log_odds"], rung.training.teacher_weight)


def fitted(rung: rungs.Rung, sequences, labels, scored, seed: int) -> dict:
    """Train a rung; return processor seconds up to each epoch, and the log-odds of the sequences in ``scored``."""
    trained = training.train(rung, sequences, labels, seed=seed)
    found = training.predict(rung, trained.model, trained.vectoriser(scored))
    return {"processor": trained.processor_seconds, "log_odds": found}


def log_odds(name: str, seed: int, indices, teacher, split: str) -> dict:
    """Train a rung on labelled reviews with a teacher; return its log-odds of the ``"held"`` or ``"test"`` reviews."""
    rung, own = rungs.rung(name), reviews()
    scored = own.test if split == "test" else own.of(own.held)[0]
    return fitted(rung, *with_soft_labels(indices, rung, teacher), scored, seed)
