"""The ladder of notebook 09: recurrent networks that read whole reviews, one change at a time.

``reading`` turns reviews into ids of words and n-grams, ``layers`` holds what Keras does not have, ``rungs`` names
every change and builds its model, ``training`` trains one, ``pretraining`` learns from reviews without labels. The long
runs are ``tools/ladder``; what they measured lies in ``results.json``, read by :func:`stored`.
"""

import json
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


def stored() -> dict:
    """Return the table that ``make ladder`` wrote: settings, seeds, versions, minutes and accuracies."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))
