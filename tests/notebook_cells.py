"""Run a notebook's own definitions in a test: chosen cells, by their id, in a namespace of their own."""

from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def namespace(notebook_name: str, *cell_ids: str, **given) -> dict:
    """Execute cells of a notebook, in the order given, and return the names that they define.

    Args:
        notebook_name: file name without folder and ending, such as ``"01_rnn_from_scratch"``.
        *cell_ids: the ids of the code cells that hold the definitions and what they import.
        **given: names that those cells take from cells that are not run.

    Raises:
        ValueError: no code cell has one of the ids.
    """
    notebook = nbformat.read(NOTEBOOKS / f"{notebook_name}.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    missing = [cell_id for cell_id in cell_ids if cell_id not in sources]
    if missing:
        raise ValueError(f"cell_ids: {notebook_name} has no code cell {missing}; it has {list(sources)}")
    names = dict(given)
    for cell_id in cell_ids:
        exec(compile(sources[cell_id], f"{notebook_name}, cell {cell_id}", "exec"), names)
    return names
