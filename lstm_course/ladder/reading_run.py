"""The long run of notebook 10: read without labels, fine-tune, distil, and open the test set once.

``tools/ladder read`` calls it; what it measures is in ``reading.json``, read by :func:`stored`. The language model does
not read the held-out reviews, so that their perplexity and their verdicts are those of new text.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.special import expit

from lstm_course.ladder import distillation, fine_tuning, reader, reading, streams, vectorise, voting, word_counts
from lstm_course.ladder.language_model import LanguageModel, Sizes
from lstm_course.reviews import baselines
from lstm_course.reviews.imdb import UNKNOWN

RESULTS = Path(__file__).with_name("reading.json")
SIZES = Sizes(vocabulary=20_000, dimension=128, units=256)
PRODUCTS = "bfloat16"
READING = reading.Plan(updates=9_000, rounds=2, streams=128, every=500)
TEXT = {"words": 400, "head": 100, "ngrams": 3, "most": 50_000}  # what the classifier reads of a review
FINE_TUNING = fine_tuning.Plan(epochs=2)
DISTILLATION = fine_tuning.Plan(epochs=1, batch_size=128, frozen=0.0, word_dropout=0.2)
TEACHER_WEIGHT = 0.7  # the linear teacher's share in a soft label, as on the ladder
LINEAR = "NB-weighted words, bigrams, trigrams"
TEACHER = "fine-tuned and NB, the teacher"


def stored() -> dict:
    """Return what the long run measured."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def known_words(sequences) -> list[np.ndarray]:
    """Return the sequences with ids from the vocabulary's size on replaced by the unknown word's."""
    return [np.where(np.asarray(ids) < SIZES.vocabulary, ids, UNKNOWN).astype(np.int32) for ids in sequences]


def unread() -> LanguageModel:
    """Return a language model with fresh weights."""
    return LanguageModel(SIZES, np.random.default_rng(0), products=PRODUCTS)


def read(reviews, folder: Path, report=print) -> reading.Training:
    """Train the language model on the kept and the unlabelled reviews, or go on where a training stopped."""
    kept, _ = reviews.of(reviews.kept)
    held, _ = reviews.of(reviews.held)
    training = reading.Training.new(unread(), READING)
    texts = known_words([*kept, *reviews.unlabelled])
    return reading.train(training, texts, known_words(held), READING, folder / "language model.npz", report)


def counted(reviews) -> dict:
    """Return the perplexities of count models on the words that the language model is measured on."""
    kept, _ = reviews.of(reviews.kept)
    held, _ = reviews.of(reviews.held)
    words = np.concatenate(known_words([*kept, *reviews.unlabelled]))
    rows = streams.streams(known_words(held), READING.streams, seed=0)[:, : reading.HELD_BATCHES * READING.steps + 1]
    found = {}
    for length in (1, 2, 3):
        model = word_counts.NgramModel.fit(words, length, SIZES.vocabulary)
        found[f"{length}"] = word_counts.perplexity(np.concatenate([model.probabilities(row)[1:] for row in rows]))
    return found


def linear(reviews) -> dict:
    """Return a linear model's log-odds: out of fold for the kept reviews, and of all that it was not fitted on."""
    (sequences, labels), (held, _) = reviews.of(reviews.kept), reviews.of(reviews.held)
    others = distillation.as_tokens([*held, *reviews.test, *reviews.unlabelled])
    counts, other_counts = baselines.count_ngrams(distillation.as_tokens(sequences), others, longest=3)
    folds = baselines.out_of_fold(baselines.nb_weighted(), counts, labels, reviews.films[reviews.kept])
    scores = baselines.nb_weighted().fit(counts, labels).decision_function(other_counts)
    ends = np.cumsum([len(held), len(reviews.test)])
    return {"kept": folds, **dict(zip(("held", "test", "unlabelled"), np.split(scores, ends), strict=True))}


def classifier_of(reviews, model: LanguageModel) -> fine_tuning.Classifier:
    """Return an untrained classifier that starts from a copy of a language model."""
    kept, _ = reviews.of(reviews.kept)
    vectoriser = vectorise.fit_vectoriser([*kept, *reviews.unlabelled], **TEXT)
    own = unread()
    for name, weight in model.weights().items():
        own.weights()[name].assign(weight)
    return fine_tuning.Classifier(own, vectoriser)


def trained(classifier: fine_tuning.Classifier, sequences, labels, plan: fine_tuning.Plan, scored: dict) -> dict:
    """Train a classifier; return its weights, the losses, and the log-odds of the sequences in ``scored``, by name."""
    losses = []
    fine_tuning.fine_tune(classifier, sequences, labels, plan, seed=0, after_epoch=losses.append)
    arrays = {f"weight {name}": weight.numpy() for name, weight in classifier.weights().items()}
    scores = {name: fine_tuning.predict(classifier, part) for name, part in scored.items()}
    return {**arrays, "losses": losses, **scores}


def restore(classifier: fine_tuning.Classifier, kept: dict) -> None:
    """Give a classifier the weights that were kept."""
    for name, weight in classifier.weights().items():
        weight.assign(kept[f"weight {name}"])


