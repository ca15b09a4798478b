"""The best model of the ladder, trained by ``tools/ladder`` and kept in the package: weights, n-grams and a card."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from lstm_course.ladder import rungs, vectorise

WEIGHTS = Path(__file__).with_name("student.npz")
CARD = Path(__file__).with_name("student.json")
FIX = "restore it with: git checkout -- lstm_course/ladder"


def save(model, vectoriser: vectorise.Vectoriser, rung: rungs.Rung, known: dict) -> None:
    """Write the weights as float16 and the n-grams as differences of their sorted keys, with a card beside them.

    Args:
        model: the trained model of ``rung``.
        vectoriser: what makes its rows.
        rung: one that :func:`rungs.rung` knows; the card has its name.
        known: what the card says besides the rung and the hash.
    """
    arrays = {f"weight_{place:02}": weight.astype(np.float16) for place, weight in enumerate(model.get_weights())}
    arrays |= {f"keys_{index.length}": np.diff(index.keys, prepend=0) for index in vectoriser.indices}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    WEIGHTS.write_bytes(packed.getvalue())
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    card = {**known, "rung": rung.name, "sha256": digest}
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def load() -> tuple:
    """Return the shipped model, its vectoriser, its rung and its card; it reads ids of ``imdb.load_data(30_000)``.

    Raises:
        ValueError: the weights are not those of the card, or a file is missing; the message says how to fix it.
    """
    for path in (WEIGHTS, CARD):
        if not path.exists():
            raise ValueError(f"lstm_course/ladder/{path.name} is missing; {FIX}")
    card, packed = json.loads(CARD.read_text(encoding="utf-8")), WEIGHTS.read_bytes()
    if hashlib.sha256(packed).hexdigest() != card["sha256"]:
        raise ValueError(f"lstm_course/ladder/{WEIGHTS.name} is not the file that {CARD.name} describes; {FIX}")
    rung = rungs.rung(card["rung"])
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        indices = tuple(
            vectorise.NgramIndex(np.cumsum(arrays[f"keys_{length}"]), length)
            for length in range(2, rung.text.ngrams + 1)
        )
        weights = [arrays[name].astype(np.float32) for name in sorted(arrays) if name.startswith("weight_")]
    vectoriser = vectorise.Vectoriser(rung.text.words, rung.text.head, indices)
    model = rungs.build(rung, vectoriser.sizes)
    model.set_weights(weights)
    return model, vectoriser, rung, card
