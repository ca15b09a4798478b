"""The language model and the classifier that ``tools/ladder read`` trained, as they come with the course."""

import hashlib
import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from lstm_course.ladder import fine_tuning, language_model
from lstm_course.ladder.vectorise import NgramIndex, Vectoriser
from lstm_course.models import weights as shipped_models
from lstm_course.reviews import imdb

FOLDER = Path(__file__).parent
FILES = {"language model": "language_model.npz", "classifier": "classifier.npz"}
CARD = "reader.json"
FIX = "restore it with: git checkout -- lstm_course/ladder"


def words_by_rank() -> list[str]:
    """Return the words that both know, the commonest first; the ids are those of ``imdb.load_data(20_000)``."""
    return shipped_models.files("source")["txt"].decode("utf-8").split("\n")[:-1]


def ids_from(word_index: dict[str, int]) -> np.ndarray:
    """Return the reader's id for each id of another word index, int32 ``(ids,)``; the unknown word's where it has none.

    ``ids_from(data.word_index)[ids]`` are the ids that the shipped weights understand, whichever reviews were loaded.

    Args:
        word_index: rank of each word, 1 for the commonest, as ``imdb.load_data`` returns it.
    """
    own = {word: rank for rank, word in enumerate(words_by_rank(), start=1)}
    found = np.full(max(word_index.values(), default=0) + imdb.INDEX_FROM + 1, imdb.UNKNOWN, np.int32)
    found[: imdb.INDEX_FROM + 1] = np.arange(imdb.INDEX_FROM + 1)
    for word, rank in word_index.items():
        if word in own:
            found[rank + imdb.INDEX_FROM] = own[word] + imdb.INDEX_FROM
    return found


def vocabulary_hash(words: list[str]) -> str:
    """Return the SHA-256 of words in their order."""
    return hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()


def save(model: language_model.LanguageModel, classifier: fine_tuning.Classifier | None, known: dict) -> None:
    """Write the weights as float16, with a card beside them.

    Args:
        model: the language model as it was before fine-tuning.
        classifier: fine-tuned from it; None where there is none yet.
        known: what the card says besides sizes, vocabulary and hashes.
    """
    hashes = {}
    for which, module in (("language model", model), ("classifier", classifier)):
        if module is not None:
            packed = io.BytesIO()
            arrays = {name: weight.numpy().astype(np.float16) for name, weight in module.weights().items()}
            if module is classifier:
                arrays |= {f"keys_{index.length}": index.keys for index in classifier.vectoriser.indices}
            np.savez_compressed(packed, **arrays)
            (FOLDER / FILES[which]).write_bytes(packed.getvalue())
            hashes[which] = hashlib.sha256(packed.getvalue()).hexdigest()
    written = {
        **known,
        "sizes": asdict(model.sizes),
        "directions": list(model.directions),
        **({} if classifier is None else {"words": classifier.vectoriser.words, "head": classifier.vectoriser.head}),
        "words_sha256": vocabulary_hash(words_by_rank()),
        "sha256": hashes,
    }
    (FOLDER / CARD).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def card() -> dict:
    """Return what is known of the shipped weights: how they were made, and what they measured.

    Raises:
        ValueError: the card is missing.
    """
    if not (FOLDER / CARD).exists():
        raise ValueError(f"lstm_course/ladder/{CARD} is missing; {FIX}")
    return json.loads((FOLDER / CARD).read_text(encoding="utf-8"))


def load_language_model(words: list[str] | None = None) -> language_model.LanguageModel:
    """Return the shipped language model, forward and backward.

    Args:
        words: the caller's words by rank, to be compared with those that the weights were trained on; None trusts.

    Raises:
        ValueError: the weights are not those of the card, or were trained on other words; the message says what to do.
    """
    return _load("language model", words)


def load_classifier(words: list[str] | None = None) -> fine_tuning.Classifier:
    """Return the shipped classifier; arguments and errors are those of :func:`load_language_model`."""
    return _load("classifier", words)


def _load(which: str, words):
    known, path = card(), FOLDER / FILES[which]
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != known["sha256"].get(which):
        raise ValueError(f"lstm_course/ladder/{path.name} is not the file that {CARD} describes; {FIX}")
    sizes = language_model.Sizes(**known["sizes"])
    if words is not None and vocabulary_hash(list(words)[: sizes.vocabulary - 4]) != known["words_sha256"]:
        raise ValueError(
            "these weights were trained with other words: an id would stand for another word than it did then. "
            "Load the published reviews (lstm-course data --fetch), or use reader.words_by_rank()"
        )
    model = language_model.LanguageModel(sizes, np.random.default_rng(0), known["directions"])
    with np.load(path, allow_pickle=False) as arrays:
        found = model
        if which == "classifier":
            indices = (NgramIndex(arrays[name], int(name[-1])) for name in sorted(arrays) if name.startswith("keys_"))
            found = fine_tuning.Classifier(model, Vectoriser(known["words"], known["head"], tuple(indices)))
        for name, weight in found.weights().items():
            weight.assign(arrays[name].astype(np.float32))
    return found
