"""Plots of words, lengths and batches."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lstm_course.plotting.display import describe, from_to, listed, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    GRID,
    GROUND,
    INK,
    LINESTYLES,
    PAD,
    PANEL,
    SPLIT_NAMES,
    check_array,
    check_fractions,
    check_length,
    curve_style,
    label_ends,
    legend_beside,
    plain,
    row_axis,
    time_axis,
    titled,
)

CUT = 100  # tokens of a review that the source script's model reads


def zipf(ax, counts, *, title):
    """Draw word counts against rank on two log axes, with a straight line fitted through them.

    Args:
        ax: the axes to draw on.
        counts: ``(words,)`` occurrences, at least two of them, in any order.
        title: the finding.

    Returns:
        ``ax``; the fitted slope is in the legend. The fit weighs each factor of ten in rank alike.

    Raises:
        ValueError: if ``counts`` is not one-dimensional, or not above 0.
    """
    counts = np.sort(check_array("counts", counts, "(words,)", low=1))[::-1]
    if len(counts) < 2:
        raise ValueError("counts: expected at least 2 words, found 1")
    rank = np.unique(np.geomspace(1, len(counts), 200).round().astype(int))
    slope, level = np.polyfit(np.log10(rank), np.log10(counts[rank - 1]), 1)
    ax.loglog(rank, counts[rank - 1], color=COLOURS["train"], marker="o", markersize=3, linestyle="", label="words")
    line = 10 ** (level + slope * np.log10(rank))
    fit_label = f"fitted line, slope {slope:.2f}".replace("-", "−")
    ax.loglog(rank, line, color=COLOURS["cell_state"], linestyle="--", linewidth=1.4, label=fit_label)
    ax.set_xlabel("rank of the word (1 is the most frequent)")
    ax.set_ylabel("occurrences")
    legend_beside(ax)
    describe(
        ax,
        f"Occurrences against rank of {written(len(counts))} words, on logarithmic axes: "
        f"{from_to((1, len(counts)), (counts[0], counts[-1]), at='rank')}. A straight line fitted "
        f"through them has the slope {written(slope)}.",
    )
    return titled(ax, title)


def lengths(ax, lengths, *, title):
    """Draw how long the reviews are, on a log axis, with the length at which they are cut.

    Args:
        ax: the axes to draw on.
        lengths: ``(reviews,)`` lengths in tokens, or a dict from ``"train"``, ``"test"`` to such arrays.
        title: the finding.

    Returns:
        ``ax``; the share of reviews longer than `CUT` stands beside the line.

    Raises:
        ValueError: if lengths are not one-dimensional, or not at least 1.
    """
    splits = lengths if isinstance(lengths, dict) else {"all reviews": lengths}
    splits = {name: check_array(f"lengths[{name!r}]", values, "(reviews,)", low=1) for name, values in splits.items()}
    every = np.concatenate(list(splits.values()))
    edges = np.log10(np.geomspace(every.min(), every.max() + 1, 50))
    for index, (name, values) in enumerate(splits.items()):
        sns.histplot(
            x=values,
            ax=ax,
            bins=edges,
            log_scale=True,
            element="step",
            color=curve_style(name, index)["color"],
            alpha=0.2,
            linewidth=1.8,
            linestyle=LINESTYLES.get(name, "-"),
            label=SPLIT_NAMES.get(name, name),
        )
    share = 100 * np.mean(every > CUT)
    ax.axvline(CUT, color=COLOURS["rnn"], linewidth=1.8, label=f"cut at {CUT} tokens:\n{share:.0f} % are longer")
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
    ax.set_xlabel("length (tokens, log scale)")
    ax.set_ylabel("reviews")
    legend_beside(ax)
    said = "; ".join(
        f"{SPLIT_NAMES.get(name, name)} median {written(np.median(values))}, {written(values.min())} to "
        f"{written(values.max())}"
        for name, values in splits.items()
    )
    describe(
        ax,
        f"Lengths of the reviews in tokens, as a histogram on a logarithmic axis: {said}. {share:.0f} % are longer "
        f"than {CUT}, where they are cut.",
    )
    return titled(ax, title)


def coverage(ax, num_words, share, *, title, chosen=20000):
    """Draw the share of all tokens that a vocabulary of ``num_words`` covers.

    Args:
        ax: the axes to draw on.
        num_words: ``(n,)`` vocabulary sizes, rising.
        share: ``(n,)`` covered shares, 0 to 1.
        title: the finding.
        chosen: the size to mark; the share there is read off the curve.

    Returns:
        ``ax``.

    Raises:
        ValueError: if lengths differ, sizes do not rise, or a share lies outside 0 to 1.
    """
    num_words = check_array("num_words", num_words, "(n,)", low=1)
    share = 100 * check_fractions("share", share)
    if share.shape != num_words.shape:
        raise ValueError(f"share: expected {num_words.shape}, one value per num_words, found {share.shape}")
    if np.any(np.diff(num_words) <= 0):
        raise ValueError("num_words: expected rising sizes")
    at_chosen = np.interp(np.log(chosen), np.log(num_words), share)
    ax.semilogx(num_words, share, color=COLOURS["train"], marker="o", markersize=4, label="covered")
    ax.axvline(chosen, color=COLOURS["lstm"], linestyle=":", linewidth=1.4, zorder=1)
    ax.plot(chosen, at_chosen, "*", color=COLOURS["lstm"], markersize=14)
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
    ax.set_xlabel("num_words (most frequent words kept, log scale)")
    ax.set_ylabel("tokens covered (%)")
    ax.set_ylim(top=104)
    label_ends(ax, [(chosen, at_chosen, f"★ num_words = {chosen:,}:\n{at_chosen:.1f} % of tokens", COLOURS["lstm"])])
    describe(
        ax,
        f"Share of all tokens covered against the number of words kept, on a logarithmic axis: "
        f"{from_to(num_words, share / 100, at='num_words', write=percent)}; {at_chosen:.1f} % at {chosen:,}.",
    )
    return titled(ax, title)


def embedding_heatmap(ax, matrix, *, title, row_labels):
    """Draw a small table of numbers, such as a few rows of an embedding, with the numbers written in it.

    Args:
        ax: the axes to draw on.
        matrix: ``(rows, columns)``, small enough to read.
        title: the finding.
        row_labels: one label per row.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``matrix`` is not two-dimensional and finite, or ``row_labels`` has another length.
    """
    matrix = check_array("matrix", matrix, "(rows, columns)")
    check_length("row_labels", row_labels, len(matrix), "row of matrix")
    limit = np.abs(matrix).max() or 1.0
    image = ax.imshow(matrix, aspect="auto", cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.figure.colorbar(image, ax=ax, label="value")
    for (row, column), value in np.ndenumerate(matrix):
        # Where white and black are equally readable: the map's red is lighter than its blue there.
        ink = "white" if abs(value) > (0.66 if value > 0 else 0.7) * limit else "black"
        ax.text(column, row, f"{np.round(value, 2) + 0.0:.2f}", ha="center", va="center", color=ink, fontsize=9)
    row_axis(ax, row_labels)
    ax.set_xlabel("feature (column)")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(False)
    low, high = (np.unravel_index(at, matrix.shape) for at in (matrix.argmin(), matrix.argmax()))
    describe(
        ax,
        f"A table of {matrix.shape[0]} rows ({listed(row_labels)}) and {matrix.shape[1]} columns, with its numbers: "
        f"from {written(matrix[low])} ({row_labels[low[0]]}, column {low[1]}) to {written(matrix[high])} "
        f"({row_labels[high[0]]}, column {high[1]}).",
    )
    return titled(ax, title)


def token_grid(ax, ids, *, title, labels=None):
    """Draw a padded batch as a grid of token ids in which pads are grey, hatched and named.

    Args:
        ax: the axes to draw on.
        ids: ``(batch, time)`` integers; 0 is the pad.
        title: the finding.
        labels: ``(batch, time)`` words to write above the ids, or None. Those of pads are not shown.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``ids`` is not a two-dimensional array of integers, or ``labels`` has another shape.
    """
    ids = check_array("ids", ids, "(batch, time)", low=0)
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids: expected integers, found {ids.dtype}")
    if labels is not None and np.shape(labels) != ids.shape:
        raise ValueError(f"labels: expected one word per id, shape {ids.shape}, found {np.shape(labels)}")
    batch, timesteps = ids.shape
    for (row, column), token in np.ndenumerate(ids):
        pad = token == PAD
        style = {"facecolor": GRID, "hatch": "////"} if pad else {"facecolor": PANEL}
        ax.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, edgecolor=GROUND, linewidth=2, **style))
        text = "pad\n0" if pad else str(token) if labels is None else f"{labels[row][column]}\n{token}"
        ax.text(column, row, text, ha="center", va="center", fontsize=9, color=INK)
    ax.set_xlim(-0.5, timesteps - 0.5)
    row_axis(ax, [f"review {row + 1}" for row in range(batch)])
    ax.set_ylim(batch - 0.5, -0.5)
    time_axis(ax, None, timesteps)
    ax.set_ylabel("batch")
    ax.grid(False)
    said = "; ".join(f"review {row + 1} has {_pads(line)}" for row, line in enumerate(ids))
    describe(ax, f"A batch of {batch} reviews by {timesteps} time steps as token ids, pads hatched: {said}.")
    return titled(ax, title)


def _pads(line):
    """Say how many pads a row of ids has, and where."""
    count = int(np.sum(line == PAD))
    if not count:
        return "no pads"
    front = bool(np.all(line[:count] == PAD))
    place = "in front" if front else "behind" if np.all(line[-count:] == PAD) else "in several places"
    return f"{count} pad{'s' * (count > 1)}" + (f" {place}" if count < len(line) else " only")