def lead(one, other, truth) -> dict:
    """Return by how many points one model is right more often than another, and half of the paired 95 % interval."""
    differences = ((np.asarray(one) > 0) == truth) - ((np.asarray(other) > 0) == truth).astype(float)
    half = 1.96 * np.std(differences) / np.sqrt(len(differences))
    return {"points": round(100 * float(np.mean(differences)), 2), "half_width": round(100 * float(half), 2)}


def run(reviews, once, folder: Path, made: dict) -> None:
    """Do everything that is not done yet, write the stored results and the shipped weights.

    Args:
        reviews: the published reviews, as ``tools/ladder`` splits them.
        once: ``once(name, compute)`` keeps the arrays of a finished computation.
        folder: of the checkpoint.
        made: what the results say of how they were made.
    """
    training = read(reviews, folder)
    counts = once("reading counts", lambda: counted(reviews))
    scores = once("reading linear", lambda: linear(reviews))
    (sequences, labels), (held, truth) = reviews.of(reviews.kept), reviews.of(reviews.held)
    soft = distillation.soft_labels(labels, scores["kept"], TEACHER_WEIGHT)
    classifier, own = classifier_of(reviews, training.model), {"held": held}
    tuned = once(
        "reading fine-tuned",
        lambda: trained(classifier, sequences, soft, FINE_TUNING, {**own, "unlabelled": reviews.unlabelled}),
    )
    restore(classifier, tuned)
    chosen = once("reading teacher", lambda: {"share": voting.best_share(tuned["held"], scores["held"], truth)})
    share = float(chosen["share"])
    teacher = voting.vote(tuned["unlabelled"], scores["unlabelled"], share)
    texts, targets = [*sequences, *reviews.unlabelled], np.concatenate([soft, expit(teacher)])
    student = once("reading student", lambda: trained(classifier, texts, targets, DISTILLATION, own))
    restore(classifier, student)
    # The test set is opened here, once, for what the validation reviews chose.
    test = once("reading test", lambda: {"student": fine_tuning.predict(classifier, reviews.test)})
    share_of_student = voting.best_share(student["held"], scores["held"], truth)
    rows = {
        LINEAR: (scores["held"], scores["test"]),
        "fine-tuned": (tuned["held"], None),
        TEACHER: (voting.vote(tuned["held"], scores["held"], share), None),
        "student": (student["held"], test["student"]),
        "student and NB": (
            voting.vote(student["held"], scores["held"], share_of_student),
            voting.vote(test["student"], scores["test"], share_of_student),
        ),
    }
    correct = {name: right(row, reviews.test_labels) for name, (_, row) in rows.items() if row is not None}
    results = {
        "made": made,
        "language_model": language_model_row(training, counts),
        "linear": {"processor_minutes": round(float(scores["processor"][-1]) / 60, 1)},
        "fine_tuning": {
            **TEXT,
            **asdict(FINE_TUNING),
            "teacher_weight": TEACHER_WEIGHT,
            "labelled_reviews": len(reviews.kept),
            **losses_and_minutes(tuned),
        },
        "distillation": {
            **asdict(DISTILLATION),
            "share_in_the_teacher": round(share, 2),
            **losses_and_minutes(student),
        },
        "validation": {name: round(accuracy(row, truth), 4) for name, (row, _) in rows.items()},
        "leads": {
            "fine-tuned over NB": lead(tuned["held"], scores["held"], truth),
            "student over fine-tuned": lead(student["held"], tuned["held"], truth),
            "student over teacher": lead(student["held"], rows[TEACHER][0], truth),
            "student over NB, test": lead(test["student"], scores["test"], reviews.test_labels),
            "student and NB over student, test": lead(rows["student and NB"][1], test["student"], reviews.test_labels),
        },
        "share_of_the_student": round(share_of_student, 2),
        "test": [{"name": name, "correct": found, "reviews": len(reviews.test)} for name, found in correct.items()],
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    reader.save(training.model, classifier, {"made": made, "test_correct": correct["student"]})


def language_model_row(training: reading.Training, counts: dict) -> dict:
    """Return what the results say of the reading."""
    return {
        **asdict(READING),
        "words": READING.updates * READING.streams * READING.steps,
        "curve": np.round(training.curve, 3).tolist(),
        "processor_minutes": round(training.processor_seconds / 60, 1),
        "count_perplexities": {length: round(float(found), 1) for length, found in counts.items() if len(length) == 1},
    }


def losses_and_minutes(kept: dict) -> dict:
    """Return what the results say of one training of a classifier."""
    return {
        "losses": np.round(kept["losses"], 4).tolist(),
        "processor_minutes": round(float(kept["processor"][-1]) / 60, 1),
    }


def right(log_odds, truth) -> int:
    """Return on how many reviews' side the log-odds are."""
    return int(np.sum((np.asarray(log_odds) > 0) == truth))


def accuracy(log_odds, truth) -> float:
    """Return the share of reviews on whose side the log-odds are."""
    return right(log_odds, truth) / len(truth)


def verify(test) -> tuple[int, dict]:
    """Return how many reviews of the test split the shipped classifier judges right, and the shipped card."""
    return right(fine_tuning.predict(reader.load_classifier(), test.sequences), np.asarray(test.labels)), reader.card()
