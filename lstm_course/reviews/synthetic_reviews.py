"""Invented film reviews from a seeded grammar: the offline corpus, and the proof that word order matters.

The grammar, where ``|`` is a choice and ``*`` is any number::

    review   ::= (filler opinion)* tail
    opinion  ::= direct | negated | contrast
    direct   ::= "The plot was" GOOD                                      (says good)
    negated  ::= "The plot was not" BAD                                   (says good)
    contrast ::= "I expected something" BAD "but I got something" GOOD    (says good)
               | "I got something" GOOD "but I expected something" BAD    (says good as well)
    filler   ::= sentence*
    tail     ::= filler of `distance` words

Swap GOOD and BAD for an opinion that says bad. Every opinion ends on an evidence word (one of `EVIDENCE_WORDS`),
filler holds none, and a word is what stands between white space: `distance` is the number of words after the last
evidence word. Opinions of both kinds may meet in one review: its text says what most of them say, without ties.

Chance is one half, because the labels are balanced. Who counts the opinions of a whole review is right about every
text; of the reviews that `generate` writes, a share of `LABEL_NOISE` carries the opposite label. So the best
accuracy to be had is ``1 - LABEL_NOISE`` there, and 1 on `twins`, whose labels have no noise.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np

from lstm_course.reviews import review_words as words

LABEL_NOISE = 0.05
"""Chance that a review of `generate` carries the opposite of the label that its text deserves."""

MAX_DISTANCE = 500
"""The largest number of words that may be asked for between the last evidence word and the end of a review."""

POSITIVE_WORDS = frozenset(words.GOOD_ADJECTIVES + words.GOOD_NOUNS)
NEGATIVE_WORDS = frozenset(words.BAD_ADJECTIVES + words.BAD_NOUNS)
EVIDENCE_WORDS = POSITIVE_WORDS | NEGATIVE_WORDS

# The balance of the corpus. These values let an offline run tell the story of the published reviews: what single
# words score, by how much word pairs beat them, and how much of the evidence the last 100 words hold.
_BODY_MEDIAN, _BODY_SPREAD, _BODY_RANGE = 160, 0.6, (20, 520)  # words before the tail, log-normal
_TAIL_MEAN, _TAIL_LONGEST = 16, 80  # words after it where no distance is asked for, geometric
_TWIN_HEAD_LONGEST = 20  # words before the one opinion of a twin, uniform
_WORDS_PER_OPINION, _MOST_OPINIONS = 32, 20
_DISSENT = 0.1  # chance of an opinion to go against the rest of its review
_KIND_SHARES = (0.81, 0.16, 0.03)  # direct, negated, contrast
_SHOUT = 0.03  # chance of an opinion in capitals
_LINE_BREAK = 0.03  # chance that a sentence of filler ends a paragraph


@dataclass(frozen=True)
class Reviews:
    """Reviews with their labels.

    Attributes:
        texts: the reviews, as a person would have typed them.
        labels: ``(count,)`` int64, 1 for a positive review and 0 for a negative one.
        stars: ``(count,)`` int8, 7 to 10 for a positive review and 1 to 4 for a negative one.
    """

    texts: list[str]
    labels: np.ndarray
    stars: np.ndarray


@dataclass(frozen=True)
class Corpus:
    """The built-in corpus: a training and a test split from the same grammar."""

    train: Reviews
    test: Reviews


def generate(count: int, *, seed: int, distance: int | None = None) -> Reviews:
    """Invent reviews, half of them positive (one more of either label where `count` is odd).

    Chance is 0.5 and the best accuracy to be had is ``1 - LABEL_NOISE``. A distance lengthens the reviews: what
    comes before it is drawn in the same way for each distance.

    Args:
        count: how many reviews, at least 1.
        seed: the same seed gives the same reviews, at least 0.
        distance: words between the last evidence word and the end of each review, 0 to `MAX_DISTANCE`. None
            draws one for each review, 16 words on average and 80 at most.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    _check(count=(count, 1, None), seed=(seed, 0, None))
    rng = np.random.default_rng(seed)
    tails = _draw_tails(count, distance, rng)
    labels = rng.permutation((np.arange(count) + rng.integers(2)) % 2)
    verdicts = labels ^ (rng.random(count) < LABEL_NOISE)

    bodies = np.exp(rng.normal(np.log(_BODY_MEDIAN), _BODY_SPREAD, count)).clip(*_BODY_RANGE).astype(np.int64)
    opinions = (1 + rng.poisson(bodies / _WORDS_PER_OPINION)).clip(max=_MOST_OPINIONS)
    against = np.minimum(rng.binomial(opinions, _DISSENT), (opinions - 1) // 2)  # fewer than half: no ties
    owner = np.repeat(np.arange(count), opinions)  # the review that each opinion belongs to
    dissents = _mark(against, opinions, owner, rng)

    frames = _draw_frames(len(owner), rng)
    spoken = _speak(frames, verdicts[owner] ^ dissents, _draw_words(len(owner), rng))
    shouts = np.flatnonzero(rng.random(len(spoken)) < _SHOUT)
    spoken[shouts] = [text.upper() for text in spoken[shouts]]

    bodies = np.maximum(bodies - np.bincount(owner, _opinion_lengths()[frames], count).astype(np.int64), 0)
    # Gaps in reading order: one before each opinion, and the tail of a review behind its last one.
    gaps = np.insert(_share_out(bodies, opinions, owner, rng), np.cumsum(opinions), tails)
    before = np.arange(len(owner)) + owner
    last_gaps = np.cumsum(opinions + 1) - 1
    endings, taken = _end_sentences(gaps[before + 1], rng)
    gaps[before + 1] -= taken
    is_tail = np.zeros(len(gaps), bool)
    is_tail[last_gaps] = True

    pieces = np.full((len(gaps), 2), "", object)  # each gap and the opinion behind it
    pieces[:, 0] = _fill(gaps, ~is_tail, rng)
    pieces[before, 1] = spoken + endings
    flat = pieces.ravel().tolist()
    stops = (2 * (last_gaps + 1)).tolist()
    texts = ["".join(flat[start:stop]).rstrip() for start, stop in zip([0, *stops], stops, strict=False)]
    stars_off = np.minimum(against + rng.integers(0, 2, count), 3)
    return Reviews(texts, labels, np.where(labels == 1, 10 - stars_off, 1 + stars_off).astype(np.int8))


def twins(pairs: int, *, seed: int, distance: int | None = None) -> Reviews:
    """Invent pairs of reviews with the same words in another order and opposite labels.

    Reviews ``2 * k`` and ``2 * k + 1`` are twins: each holds one contrast, and the two evidence words have
    changed places. A model that knows which words occur and how often, and no more, must call both the same and is
    right about exactly one of them: any bag of words scores 0.5, by construction. The best accuracy to be had is 1.
    Which twin comes first is drawn.

    Args:
        pairs: how many pairs, at least 1; there are twice as many reviews.
        seed: the same seed gives the same reviews, at least 0.
        distance: words between the last evidence word and the end of each review, 0 to `MAX_DISTANCE`. None
            draws one for each pair, 16 words on average and 80 at most.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    _check(pairs=(pairs, 1, None), seed=(seed, 0, None))
    rng = np.random.default_rng(seed)
    tails = _draw_tails(pairs, distance, rng)
    firsts = rng.integers(0, 2, pairs)
    frames = rng.choice(np.flatnonzero(_opinion_kinds() == 2), pairs)
    drawn = _draw_words(pairs, rng)
    heads = _fill(rng.integers(0, _TWIN_HEAD_LONGEST + 1, pairs), np.ones(pairs, bool), rng)
    # No full stop touches a twin's evidence: split at white space alone, "dull." would be another word than "dull".
    endings, taken = _end_sentences(tails, rng, touching=False)
    closings = endings + _fill(tails - taken, np.zeros(pairs, bool), rng)

    pieces = np.empty((pairs, 2), object)
    for twin in (0, 1):
        pieces[:, twin] = heads + _speak(frames, firsts ^ twin, drawn) + closings
    labels = (firsts[:, None] ^ np.arange(2)).ravel()
    stars = np.where(labels == 1, 10, 1).astype(np.int8)
    return Reviews([text.rstrip() for text in pieces.ravel()], labels, stars)


def corpus(seed: int = 0) -> Corpus:
    """Generate the built-in corpus: 25,000 reviews to train on and 25,000 to test on, as many as IMDB has.

    Raises:
        ValueError: `seed` is not an integer of at least 0.
    """
    _check(seed=(seed, 0, None))
    return Corpus(generate(25_000, seed=2 * int(seed)), generate(25_000, seed=2 * int(seed) + 1))


def _check(**arguments: tuple[object, int, int | None]) -> None:
    """Raise ValueError unless each argument, given as (value, least, most), is an integer in its range."""
    for name, (value, least, most) in arguments.items():
        allowed = f"an integer of at least {least}" if most is None else f"an integer from {least} to {most}"
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least or (most is not None and value > most):
            raise ValueError(f"{name} must be {allowed}, and it is {value!r}")


def _draw_tails(count: int, distance: int | None, rng: np.random.Generator) -> np.ndarray:
    """Return the words after the last evidence word of each review."""
    if distance is None:
        return np.minimum(rng.geometric(1 / (1 + _TAIL_MEAN), count) - 1, _TAIL_LONGEST)
    _check(distance=(distance, 0, MAX_DISTANCE))
    return np.full(count, int(distance))


def _mark(chosen: np.ndarray, opinions: np.ndarray, owner: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mark `chosen` of the `opinions` of each review at random; return one bool for each opinion."""
    place = np.arange(len(owner)) - (np.cumsum(opinions) - opinions)[owner]  # 0, 1, … within its review
    marks = np.empty(len(owner), bool)
    marks[np.lexsort((rng.random(len(owner)), owner))] = place < chosen[owner]
    return marks


def _share_out(total: np.ndarray, opinions: np.ndarray, owner: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Divide `total` words of each review at random among the gaps before its opinions."""
    ends = np.cumsum(opinions)
    reached = np.cumsum(rng.exponential(size=len(owner)))
    base = np.append(0, reached[ends[:-1] - 1])
    reached -= base[owner]
    edges = np.floor(reached / reached[ends - 1][owner] * total[owner]).astype(np.int64)
    gaps = np.diff(edges, prepend=0)
    starts = ends - opinions
    gaps[starts] = edges[starts]
    return gaps


@dataclass(frozen=True)
class _Frame:
    """A sentence with its slots as ``%s``."""

    pattern: str
    slots: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> _Frame:
        return cls(re.sub(r"\{.*?\}", "%s", text), tuple(re.findall(r"\{(.*?)\}", text)))

    @property
    def length(self) -> int:
        return len(self.pattern.split())

    def write(self, columns: list[list[str]], count: int) -> list[str]:
        """Return `count` sentences; `columns` has the words for each slot."""
        return list(map(self.pattern.__mod__, zip(*columns, strict=True))) if columns else [self.pattern] * count


@functools.cache
def _reach(size: int) -> np.ndarray:
    """Return the cumulative weights of a list of `size` words by the law of Zipf and Mandelbrot, 1 / (k + offset)."""
    offset = 1 + size // 150  # flattens the top of a long list, so that the lists together make one line
    return np.cumsum(1 / np.arange(offset, size + offset))


def _zipf(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` indices below `size`, small ones more often."""
    reach = _reach(size)
    return np.searchsorted(reach, rng.random(count) * reach[-1]).clip(max=size - 1)


# --- Opinions


@functools.cache
def _opinion_frames() -> tuple[_Frame, ...]:
    return tuple(map(_Frame.parse, words.DIRECT + words.NEGATED + words.CONTRAST))


@functools.cache
def _opinion_lengths() -> np.ndarray:
    return np.array([frame.length for frame in _opinion_frames()])


@functools.cache
def _opinion_kinds() -> np.ndarray:
    """Return the kind of each frame: 0 direct, 1 negated, 2 contrast."""
    return np.repeat(np.arange(3), [len(words.DIRECT), len(words.NEGATED), len(words.CONTRAST)])


def _draw_frames(count: int, rng: np.random.Generator) -> np.ndarray:
    kinds = _opinion_kinds()
    shares = np.array(_KIND_SHARES)[kinds] / np.bincount(kinds)[kinds]
    return rng.choice(len(kinds), count, p=shares)


def _draw_words(count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw what `count` opinions may need: a bad and a good word of each sort, an aspect, a link."""
    evidence = {"adj": words.GOOD_ADJECTIVES, "noun": words.GOOD_NOUNS}
    drawn = {slot: _zipf(len(good), 2 * count, rng).reshape(count, 2) for slot, good in evidence.items()}
    return drawn | {slot: _zipf(len(words.SLOTS[slot]), count, rng) for slot in ("aspect", "link")}


def _speak(frames: np.ndarray, verdicts: np.ndarray, drawn: dict[str, np.ndarray]) -> np.ndarray:
    """Write one opinion for each frame, saying good where its verdict is 1, without a full stop."""
    evidence = {
        "adj": np.array([words.BAD_ADJECTIVES, words.GOOD_ADJECTIVES], object),
        "noun": np.array([words.BAD_NOUNS, words.GOOD_NOUNS], object),
    }
    spoken = np.empty(len(frames), object)
    for index, frame in enumerate(_opinion_frames()):
        rows = np.flatnonzero(frames == index)
        columns = []
        for slot in frame.slots:
            if slot[0] in "+-":
                polarity = verdicts[rows] ^ (slot[0] == "-")
                columns.append(evidence[slot[1:]][polarity, drawn[slot[1:]][rows, polarity]].tolist())
            else:
                columns.append(_table(slot)[drawn[slot][rows]].tolist())
        spoken[rows] = frame.write(columns, len(rows))
    return spoken


def _end_sentences(
    room: np.ndarray, rng: np.random.Generator, *, touching: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """End the sentence of each opinion, with a few words more where there is `room`.

    Without `touching`, a full stop never follows the evidence at once: where there is no room for a word, there
    is no full stop.

    Returns:
        What to append to each opinion, and how many words that is.
    """
    taken = np.minimum(rng.integers(0 if touching else 1, len(words.CLOSERS) + 1, len(room)), room)
    if touching:
        taken[rng.random(len(room)) < 0.5] = 0
    endings = np.full(len(room), ". " if touching else " ", object)
    for length, closers in enumerate(words.CLOSERS, 1):
        rows = np.flatnonzero(taken == length)
        table = np.array([f" {closer}. " for closer in closers], object)
        endings[rows] = table[rng.integers(0, len(closers), len(rows))]
    return endings, taken


# --- Filler


@functools.cache
def _table(slot: str) -> np.ndarray:
    return np.array(words.SLOTS[slot], object)


@functools.cache
def _filler_frames() -> dict[int, tuple[_Frame, ...]]:
    """Return the frames of filler by their number of words."""
    frames = [_Frame.parse(text if set(text[-2:]) & set(".!?") else text + ".") for text in words.FILLER]
    return {length: tuple(f for f in frames if f.length == length) for length in {f.length for f in frames}}


def _fill(gaps: np.ndarray, breaks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fill each gap with sentences of exactly as many words as it says.

    Args:
        gaps: ``(count,)`` numbers of words.
        breaks: ``(count,)`` bool, where a line break may follow a sentence.
        rng: the source of the draws.

    Returns:
        ``(count,)`` object array of str; each is empty or ends in a space or a line break.
    """
    owner, lengths = _split_gaps(gaps, rng)
    sentences = np.empty(len(owner), object)
    for length, frames in _filler_frames().items():
        rows = np.flatnonzero(lengths == length)
        choice = rng.integers(0, len(frames), len(rows))
        for index, frame in enumerate(frames):
            chosen = rows[choice == index]
            columns = [_table(slot)[_zipf(len(words.SLOTS[slot]), len(chosen), rng)].tolist() for slot in frame.slots]
            sentences[chosen] = frame.write(columns, len(chosen))
    is_break = breaks[owner] & (rng.random(len(owner)) < _LINE_BREAK)
    sentences += np.where(is_break, "<br /><br />", " ").astype(object)
    flat = sentences.tolist()
    stops = np.searchsorted(owner, np.arange(len(gaps)), side="right").tolist()
    filled = np.empty(len(gaps), object)
    filled[:] = ["".join(flat[start:stop]) for start, stop in zip([0, *stops], stops, strict=False)]
    return filled


def _split_gaps(gaps: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Split each gap into sentences; return the gap of each sentence, ascending, and its number of words."""
    longest = max(_filler_frames())
    owners, lengths = [], []
    rest = gaps.copy()
    active = np.flatnonzero(rest)
    while active.size:
        left = rest[active]
        drawn = np.minimum(rng.integers(5, longest + 1, len(active)), left - 4)  # leave no scrap of a sentence
        length = np.where(left <= longest, left, drawn)
        owners.append(active)
        lengths.append(length)
        rest[active] -= length
        active = active[rest[active] > 0]
    if not owners:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return owner[order], np.concatenate(lengths)[order]
