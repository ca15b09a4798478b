"""The long run of notebook 10: read without labels, fine-tune, judge by films held out, and open the test set once.

``tools/ladder read`` calls it; what it measures is in ``reading.json``, read by :func:`stored`. The language model does
not read the held-out reviews, so that their perplexity and their verdicts are those of new text.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from lstm_course.ladder import distillation, fine_tuning, reader, reading, streams, word_counts
from lstm_course.ladder.language_model import DIRECTIONS, LanguageModel, Sizes
from lstm_course.reviews import baselines
from lstm_course.reviews.imdb import UNKNOWN

RESULTS = Path(__file__).with_name("reading.json")
SIZES = Sizes(vocabulary=20_000, dimension=128, units=256, products="bfloat16")
READING = reading.Plan(updates=6_000, streams=128, every=500)
FINE_TUNING = fine_tuning.Plan(epochs=1, words=250, head=60)  # the rate starts anew with every epoch
EPOCHS = 1
TEACHER_WEIGHT = 0.7  # the linear teacher's share in a soft label, as on the ladder


def stored() -> dict:
    """Return what the long run measured."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def known_words(sequences) -> list[np.ndarray]:
    """Return the sequences with ids from the vocabulary's size on replaced by the unknown word's."""
    return [np.where(np.asarray(ids) < SIZES.vocabulary, ids, UNKNOWN).astype(np.int32) for ids in sequences]


def read(reviews, folder: Path, report=print) -> reading.Training:
    """Train the language model on the kept and the unlabelled reviews, or go on where a training stopped."""
    kept, _ = reviews.of(reviews.kept)
    held, _ = reviews.of(reviews.held)
    training = reading.Training.new(SIZES, READING, DIRECTIONS, seed=0)
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
    """Return the log-odds of a linear model: out of fold for the kept reviews, and for held-out and test reviews."""
    (sequences, labels), (held, _) = reviews.of(reviews.kept), reviews.of(reviews.held)
    others = distillation.as_tokens([*held, *reviews.test])
    counts, other_counts = baselines.count_ngrams(distillation.as_tokens(sequences), others, longest=2)
    folds = baselines.out_of_fold(baselines.nb_weighted(), counts, labels, reviews.films[reviews.kept])
    scores = baselines.nb_weighted().fit(counts, labels).decision_function(other_counts)
    return {"kept": folds, "held": scores[: len(held)], "test": scores[len(held) :]}


def fine_tuned(reviews, classifier: fine_tuning.Classifier, log_odds, *, seed: int) -> dict:
    """Fine-tune for an epoch on soft labels of the kept reviews; return weights, and log-odds of the held-out ones."""
    sequences, labels = reviews.of(reviews.kept)
    soft, losses = distillation.soft_labels(labels, log_odds, TEACHER_WEIGHT), []
    fine_tuning.fine_tune(classifier, sequences, soft, FINE_TUNING, seed=seed, after_epoch=losses.append)
    held, _ = reviews.of(reviews.held)
    arrays = {f"weight {name}": weight.numpy() for name, weight in classifier.weights().items()}
    return {**arrays, "losses": losses, "held": fine_tuning.predict(classifier, held, FINE_TUNING)}


def fine_tune(reviews, once, model: LanguageModel, log_odds) -> tuple[fine_tuning.Classifier, list[dict]]:
    """Return a classifier after the epoch that the held-out reviews choose, and what was kept of every epoch."""
    own = LanguageModel(SIZES, np.random.default_rng(0))
    for name, weight in model.weights().items():
        own.weights()[name].assign(weight)
    classifier, epochs = fine_tuning.Classifier(own), []
    for epoch in range(EPOCHS):
        epochs.append(
            once(
                f"reading fine-tuned, epoch {epoch + 1}",
                lambda epoch=epoch: fine_tuned(reviews, classifier, log_odds, seed=epoch),
            )
        )
        restore(classifier, epochs[-1])
    truth = reviews.labels[reviews.held]
    restore(classifier, max(epochs, key=lambda kept: accuracy(kept["held"], truth)))
    return classifier, epochs


def restore(classifier: fine_tuning.Classifier, kept: dict) -> None:
    """Give a classifier the weights that were kept."""
    for name, weight in classifier.weights().items():
        weight.assign(kept[f"weight {name}"])


