"""How much to compute: the whole course, or a version that keeps a workshop moving.

``LSTM_COURSE_PROFILE`` chooses. Both profiles run the same code; only the sizes differ. ``full`` is the default, and
the stored outputs of the notebooks come from it.
"""

import os
from dataclasses import dataclass

VARIABLE = "LSTM_COURSE_PROFILE"


@dataclass(frozen=True)
class Profile:
    """The sizes that a profile sets.

    Attributes:
        name: ``"full"`` or ``"workshop"``.
        reviews: how many training reviews, and as many test reviews, a Keras model is given.
        source_epochs: epochs of the source script.
        seeds: how many seeds a comparison of trained models repeats over.
        draws: how many random networks a NumPy measurement averages over.
    """

    name: str
    reviews: int
    source_epochs: int
    seeds: int
    draws: int


PROFILES = {
    "full": Profile("full", reviews=25_000, source_epochs=10, seeds=5, draws=200),
    "workshop": Profile("workshop", reviews=5_000, source_epochs=4, seeds=3, draws=40),
}


def current() -> Profile:
    """Return the profile that the environment variable ``LSTM_COURSE_PROFILE`` names; ``full`` when it is unset.

    Raises:
        ValueError: the variable names no profile.
    """
    name = os.environ.get(VARIABLE, "").strip() or "full"
    if name not in PROFILES:
        known = ", ".join(sorted(PROFILES))
        raise ValueError(
            f"{VARIABLE} is set to {name!r}, and there is no such profile. Choose one of: {known}. "
            f"For example: export {VARIABLE}=workshop"
        )
    return PROFILES[name]
