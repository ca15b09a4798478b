"""The command ``lstm-course class``: the progress of a class, from the files that its learners exported."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click

LISTED = 10


@dataclass
class Tally:
    """What became of one exercise.

    Attributes:
        at_once, later, not_solved: numbers of learners.
        attempts: the attempts of each who tried.
        met: the learners who met each diagnosis.
    """

    label: str
    at_once: int = 0
    later: int = 0
    not_solved: int = 0
    attempts: list[int] = field(default_factory=list)
    met: Counter = field(default_factory=Counter)

    def add(self, row: dict) -> None:
        """Count one learner's row of an export."""
        self.attempts.append(row["attempts"])
        self.met.update(list(row["diagnoses"]))
        self.not_solved += not row["solved"]
        self.later += row["solved"] and bool(row["diagnoses"])
        self.at_once += row["solved"] and not row["diagnoses"]

    def hold_up(self) -> tuple[float, float]:
        """Return by what exercises are ranked: the share of those who tried that did not solve it, then attempts."""
        return self.not_solved / len(self.attempts), median(self.attempts)


def read_folder(folder: Path) -> list[list[dict]]:
    """Return the rows of every export in a folder; say in one sentence what is wrong with a file that is left out.

    Raises:
        click.ClickException: there is no export in it.
    """
    from lstm_course.exercises.export import NotAnExport, parse

    learners = []
    for file in sorted(folder.glob("*.json")):
        try:
            learners.append(parse(file.read_text(encoding="utf-8")))
        except NotAnExport as reason:
            click.echo(f"{file.name} {reason}. It is left out.", err=True)
        except (OSError, UnicodeDecodeError):
            click.echo(f"{file.name} cannot be read; ask for it again. It is left out.", err=True)
    if not learners:
        raise click.ClickException(
            f"there are no exports in {folder}; each learner writes one with lstm-course progress --export, "
            "and you collect them in this folder"
        )
    return learners


def tally(learners: list[list[dict]]) -> list[Tally]:
    """Return what became of the exercises that somebody tried, in teaching order."""
    from lstm_course.exercises.export import exercises

    found = {(number, one.name): Tally(f"{number} {one.name}") for number, one in exercises()}
    for rows in learners:
        for row in rows:
            found[row["notebook"], row["exercise"]].add(row)
    return [one for one in found.values() if one.attempts]


def table(tallies: list[Tally]) -> str:
    """Return the exercises that hold people up most, with the commonest diagnosis of each, as text."""
    from lstm_course.exercises.export import OTHER

    ranked = sorted(tallies, key=Tally.hold_up, reverse=True)[:LISTED]
    width = max(len(one.label) for one in ranked)
    lines = [f"{'exercise':{width}}  tried  solved  attempts  commonest diagnosis (learners who met it)"]
    for one in ranked:
        named = Counter({sentence: count for sentence, count in one.met.items() if sentence != OTHER}) or one.met
        (sentence, count), *_ = [*named.most_common(1), ("–", 0)]
        told = f"{sentence[:70]}{'…' * (len(sentence) > 70)} ({count})" if count else sentence
        tried = len(one.attempts)
        lines.append(f"{one.label:{width}}  {tried:5}  {tried - one.not_solved:6}  {median(one.attempts):8g}  {told}")
    return "\n".join(lines)


def draw(tallies: list[Tally], learners: int, file: Path) -> None:
    """Draw what became of every exercise into a file."""
    import matplotlib.pyplot as plt

    from lstm_course import plotting

    worst = max(tallies, key=Tally.hold_up)
    left = f"{worst.not_solved} of {len(worst.attempts)} who tried have not solved it"
    title = f"A class of {learners}. {worst.label} holds up most: {left}"
    plotting.use_style()
    fig, ax = plt.subplots(figsize=(9, 1.6 + 0.3 * len(tallies)), layout="constrained")
    rows = [(one.label, one.at_once, one.later, one.not_solved) for one in tallies]
    plotting.exercise_outcomes(ax, rows, title=title)
    fig.savefig(file)
    plt.close(fig)


@click.command("class")
@click.argument("folder", type=click.Path(path_type=Path))
def classroom(folder: Path) -> None:
    """Turn the exports in FOLDER into a picture and a short table: what holds a class up."""
    learners = read_folder(folder)
    tallies = tally(learners)
    people = "1 learner" if len(learners) == 1 else f"{len(learners)} learners"
    tried = "1 exercise" if len(tallies) == 1 else f"{len(tallies)} exercises"
    click.echo(f"{people}, {tried} tried\n\n{table(tallies)}")
    picture = folder / "class.png"
    draw(tallies, len(learners), picture)
    click.echo(f"\nAll exercises: {picture}")
