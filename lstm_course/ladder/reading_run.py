"""The long run of notebook 10: read without labels, fine-tune, distil, and open the test set once.

``tools/ladder read`` calls it; what it measures is in ``reading.json``, read by :func:`stored`. The language model does
not read the held-out reviews, so that their perplexity and their verdicts are those of new text.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from lstm_course.ladder import (
    distillation,
    fine_tuning,
    labelled,
    paragraph_vectors,
    reader,
    reading,
    streams,
    vectorise,
    voting,
    word_counts,
)
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
PARAGRAPHS = "paragraph vectors"
BOTH = "NB and paragraph vectors"
TEACHER = "fine-tuned, NB and paragraph vectors: the teacher"
HYBRID = "students, NB and paragraph vectors"
SEEDS = (0, 1, 2)  # of the students; reading and fine-tuning have one
LEADS = [  # pairs of rows that are compared review by review
    ("fine-tuned", "from fresh weights"),
    ("fine-tuned", LINEAR),
    ("fine-tuned", BOTH),
    (TEACHER, BOTH),
    ("student, seed 0", "fine-tuned"),
    ("student, seed 0", TEACHER),
]
TEST_LEADS = [
    ("student, seed 0", LINEAR),
    ("student, seed 0", BOTH),
    ("students averaged", "student, seed 0"),
    (HYBRID, "students averaged"),
    (HYBRID, BOTH),
]


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


def paragraph_model(reviews, folder: Path):
    """Return the model of paragraph vectors, learned from the kept and then the unlabelled reviews, or kept before."""
    path = folder / "paragraphs"
    if not path.exists():
        kept, _ = reviews.of(reviews.kept)
        folder.mkdir(parents=True, exist_ok=True)
        paragraph_vectors.fit([*kept, *reviews.unlabelled]).save(str(path))
    return paragraph_vectors.load(path)


def paragraphs(reviews, folder: Path, others: dict) -> dict:
    """Return the log-odds of a logistic regression on paragraph vectors.

    Args:
        reviews: the published reviews.
        folder: where the model of the vectors is kept.
        others: reviews by name, whose vectors are inferred.

    Returns:
        By name; ``"kept"`` out of fold, ``"unlabelled"``, and the others.
    """
    model, labels = paragraph_model(reviews, folder), reviews.labels[reviews.kept]
    own, unlabelled = np.split(model.dv.vectors, [len(labels)])
    regression = LogisticRegression(max_iter=1_000)
    folds = baselines.out_of_fold(regression, own, labels, reviews.films[reviews.kept])
    vectors = {"unlabelled": unlabelled} | {name: paragraph_vectors.infer(model, part) for name, part in others.items()}
    fitted = regression.fit(own, labels)
    return {"kept": folds, **{name: fitted.decision_function(part) for name, part in vectors.items()}}


def classifier_of(reviews, model: LanguageModel) -> fine_tuning.Classifier:
    """Return an untrained classifier that starts from a copy of a language model."""
    kept, _ = reviews.of(reviews.kept)
    vectoriser = vectorise.fit_vectoriser([*kept, *reviews.unlabelled], **TEXT)
    own = unread()
    for name, weight in model.weights().items():
        own.weights()[name].assign(weight)
    return fine_tuning.Classifier(own, vectoriser)


def trained(
    classifier: fine_tuning.Classifier, sequences, labels, plan: fine_tuning.Plan, scored: dict, seed=0
) -> dict:
    """Train a classifier; return its weights, the losses, and the log-odds of the sequences in ``scored``, by name."""
    losses = []
    fine_tuning.fine_tune(classifier, sequences, labels, plan, seed=seed, after_epoch=losses.append)
    arrays = {f"weight {name}": weight.numpy() for name, weight in classifier.weights().items()}
    scores = {name: fine_tuning.predict(classifier, part) for name, part in scored.items()}
    return {**arrays, "losses": losses, **scores}


def fine_tuned(start: dict, soft) -> dict:
    """Return what :func:`trained` returns of a network fine-tuned on the kept reviews' soft labels.

    Args:
        start: weights of a language model by name; none leaves the fresh ones.
        soft: the soft labels.
    """
    reviews, model = labelled.reviews(), unread()
    for name, weight in start.items():
        model.weights()[name].assign(weight)
    (sequences, _), (held, _) = reviews.of(reviews.kept), reviews.of(reviews.held)
    scored = {"held": held, "unlabelled": reviews.unlabelled} if start else {"held": held}
    return trained(classifier_of(reviews, model), sequences, soft, FINE_TUNING, scored, seed=0)


def student(seed: int, start: dict, targets) -> dict:
    """Return what :func:`trained` returns of a student, with its log-odds of the held-out and of the test reviews.

    Args:
        seed: of the order of the reviews and of what is dropped.
        start: what :func:`trained` returned of the fine-tuned network, from whose weights the student goes on.
        targets: soft labels of the kept and of the unlabelled reviews.
    """
    reviews = labelled.reviews()
    (sequences, _), (held, _) = reviews.of(reviews.kept), reviews.of(reviews.held)
    classifier = classifier_of(reviews, unread())
    restore(classifier, start)
    scored = {"held": held, "test": reviews.test}
    return trained(classifier, [*sequences, *reviews.unlabelled], targets, DISTILLATION, scored, seed)


def restore(classifier: fine_tuning.Classifier, kept: dict) -> None:
    """Give a classifier the weights that were kept."""
    for name, weight in classifier.weights().items():
        weight.assign(kept[f"weight {name}"])


def lead(one, other, truth) -> dict:
    """Return by how many points one model is right more often than another, and half of the paired 95 % interval."""
    differences = ((np.asarray(one) > 0) == truth) - ((np.asarray(other) > 0) == truth).astype(float)
    half = 1.96 * np.std(differences) / np.sqrt(len(differences))
    return {"points": round(100 * float(np.mean(differences)), 2), "half_width": round(100 * float(half), 2)}


def run(reviews, runs, folder: Path, made: dict) -> None:
    """Do everything that is not done yet, write the stored results and the shipped weights.

    Args:
        reviews: the published reviews, as ``tools/ladder`` splits them.
        runs: a :class:`~lstm_course.ladder.kept.Kept`.
        folder: of the checkpoint and of the paragraph vectors.
        made: what the results say of how they were made.
    """
    (_, labels), (held, truth), test = reviews.of(reviews.kept), reviews.of(reviews.held), reviews.test_labels
    training = read(reviews, folder)
    counts = runs.once("reading counts", lambda: counted(reviews))
    words = runs.once("reading linear", lambda: linear(reviews))
    vectors = runs.once("reading paragraphs", lambda: paragraphs(reviews, folder, {"held": held}))
    linear_share = voting.best_share(vectors["held"], words["held"], truth)
    both = {part: voting.vote(vectors[part], words[part], linear_share) for part in ("kept", "held", "unlabelled")}
    soft = distillation.soft_labels(labels, both["kept"], TEACHER_WEIGHT)
    start = {name: weight.numpy() for name, weight in training.model.weights().items()}
    tuned, fresh = runs.together(
        {"reading fine-tuned": (fine_tuned, start, soft), "reading fresh": (fine_tuned, {}, soft)}
    ).values()
    share = voting.best_share(tuned["held"], both["held"], truth)
    teacher = voting.vote(tuned["unlabelled"], both["unlabelled"], share)
    targets = np.concatenate([soft, expit(teacher)])
    students = runs.together({f"reading student {seed}": (student, seed, tuned, targets) for seed in SEEDS})
    students = list(students.values())
    mean = {part: np.mean([found[part] for found in students], axis=0) for part in ("held", "test")}
    last_share = voting.best_share(mean["held"], both["held"], truth)
    # What is known of the test set is looked at from here on, for what the validation reviews chose.
    in_test = runs.once("reading paragraphs, test", lambda: paragraphs(reviews, folder, {"test": reviews.test}))
    both["test"] = voting.vote(in_test["test"], words["test"], linear_share)

    def vote(first, second):
        """Return a vote on the held-out reviews, with shares that other films chose."""
        return voting.cross_fitted(first, second, truth, reviews.films[reviews.held])[0]

    linear_vote = vote(vectors["held"], words["held"])
    rows = {
        LINEAR: (words["held"], words["test"]),
        PARAGRAPHS: (vectors["held"], in_test["test"]),
        BOTH: (linear_vote, both["test"]),
        "from fresh weights": (fresh["held"], None),
        "fine-tuned": (tuned["held"], None),
        TEACHER: (vote(tuned["held"], linear_vote), None),
        **{
            f"student, seed {seed}": (found["held"], found["test"]) for seed, found in zip(SEEDS, students, strict=True)
        },
        "students averaged": (mean["held"], mean["test"]),
        HYBRID: (vote(mean["held"], linear_vote), voting.vote(mean["test"], both["test"], last_share)),
    }
    validation = {name: row for name, (row, _) in rows.items()}
    tested = {name: row for name, (_, row) in rows.items() if row is not None}
    results = {
        "made": made,
        "language_model": language_model_row(training, counts),
        "linear": {"processor_minutes": minutes(words)},
        "paragraphs": {"share": round(linear_share, 2), "processor_minutes": minutes(vectors)},
        "fine_tuning": {
            **TEXT,
            **asdict(FINE_TUNING),
            "teacher_weight": TEACHER_WEIGHT,
            "labelled_reviews": len(reviews.kept),
            "losses": np.round(tuned["losses"], 4).tolist(),
            "processor_minutes": minutes(tuned),
        },
        "distillation": {
            **asdict(DISTILLATION),
            "share_in_the_teacher": round(share, 2),
            "losses": [round(float(found["losses"][-1]), 4) for found in students],
            "processor_minutes": [minutes(found) for found in students],
        },
        "share_of_the_students": round(last_share, 2),
        "copies": {name: copies(part, reviews.unlabelled) for name, part in (("held", held), ("test", reviews.test))},
        "validation": {name: round(accuracy(row, truth), 4) for name, row in validation.items()},
        "leads": {f"{one} over {other}": lead(validation[one], validation[other], truth) for one, other in LEADS},
        "leads_on_test": {f"{one} over {other}": lead(tested[one], tested[other], test) for one, other in TEST_LEADS},
        "test": [{"name": name, "correct": right(row, test), "reviews": len(test)} for name, row in tested.items()],
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    classifier = classifier_of(reviews, training.model)
    restore(classifier, students[0])
    reader.save(training.model, classifier, {"made": made, "test_correct": right(students[0]["test"], test)})


def copies(some, others) -> int:
    """Return how many of some reviews stand word for word among others."""
    known = {tuple(ids) for ids in others}
    return sum(tuple(ids) in known for ids in some)


def language_model_row(training: reading.Training, counts: dict) -> dict:
    """Return what the results say of the reading."""
    return {
        **asdict(READING),
        "words": READING.updates * READING.streams * READING.steps,
        "curve": np.round(training.curve, 3).tolist(),
        "processor_minutes": round(training.processor_seconds / 60, 1),
        "count_perplexities": {length: round(float(found), 1) for length, found in counts.items() if len(length) == 1},
    }


def minutes(kept: dict) -> float:
    """Return the processor minutes of a kept computation."""
    return round(float(kept["processor"][-1]) / 60, 1)


def right(log_odds, truth) -> int:
    """Return on how many reviews' side the log-odds are."""
    return int(np.sum((np.asarray(log_odds) > 0) == truth))


def accuracy(log_odds, truth) -> float:
    """Return the share of reviews on whose side the log-odds are."""
    return right(log_odds, truth) / len(truth)


def verify(test) -> tuple[int, dict]:
    """Return how many reviews of the test split the shipped classifier judges right, and the shipped card."""
    return right(fine_tuning.predict(reader.load_classifier(), test.sequences), np.asarray(test.labels)), reader.card()
