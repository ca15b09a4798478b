"""The ladder of notebook 09: recurrent networks that read whole reviews, one change at a time.

``vectorise`` turns reviews into ids of words and n-grams, ``batches`` pads them; ``layers`` holds what Keras
does not have, ``blocks`` the parts that a rung is composed of, ``rungs`` every rung and its model. ``training`` trains
one, on soft labels of ``distillation``, with the perturbations of ``adversarial`` or from the weights of
``pretraining``; ``shipped`` loads the one that comes with the course. The long runs are ``tools/ladder``; what they
measured is in ``results.json``, read by :func:`stored` and compared by ``climb``. ``voting`` averages two models.

Notebook 10 reads before it judges: ``streams`` cuts reviews into batches, ``language_model`` expects the next word with
the LSTM of ``fused_lstm``, ``reading`` trains it, ``word_counts`` is what it has to beat, ``generation`` lets it write,
``fine_tuning`` makes it a classifier. ``reading_run`` does all that at length, and ``reader`` loads what came of it.
"""

import json
from pathlib import Path

__all__ = ["RESULTS", "stored"]

RESULTS = Path(__file__).with_name("results.json")


def stored() -> dict:
    """Return the table that ``make ladder`` wrote: settings, seeds, versions, minutes and accuracies."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))
