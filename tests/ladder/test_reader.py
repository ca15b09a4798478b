"""The shipped language model and classifier: whole, of their card, of their words; and the stored results agree."""

from pathlib import Path

import numpy as np
import pytest

from lstm_course.ladder import fine_tuning, language_model, reader, reading_run, vectorise
from lstm_course.models.quiet import tf
from lstm_course.reviews import imdb

SIZES = language_model.Sizes(vocabulary=30, dimension=5, units=4)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Save a tiny model and classifier in place of the shipped ones."""
    monkeypatch.setattr(reader, "FOLDER", tmp_path)
    model = language_model.LanguageModel(SIZES, np.random.default_rng(0))
    vectoriser = vectorise.fit_vectoriser([[1, 7, 8, 9]] * 4, words=60, head=10, ngrams=3)
    tuned = fine_tuning.Classifier(language_model.LanguageModel(SIZES, np.random.default_rng(1)), vectoriser)
    tuned.kernel.assign(tf.ones((24, 1)))
    tuned.ngrams["forward_ngram_kernel"].assign(tf.ones((24, 16)))
    reader.save(model, tuned, {"made": {"note": "a test"}})
    return tuned, model


def test_what_was_saved_is_loaded(saved):
    tuned, model = saved
    texts = [[1, 7, 8, 9], [1, 9, 9]]
    expected = fine_tuning.predict(tuned, texts)
    np.testing.assert_allclose(fine_tuning.predict(reader.load_classifier(), texts), expected, atol=2e-2)
    loaded = reader.load_language_model()
    np.testing.assert_allclose(loaded.table, model.table, atol=1e-3)
    assert loaded.directions == model.directions


def test_a_file_that_is_not_the_cards_is_refused(saved):
    path = reader.FOLDER / "language_model.npz"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ValueError, match=r"is not the file that reader.json describes; restore it with: git checkout"):
        reader.load_language_model()
    (reader.FOLDER / "reader.json").unlink()
    with pytest.raises(ValueError, match=r"reader.json is missing; restore it with"):
        reader.card()


def test_weights_of_another_vocabulary_get_a_sentence(saved):
    with pytest.raises(ValueError, match=r"trained with other words.*lstm-course data --fetch.*words_by_rank"):
        reader.load_language_model([f"word{rank}" for rank in range(26)])


def test_ids_of_another_word_index_become_the_readers():
    first, second = reader.words_by_rank()[:2]
    ids = reader.ids_from({"never met": 1, second: 2, first: 3})
    assert ids.tolist() == [0, 1, 2, 3, imdb.UNKNOWN, 5, 4]


def test_the_shipped_weights_are_small_and_known():
    card = reader.card()
    assert all((reader.FOLDER / name).stat().st_size < 15e6 for name in reader.FILES.values())
    model = reader.load_language_model(reader.words_by_rank())
    assert model.sizes == reading_run.SIZES
    assert card["directions"] == ["forward", "backward"]


def test_the_shipped_language_model_expects_english():
    """After "one of the", it finds "best" likelier than "the"."""
    model = reader.load_language_model()
    rank = {word: place for place, word in enumerate(reader.words_by_rank(), start=1)}
    ids = tf.constant([[1, *(rank[word] + imdb.INDEX_FROM for word in ["one", "of", "the"])]])
    states, _ = model.read("forward", ids, model.zero_states(1)["forward"])
    scores = model.scores("forward", states[-1])[0].numpy()
    assert scores[rank["best"] + imdb.INDEX_FROM] > scores[rank["the"] + imdb.INDEX_FROM] + 3


def test_the_stored_results_are_those_of_the_shipped_weights_and_of_the_readme():
    stored, readme = reading_run.stored(), (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    correct = {row["name"]: row["correct"] for row in stored["test"]}
    assert correct["student"] == reader.card()["test_correct"]
    rows = {
        "student": "recurrent, a language model first, then fine-tuned and distilled (notebook 10)",
        reading_run.BOTH: "linear, NB-weighted n-grams and paragraph vectors: a vote, 20,000 labels",
        reading_run.HYBRID: "hybrid: that network and both linear models",
    }
    parts = ("language_model", "linear", "paragraphs", "fine_tuning", "distillation")
    spent = {part: stored[part]["processor_minutes"] for part in parts}
    for name, label in rows.items():
        minutes = spent["linear"] + spent["paragraphs"] if name == reading_run.BOTH else sum(spent.values())
        assert f"| {label} | {correct[name] / 25_000:.3f} | {minutes:.1f} |" in readme


def test_the_shipped_classifier_knows_praise_from_blame():
    classifier = reader.load_classifier(reader.words_by_rank())
    rank = {word: place for place, word in enumerate(reader.words_by_rank(), start=1)}
    texts = ["a wonderful film one of the best i have ever seen", "a terrible film one of the worst i have ever seen"]
    ids = [[1, *(rank[word] + imdb.INDEX_FROM for word in text.split())] for text in texts]
    praise, blame = fine_tuning.predict(classifier, ids)
    assert praise > 1
    assert blame < -1
