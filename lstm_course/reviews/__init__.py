"""The film reviews: ``imdb`` loads them, ``synthetic_reviews`` makes some up, ``baselines`` judges without a network.

On their way in they pass four stages, each of which calls only the next: ``find`` (which source), ``read`` (an archive
or a folder into texts), ``encode`` (words into ranks and ids), ``keep`` (the prepared copy).
"""

__all__ = ["baselines", "imdb", "synthetic_reviews"]
