"""The film reviews: ``imdb`` loads them, ``splits`` holds some out, ``baselines`` judges them without a network.

Where there are none, ``synthetic_reviews`` makes some up. On their way in they pass four stages, each of which calls
only the next: ``find`` (which source), ``read`` (an archive or a folder into texts), ``encode`` (words into ranks and
ids), ``keep`` (the prepared copy).
"""

__all__ = ["baselines", "imdb", "splits", "synthetic_reviews"]
