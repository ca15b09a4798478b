"""The shipped weights: what their cards say, that they are whole, and that damage is named."""

import hashlib
import json

import numpy as np
import pytest

from lstm_course import interpret, models
from lstm_course.models import weights
from lstm_course.reviews import imdb

PRAISE = "A brilliant, moving film with wonderful actors. I loved every minute of it."
COMPLAINT = "A dull and stupid film, the worst I have seen in years. A complete waste of time."


@pytest.fixture(scope="module", params=weights.NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def shipped(name):
    return weights.load(name)


def test_the_files_are_those_of_the_card(name):
    card = weights.card(name)
    for ending, digest in card["sha256"].items():
        assert hashlib.sha256((weights.FOLDER / f"{name}.{ending}").read_bytes()).hexdigest() == digest
    assert card["training_reviews"] + card["validation_reviews"] == 25_000
    assert card["epoch"] <= card["epochs_tried"]
    assert card["seed"] in card["seeds_tried"]
    assert {"tensorflow", "keras", "numpy"} <= set(card["versions"])


def test_they_are_small_and_all_that_is_shipped():
    files = list(weights.FOLDER.iterdir())
    assert {file.name for file in files} == {
        f"{name}.{ending}" for name, endings in weights.FILES.items() for ending in (*endings, "json")
    }
    assert sum(file.stat().st_size for file in files) <= 12e6


def test_words_and_ids_fit_the_model(name, shipped):
    model, word_index = shipped
    vocabulary = weights.card(name)["vocabulary"]
    assert model.layers[0].input_dim == vocabulary
    assert len(word_index) == weights.card(name)["words"] == vocabulary - 1 - imdb.INDEX_FROM
    assert sorted(word_index.values()) == list(range(1, len(word_index) + 1))
    words = list(word_index)
    assert not any(" " in word for word in words)
    assert imdb.tokenize(" ".join(words[:500])) == words[:500]


def test_the_commonest_words_are_the_data_sets():
    _, word_index = weights.load("source")
    assert list(word_index)[:7] == ["the", "and", "a", "of", "to", "is", "br"]


def test_it_is_the_courses_model_ready_to_be_evaluated(name, shipped):
    model, _ = shipped
    assert model.name == weights.BUILDERS[name]().name == weights.card(name)["model"]
    assert np.isfinite(model.evaluate(np.ones((2, 100), int), np.array([0, 1]), verbose=0)).all()


def test_praise_scores_above_complaint(shipped):
    model, word_index = shipped
    assert models.score(model, PRAISE, word_index) > 0.8
    assert models.score(model, COMPLAINT, word_index) < 0.2


def test_the_weights_are_what_float16_can_hold(shipped):
    model, _ = shipped
    for weight in model.get_weights():
        assert weight.dtype == np.float32
        np.testing.assert_array_equal(weight, weight.astype(np.float16))
        assert np.isfinite(weight).all()


def test_float16_is_exact_enough(shipped):
    """Move every weight to the edge of what rounds to it: further from float32 weights it cannot have been."""
    model, word_index = shipped
    rows = np.stack([interpret.read(text, word_index).row for text in (PRAISE, COMPLAINT, "It is not good.")])
    before = model.predict(rows, verbose=0)
    kept = model.get_weights()
    rng = np.random.default_rng(0)
    for _ in range(5):
        moved = [w + rng.uniform(-0.5, 0.5, w.shape) * np.spacing(w.astype(np.float16)).astype(float) for w in kept]
        model.set_weights(moved)
        assert np.abs(model.predict(rows, verbose=0) - before).max() < 0.01
    model.set_weights(kept)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    for file in weights.FOLDER.glob("built-in.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    return tmp_path


MENDED_BY = r"git checkout -- lstm_course/models/shipped/built-in\.{}.*python tools/weights built-in"


@pytest.mark.parametrize("ending", ["npz", "txt", "json"])
def test_a_missing_file(copied, ending):
    (copied / f"built-in.{ending}").unlink()
    with pytest.raises(FileNotFoundError, match=rf"built-in\.{ending} is missing.*{MENDED_BY.format(ending)}"):
        weights.load("built-in")


@pytest.mark.parametrize("ending", ["npz", "txt"])
@pytest.mark.parametrize("damage", [lambda found: found[:-1], lambda found: b"", lambda found: found + b"\n"])
def test_a_file_that_is_not_the_cards(copied, ending, damage):
    path = copied / f"built-in.{ending}"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=rf"built-in\.{ending} is not the file.*SHA-256.*{MENDED_BY.format(ending)}"):
        weights.load("built-in")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"sha256": {}}', b'{"sha256": 3}'])
def test_a_damaged_card(copied, content):
    (copied / "built-in.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"built-in\.json is not the file.*not the JSON card"):
        weights.load("built-in")


def test_no_pickle_is_opened_even_with_the_right_hash(copied):
    np.savez(copied / "built-in.npz", embeddings=np.array([{}], dtype=object))
    card = json.loads((copied / "built-in.json").read_text())
    card["sha256"]["npz"] = hashlib.sha256((copied / "built-in.npz").read_bytes()).hexdigest()
    (copied / "built-in.json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match="pickle"):
        weights.load("built-in")


def test_weights_that_do_not_exist():
    with pytest.raises(ValueError, match="no Keras model 'sorce'; there are 'source' and 'built-in'"):
        weights.load("sorce")
    with pytest.raises(ValueError, match="no weights 'sorce'; there are 'source', 'built-in', 'bag-of-words'"):
        weights.card("sorce")


def test_what_is_saved_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    model = models.lean_lstm(10)
    model.build((None, None))
    weights.save("built-in", model, [f"word{rank}" for rank in range(50)], {"note": 1})
    loaded, word_index = weights.load("built-in")
    assert word_index == {f"word{rank}": rank + 1 for rank in range(6)}
    assert weights.card("built-in")["note"] == 1
    rows = np.arange(20).reshape(2, 10) % 10
    np.testing.assert_allclose(loaded.predict(rows, verbose=0), model.predict(rows, verbose=0), atol=2e-3)
