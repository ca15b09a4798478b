"""Which steps a scan joins in which round."""

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import COLOURS, GRID, INK, MARKERS, titled


def joins_by_round(ax, rounds, *, time, title):
    """Draw the rounds of a scan from top to bottom: a line from the earlier stretch to where the join is stored.

    Args:
        ax: the axes to draw on.
        rounds: for each round its joins, pairs of steps ``(from, to)``, of `lstm_course.cells.scan.rounds`.
        time: how many steps there are, at least 1.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a join does not lead to a later step of the sequence.
    """
    wrong = [pair for joins in rounds for pair in joins if not 0 <= pair[0] < pair[1] < time]
    if wrong:
        raise ValueError(f"rounds: expected joins from a step to a later one below {time}, found {wrong[0]}")
    for step in range(time):
        ax.plot([step, step], [0, len(rounds)], color=GRID, linewidth=1.2, zorder=0)
    for number, joins in enumerate(rounds):
        for start, end in joins:
            ax.plot([start, end], [number, number + 1], color=COLOURS["lstm"], linewidth=1.6)
        ends = [end for _, end in joins]
        ax.plot(ends, [number + 1] * len(ends), MARKERS["lstm"], color=COLOURS["lstm"], markersize=5)
    ax.plot(range(time), [0] * time, "o", color=INK, markersize=4)
    ax.grid(False)
    ax.set_ylim(len(rounds) + 0.35, -0.35)
    ax.set_yticks(range(len(rounds) + 1), ["pairs", *(f"round {number + 1}" for number in range(len(rounds)))])
    ax.set_xticks(range(time))
    ax.set_xlabel("time step")
    counts = ", ".join(str(len(joins)) for joins in rounds)
    describe(
        ax,
        f"A scan over {time} steps in {len(rounds)} rounds, from top to bottom. Lines lead from the end of an earlier "
        f"stretch to the step where it is joined in; joins in each round: {counts}.",
    )
    return titled(ax, title)
