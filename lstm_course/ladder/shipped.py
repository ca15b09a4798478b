"""The best model of the ladder, trained by ``tools/ladder`` and kept in the package: weights, n-grams and a card."""

import dataclasses
import hashlib
import io
import json
from pathlib import Path

import numpy as np

from lstm_course.ladder import reading, rungs

WEIGHTS = Path(__file__).with_name("student.npz")
CARD = Path(__file__).with_name("student.json")
MENDS = "restore it with: git checkout -- lstm_course/ladder"


def save(model, reader: reading.Reader, rung: rungs.Rung, known: dict) -> None:
    """Write the weights as float16 and the n-grams as differences of their sorted keys, with a card beside them.

    Args:
        model: the trained model of ``rung``.
        reader: how it reads.
        rung: what it is.
        known: what the card says besides the rung and the hash.
    """
    arrays = {
        f"weight_{place:02}": weight.astype(np.float16) for place, weight in enumerate(model.get_weights())
    }
    arrays |= {f"keys_{index.length}": np.diff(index.keys, prepend=0) for index in reader.indices}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    WEIGHTS.write_bytes(packed.getvalue())
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    card = {**known, "rung": dataclasses.asdict(rung), "sha256": digest}
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def load() -> tuple:
    """Return the shipped model, its reader, its rung and its card; it reads ids of ``imdb.load_data(30_000)``.

    Raises:
        ValueError: the weights are not those of the card, or a file is missing; the message says what mends it.
    """
    for path in (WEIGHTS, CARD):
        if not path.exists():
            raise ValueError(f"lstm_course/ladder/{path.name} is missing; {MENDS}")
    card, packed = json.loads(CARD.read_text(encoding="utf-8")), WEIGHTS.read_bytes()
    if hashlib.sha256(packed).hexdigest() != card["sha256"]:
        raise ValueError(
            f"lstm_course/ladder/{WEIGHTS.name} is not the file that {CARD.name} describes; {MENDS}"
        )
    rung = rungs.Rung(**card["rung"])
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        indices = tuple(
            reading.NgramIndex(np.cumsum(arrays[f"keys_{length}"]), length)
            for length in range(2, rung.ngrams + 1)
        )
        weights = [arrays[name].astype(np.float32) for name in sorted(arrays) if name.startswith("weight_")]
    reader = reading.Reader(rung.words, rung.head, indices)
    model = rungs.build(rung, reader.sizes)
    model.set_weights(weights)
    return model, reader, rung, card
