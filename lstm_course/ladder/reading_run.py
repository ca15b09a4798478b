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
HYBRID = "student, NB and paragraph vectors"
LEADS = [  # pairs of rows that are compared review by review
    ("fine-tuned", "from fresh weights"),
    ("fine-tuned", LINEAR),
    ("fine-tuned", BOTH),
    (TEACHER, BOTH),
    ("student", "fine-tuned"),
    ("student", TEACHER),
]
TEST_LEADS = [
    ("student", LINEAR),
    ("student", BOTH),
    (HYBRID, "student"),
    (HYBRID, BOTH),
]


def stored() -> dict:
    """Return what the long run measured."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def known_words(sequences) -> list[np.ndarray]:
    """Return the sequences with ids from the vocabulary's size on replaced by the unknown word's."""
    return [np.where(np.asarray(ids) < SIZES.vocabulary, ids, UNKNOWN).astype(np.int32) for ids in sequences]


def learned_from(reviews) -> list:
    """Return the sequences of the kept and then of the unlabelled reviews, which the long run learns from."""
    kept, _ = reviews.of(reviews.kept)
    return [*kept, *reviews.unlabelled]


def unread() -> LanguageModel:
    """Return a language model with fresh weights."""
    return LanguageModel(SIZES, np.random.default_rng(0), products=PRODUCTS)


def read(reviews, folder: Path, report=print) -> reading.Training:
    """Train the language model on the kept and the unlabelled reviews, or go on where a training stopped."""
    texts, (held, _) = known_words(learned_from(reviews)), reviews.of(reviews.held)
    training = reading.Training.new(unread(), READING)
    return reading.train(training, texts, known_words(held), READING, folder / "language model.npz", report)


def counted(reviews) -> dict:
    """Return the perplexities of count models on the words that the language model is measured on."""
    held, _ = reviews.of(reviews.held)
    words = np.concatenate(known_words(learned_from(reviews)))
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
        folder.mkdir(parents=True, exist_ok=True)
        paragraph_vectors.fit(learned_from(reviews)).save(str(path))
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
    vectoriser = vectorise.fit_vectoriser(learned_from(reviews), **TEXT)
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
    return trained(classifier_of(reviews, model), sequences, soft, FINE_TUNING, scored)


def student(start: dict, targets) -> dict:
    """Return what :func:`trained` returns of the student, with its log-odds of the held-out and of the test reviews.

    Args:
        start: what :func:`trained` returned of the fine-tuned network, from whose weights the student goes on.
        targets: soft labels of the kept and of the unlabelled reviews.
    """
    reviews = labelled.reviews()
    held, _ = reviews.of(reviews.held)
    classifier = classifier_of(reviews, unread())
    restore(classifier, start)
    scored = {"held": held, "test": reviews.test}
    return trained(classifier, learned_from(reviews), targets, DISTILLATION, scored)


def restore(classifier: fine_tuning.Classifier, kept: dict) -> None:
    """Give a classifier the weights that were kept."""
    for name, weight in classifier.weights().items():
        weight.assign(kept[f"weight {name}"])


def lead(one, other, truth) -> dict:
    """Return by how many points one model is right more often than another, and half of the paired 95 % interval."""
    differences = ((np.asarray(one) > 0) == truth) - ((np.asarray(other) > 0) == truth).astype(float)
    half = 1.96 * np.std(differences) / np.sqrt(len(differences))
    return {"points": round(100 * float(np.mean(differences)), 2), "half_width": round(100 * float(half), 2)}


def judges(reviews, training: reading.Training, runs, folder: Path) -> dict:
    """Return what every model says of the reviews, and the shares of the votes, computing what is not kept yet.

    Args:
        reviews: the published reviews.
        training: the finished one of the language model.
        runs: a :class:`~lstm_course.ladder.kept.Kept`.
        folder: of the paragraph vectors.
    """
    (_, labels), (held, truth) = reviews.of(reviews.kept), reviews.of(reviews.held)
    words = runs.once("reading linear", lambda: linear(reviews))
    inferred = {"held": held, "test": reviews.test}
    vectors = runs.once("reading paragraphs", lambda: paragraphs(reviews, folder, inferred))
    linear_share = voting.best_share(vectors["held"], words["held"], truth)
    parts = ("kept", "held", "test", "unlabelled")
    both = {part: voting.vote(vectors[part], words[part], linear_share) for part in parts}
    soft = distillation.soft_labels(labels, both["kept"], TEACHER_WEIGHT)
    start = {name: weight.numpy() for name, weight in training.model.weights().items()}
    tuned, fresh = runs.together(
        {"reading fine-tuned": (fine_tuned, start, soft), "reading fresh": (fine_tuned, {}, soft)}
    ).values()
    share = voting.best_share(tuned["held"], both["held"], truth)
    teacher = voting.vote(tuned["unlabelled"], both["unlabelled"], share)
    targets = np.concatenate([soft, expit(teacher)])
    taught = runs.together({"reading student": (student, tuned, targets)})["reading student"]
    shares = {
        "linear": linear_share,
        "teacher": share,
        "hybrid": voting.best_share(taught["held"], both["held"], truth),
    }
    found = {"words": words, "vectors": vectors, "both": both, "fresh": fresh, "tuned": tuned, "taught": taught}
    return {**found, "shares": shares}


def rows_of(reviews, found: dict) -> tuple[dict, dict]:
    """Return the log-odds of the held-out and of the test reviews, by the name of the model or of the vote."""
    words, vectors, both, taught = (found[name] for name in ("words", "vectors", "both", "taught"))

    def vote(first, second):
        """Return a vote on the held-out reviews, with shares that other films chose."""
        return voting.cross_fitted(first, second, reviews.of(reviews.held)[1], reviews.films[reviews.held])[0]

    linear_vote = vote(vectors["held"], words["held"])
    validation = {
        LINEAR: words["held"],
        PARAGRAPHS: vectors["held"],
        BOTH: linear_vote,
        "from fresh weights": found["fresh"]["held"],
        "fine-tuned": found["tuned"]["held"],
        TEACHER: vote(found["tuned"]["held"], linear_vote),
        "student": taught["held"],
        HYBRID: vote(taught["held"], linear_vote),
    }
    test = {name: part["test"] for name, part in ((LINEAR, words), (PARAGRAPHS, vectors), (BOTH, both))}
    test |= {"student": taught["test"]}
    return validation, test | {HYBRID: voting.vote(taught["test"], both["test"], found["shares"]["hybrid"])}


def run(reviews, runs, folder: Path, made: dict) -> None:
    """Do everything that is not done yet, write the stored results and the shipped weights.

    Args:
        reviews: the published reviews, as ``tools/ladder`` splits them.
        runs: a :class:`~lstm_course.ladder.kept.Kept`.
        folder: of the checkpoint and of the paragraph vectors.
        made: what the results say of how they were made.
    """
    training = read(reviews, folder)
    counts = runs.once("reading counts", lambda: counted(reviews))
    found = judges(reviews, training, runs, folder)
    (held, truth), test = reviews.of(reviews.held), reviews.test_labels
    # What is known of the test set is looked at from here on, for what the validation reviews chose.
    validation, tested = rows_of(reviews, found)
    results = {
        "made": made,
        "language_model": language_model_row(training, counts),
        "linear": {"processor_minutes": minutes(found["words"])},
        "paragraphs": {"processor_minutes": minutes(found["vectors"])},
        "fine_tuning": {
            **TEXT,
            **asdict(FINE_TUNING),
            "teacher_weight": TEACHER_WEIGHT,
            "labelled_reviews": len(reviews.kept),
            **losses_and_minutes(found["tuned"]),
        },
        "distillation": {**asdict(DISTILLATION), **losses_and_minutes(found["taught"])},
        "shares": {name: round(share, 2) for name, share in found["shares"].items()},
        "copies": {name: copies(part, reviews.unlabelled) for name, part in (("held", held), ("test", reviews.test))},
        "validation": {name: round(accuracy(row, truth), 4) for name, row in validation.items()},
        "leads": {f"{one} over {other}": lead(validation[one], validation[other], truth) for one, other in LEADS},
        "leads_on_test": {f"{one} over {other}": lead(tested[one], tested[other], test) for one, other in TEST_LEADS},
        "test": [{"name": name, "correct": right(row, test), "reviews": len(test)} for name, row in tested.items()],
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    classifier = classifier_of(reviews, training.model)
    restore(classifier, found["taught"])
    reader.save(training.model, classifier, {"made": made, "test_correct": right(tested["student"], test)})


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
        "count_perplexities": {length: round(float(counts[length]), 1) for length in ("1", "2", "3")},
    }


def losses_and_minutes(kept: dict) -> dict:
    """Return what the results say of one training of a classifier."""
    return {"losses": np.round(kept["losses"], 4).tolist(), "processor_minutes": minutes(kept)}


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
