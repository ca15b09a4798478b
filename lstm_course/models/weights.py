"""Trained models that come with the course, so that a notebook can look inside one at once and offline.

``"source"`` is the source script's model, trained on the published reviews; ``"built-in"`` a narrow one, trained on
the built-in corpus. ``tools/weights`` trained both. Each is three files in ``shipped/``: ``.npz`` holds the
weights as float16 (no pickles), ``.txt`` the words by rank, one a line, and ``.json`` the card: what was trained
on what, its accuracies and the SHA-256 of the other two. The bag of words of :mod:`lstm_course.models.bag` and the
SimpleRNN of :mod:`lstm_course.models.rnn` use the words of the source model, and so have one file less.
"""

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from lstm_course import models
from lstm_course.reviews import imdb

# Beside the card:
FILES = {"source": ("npz", "txt"), "built-in": ("npz", "txt"), "bag-of-words": ("npz",), "simple-rnn": ("npz",)}
FOLDER = Path(__file__).parent / "shipped"
BUILDERS = {"source": models.source_lstm, "built-in": models.lean_lstm}
NAMES = tuple(BUILDERS)
_ARRAYS = ("embeddings", "kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias")  # Keras's order


def card(name: str) -> dict:
    """Return what is known of a shipped model: its reviews, epoch, accuracies, versions, sizes and hashes.

    Raises:
        ValueError: there is no such model, or its card is damaged.
        FileNotFoundError: the card is missing.
    """
    if name not in FILES:
        raise ValueError(f"name: there are no weights {name!r}; there are {', '.join(map(repr, FILES))}")
    content = _read(name, "json")
    try:
        known = json.loads(content)
        known["words"], *(known["sha256"][ending] for ending in FILES[name])
    except (ValueError, KeyError, TypeError):
        raise ValueError(_damaged(name, "json", "it is not the JSON card of a model")) from None
    return known


def load(name: str = "source") -> tuple:
    """Return a trained, compiled Keras model and the word index that its ids come from.

    Both files are read once and compared with the hashes on the card before anything in them is used. The weights
    are float32, rounded to float16.

    Args:
        name: ``"source"`` or ``"built-in"``.

    Returns:
        The model, which takes ids ``(batch, time)`` and returns probabilities ``(batch, 1)``; and a dict from word to
        rank, 1 for the commonest, for ``imdb.encode(text, word_index)``.

    Raises:
        ValueError: there is no such model, or a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    arrays, word_index = load_arrays(name)
    model = BUILDERS[name](len(arrays[0]))
    model.build((None, None))
    model.set_weights(arrays)
    return model, word_index


def load_arrays(name: str) -> tuple[list[np.ndarray], dict[str, int]]:
    """Return a model's weights in Keras's order, float32, and its word index, without Keras.

    Raises:
        ValueError: there is no such model, or a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    if name not in NAMES:
        raise ValueError(f"name: there is no Keras model {name!r}; there are {' and '.join(map(repr, NAMES))}")
    content = files(name)
    with np.load(io.BytesIO(content["npz"]), allow_pickle=False) as arrays:
        found = [arrays[array].astype(np.float32) for array in _ARRAYS]
    words = content["txt"].decode("utf-8").split("\n")[:-1]
    return found, {word: rank for rank, word in enumerate(words, start=1)}


def files(name: str) -> dict[str, bytes]:
    """Return the contents of a shipped model's files by their endings, which are those that its card states.

    Raises:
        ValueError: there is no such model, or a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    known = card(name)
    content = {ending: _read(name, ending) for ending in FILES[name]}
    for ending, found in content.items():
        if hashlib.sha256(found).hexdigest() != known["sha256"][ending]:
            raise ValueError(_damaged(name, ending, f"its SHA-256 is not the one that {name}.json states"))
    return content


def save(name: str, model, words: list[str], known: dict) -> None:
    """Write the three files of a model; ``known`` is what its card says besides sizes and hashes."""
    packed = io.BytesIO()
    halves = (weight.astype(np.float16) for weight in model.get_weights())
    np.savez_compressed(packed, **dict(zip(_ARRAYS, halves, strict=True)))
    # The words that have an id of their own in this vocabulary, and no more.
    kept = words[: model.layers[0].input_dim - 1 - imdb.INDEX_FROM]
    content = {"npz": packed.getvalue(), "txt": "".join(word + "\n" for word in kept).encode("utf-8")}
    write(name, content, known | {"vocabulary": model.layers[0].input_dim, "words": len(kept)})


def write(name: str, content: dict[str, bytes], known: dict) -> None:
    """Write files by their endings, and the card, which is what is known and their hashes."""
    FOLDER.mkdir(exist_ok=True)
    known = known | {"sha256": {ending: hashlib.sha256(found).hexdigest() for ending, found in content.items()}}
    card_text = (json.dumps(known, indent=2) + "\n").encode("utf-8")
    for ending, found in {**content, "json": card_text}.items():
        _path(name, ending).write_bytes(found)


def _path(name: str, ending: str) -> Path:
    return FOLDER / f"{name}.{ending}"


def _read(name: str, ending: str) -> bytes:
    path = _path(name, ending)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is missing. {_remedy(name, ending)}") from None
    except OSError as error:
        raise ValueError(_damaged(name, ending, f"it cannot be read ({error.strerror})")) from error


def _damaged(name: str, ending: str, what: str) -> str:
    return f"{_path(name, ending)} is not the file that the course ships: {what}. {_remedy(name, ending)}"


def _remedy(name: str, ending: str) -> str:
    return (
        f"Get it back, in the course's folder, with: git checkout -- lstm_course/models/shipped/{name}.{ending} "
        f"(or train the model again: python tools/weights {name})"
    )