def best_vote(one, other, truth) -> tuple[float, float]:
    """Return the share of ``one`` in the vote with ``other`` that is right most often, and how often it is."""
    shares = np.linspace(0, 1, 21)
    accuracies = [np.mean((share * one + (1 - share) * other > 0) == truth) for share in shares]
    best = int(np.argmax(accuracies))
    return float(shares[best]), float(accuracies[best])


def run(reviews, once, folder: Path, made: dict) -> None:
    """Do everything that is not done yet, write the stored results and the shipped weights.

    Args:
        reviews: the published reviews, as ``tools/ladder`` splits them.
        once: ``once(name, compute)`` keeps the arrays of a finished computation.
        folder: of the checkpoint.
        made: what the results say of how they were made.
    """
    training = read(reviews, folder)
    reader.save(training.model, None, {"made": made})
    counts = once("reading counts", lambda: counted(reviews))
    scores = once("reading linear", lambda: linear(reviews))
    classifier, epochs = fine_tune(reviews, once, training.model, scores["kept"])
    truth = reviews.labels[reviews.held]
    by_epoch = [accuracy(kept["held"], truth) for kept in epochs]
    tuned = epochs[int(np.argmax(by_epoch))]
    unread = fine_tuning.Classifier(LanguageModel(SIZES, np.random.default_rng(0)))
    fresh = once("reading from fresh weights", lambda: fine_tuned(reviews, unread, scores["kept"], seed=0))
    share, voted = best_vote(tuned["held"], scores["held"], truth)
    validation = {
        "NB-weighted words and bigrams": accuracy(scores["held"], truth),
        "fine-tuned": accuracy(tuned["held"], truth),
        "fine-tuned and NB": voted,
    }
    # The test set is opened here, once, for what the validation reviews chose.
    test = once("reading test", lambda: {"log_odds": fine_tuning.predict(classifier, reviews.test, FINE_TUNING)})
    vote = share * test["log_odds"] + (1 - share) * scores["test"]
    rows = {
        "NB-weighted words and bigrams": scores["test"],
        "fine-tuned": test["log_odds"],
        "fine-tuned and NB": vote,
    }
    correct = {name: int(np.sum((row > 0) == reviews.test_labels)) for name, row in rows.items()}
    results = {
        "made": made,
        "language_model": {
            **asdict(READING),
            "stopped_after": training.update,
            "words": training.update * READING.streams * READING.steps,
            "curve": np.round(training.curve, 3).tolist(),
            "processor_minutes": round(training.processor_seconds / 60, 1),
            "count_perplexities": {
                length: round(float(found), 1) for length, found in counts.items() if len(length) == 1
            },
        },
        "fine_tuning": {
            **asdict(FINE_TUNING),
            "teacher_weight": TEACHER_WEIGHT,
            "labelled_reviews": len(reviews.kept),
            "epochs": int(np.argmax(by_epoch)) + 1,
            "losses": [round(float(kept["losses"][0]), 4) for kept in epochs],
            "accuracies": np.round(by_epoch, 4).tolist(),
            "accuracy_of_the_first_epoch_from_fresh_weights": round(accuracy(fresh["held"], truth), 4),
            "processor_minutes": [round(float(kept["processor"][-1]) / 60, 1) for kept in epochs],
        },
        "validation": {name: round(float(value), 4) for name, value in validation.items()},
        "share_of_the_network": round(share, 2),
        "test": [{"name": name, "correct": found, "reviews": len(reviews.test)} for name, found in correct.items()],
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    reader.save(training.model, classifier, {"made": made, "test_correct": correct["fine-tuned"]})


def accuracy(log_odds, truth) -> float:
    """Return the share of reviews on whose side the log-odds are."""
    return float(np.mean((np.asarray(log_odds) > 0) == truth))


def verify(test) -> tuple[int, dict]:
    """Return how many reviews of the test split the shipped classifier judges right, and the shipped card."""
    scores = fine_tuning.predict(reader.load_classifier(), test.sequences, FINE_TUNING)
    return int(np.sum((scores > 0) == np.asarray(test.labels))), reader.card()
