"""A notebook as an instructor cuts it: sections by the id of the cell that begins them, exercises by their check."""

import re
from dataclasses import dataclass

HEADING = re.compile(r"^(#+) (.+)", re.M)
FENCED = re.compile(r"^```.*?^```", re.M | re.S)


class ScheduleError(ValueError):
    """A schedule that does not exist, or that names what a notebook does not have."""


@dataclass(frozen=True)
class Task:
    """An exercise of a notebook.

    Attributes:
        place: the index of its stub among the notebook's cells.
        cell: the id of the cell that states the task.
        title: its heading, such as "Exercise 1 · The step".
        minutes: what its header says that it takes.
    """

    place: int
    cell: str
    title: str
    minutes: int


class Lesson:
    """The cells of a notebook, found by what a schedule calls them.

    Args:
        number: the notebook's two digits.
        notebook: as `nbformat.read` returns it.
    """

    def __init__(self, number: str, notebook):
        self.number, self.cells = number, notebook.cells
        self._places = {cell.id: place for place, cell in enumerate(self.cells)}

    def place(self, cell_id: str) -> int:
        """Return the index of a cell.

        Raises:
            ScheduleError: the notebook has no cell of this id.
        """
        if cell_id not in self._places:
            raise ScheduleError(f"notebook {self.number} has no cell {cell_id!r}")
        return self._places[cell_id]

    def title(self, cell_id: str) -> str:
        """Return the first heading in a cell; where it has none, "below" and the last one before it."""
        place = self.place(cell_id)
        if heading := self._heading(place):
            return heading[1]
        before = [heading[1] for heading in map(self._heading, range(place)) if heading]
        return f"below {before[-1]}"

    def last_text(self, places: range) -> str:
        """Return the id of the last markdown cell among these."""
        return [self.cells[place].id for place in places if self.cells[place].cell_type == "markdown"][-1]

    def section(self, start: str, end: str = "") -> range:
        """Return the indices of the cells from `start` to `end`, both included.

        Args:
            start: the id of a markdown cell.
            end: the id of a cell; without it, the section that `start` begins ends where the next of its rank begins.

        Raises:
            ScheduleError: there is no such cell, the two are the wrong way round, or `start` begins no section.
        """
        first = self.place(start)
        if end:
            if self.place(end) < first:
                raise ScheduleError(f"in notebook {self.number} the cell {end!r} comes before {start!r}")
            return range(first, self.place(end) + 1)
        heading = self._heading(first)
        if heading is None:
            raise ScheduleError(f"in notebook {self.number} no section begins at {start!r}: name its last cell, too")
        after = range(first + 1, len(self.cells))
        higher = (place for place in after if (other := self._heading(place)) and other[0] <= heading[0])
        return range(first, next(higher, len(self.cells)))

    def questions(self, places: range) -> int:
        """Return how many times these cells say *Predict first*."""
        markdown = (self.cells[place] for place in places if self.cells[place].cell_type == "markdown")
        return sum(cell.source.count("**Predict first.**") for cell in markdown)

    def tasks(self) -> dict[str, Task]:
        """Return the notebook's exercises in order, by the name in ``hint("name")``."""
        found = {}
        for place, cell in enumerate(self.cells):
            name = re.search(r'^# hint\("(\w+)"\)', cell.source, re.M) if cell.cell_type == "code" else None
            if name:
                header = next(c for c in reversed(self.cells[:place]) if c.cell_type == "markdown")
                title = re.search(r"^### (.+)", header.source, re.M)[1]
                minutes = int(re.search(r"^\*Difficulty .* (\d+) minutes\*", header.source, re.M)[1])
                found[name[1]] = Task(place, header.id, title, minutes)
        return found

    def _heading(self, place: int) -> tuple[int, str] | None:
        """Return rank and text of a markdown cell's first heading."""
        cell = self.cells[place]
        found = HEADING.search(FENCED.sub("", cell.source)) if cell.cell_type == "markdown" else None
        return (len(found[1]), found[2]) if found else None
