"""The plot of a class: what became of each exercise."""

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import COLOURS, check_rows, legend_beside, row_axis, titled

OUTCOMES = {  # as in a bar, from the left: colour and hatching
    "solved at once": (COLOURS["gru"], ""),
    "solved later": (COLOURS["lstm"], "//"),
    "tried, not solved": (COLOURS["rnn"], "xx"),
}


def exercise_outcomes(ax, rows, *, title):
    """Draw for each exercise how many learners solved it at once, later, or not, the first row on top.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, at_once, later, not_solved)``: numbers of learners.
        title: the finding.

    Returns:
        ``ax``.
    """
    rows = check_rows(rows, 4)
    for position, (_, *counts) in enumerate(rows):
        for number, (name, (colour, hatch)) in enumerate(OUTCOMES.items()):
            look = {"color": colour, "hatch": hatch, "edgecolor": "white", "height": 0.72, "linewidth": 0}
            ax.barh(position, counts[number], left=sum(counts[:number]), label="" if position else name, **look)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("learners")
    row_axis(ax, [row[0] for row in rows])
    legend_beside(ax)
    said = "; ".join(f"{label}: {at_once}, {later}, {left}" for label, at_once, later, left in rows)
    describe(ax, f"Learners who solved each exercise at once, who solved it later, and who tried and did not: {said}.")
    return titled(ax, title)
