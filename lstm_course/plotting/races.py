"""Plots of races between cells on texts."""

from lstm_course.plotting.display import describe, each_at, percent
from lstm_course.plotting.sweeps import mean_interval, success_by_lag


def success_by_distance(ax, curves, *, title, chance):
    """Draw success against the distance, in words, between the last evidence and the end of a text.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from distance to the successes (0 to 1) of its seeds.
        title: the finding.
        chance: the success of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: as from `success_by_lag`.
    """
    success_by_lag(ax, curves, title=title, chance=chance)
    ax.set_xlabel("distance (words after the last evidence)")
    said = []
    for label, by_distance in curves.items():
        distances = sorted(by_distance)
        means = [mean_interval(by_distance[distance])[0] for distance in distances]
        said.append(f"{label}: {each_at(distances, means, at='distance', write=percent)}")
    describe(
        ax,
        f"Mean share of right answers by distance in words. {'; '.join(said)}. Dotted line: chance, {percent(chance)}.",
    )
    return ax
