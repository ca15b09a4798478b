"""The command ``lstm-course slides``: write the notebooks as slides, from the metadata of their cells.

``slideshow.slide_type`` is Jupyter's own, which nbconvert and jupyterlab-rise read. Two more keys are the course's:
``slides.text``, a list of lines, is what the slide says in place of a cell's prose, which becomes the speaker's note,
or above a cell of code; ``slides.show: output`` leaves the code out. A figure is always shown without its code.
"""

import copy
import importlib.util
import shutil
from pathlib import Path

import click

from lstm_course.commands import notebooks

TEMPLATE = Path(__file__).parent / "deck"
MARK = "**Predict first.**"
WIDE = 76  # characters of code that fit on a line in its usual size
# Package, the folder in it that holds what a deck loads, and which parts of that are needed.
VENDORED = {
    "reveal": ("sphinx_revealjs", "_static/revealjs", ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")),
    "mathjax": ("sphinx-mathjax-offline", "static/mathjax", ("tex-chtml.js", "output/chtml/fonts/woff-v2")),
}  # fmt: skip


def slide_type(cell) -> str | None:
    """Return what a cell is in a deck: slide, subslide, fragment, notes, skip, or - (goes on); None is undecided."""
    return cell.metadata.get("slideshow", {}).get("slide_type")


def deck(notebook):
    """Return a copy of a notebook, whose cells say what its slides say.

    Args:
        notebook: as `nbformat.read` returns it.
    """
    made = copy.deepcopy(notebook)
    made.cells = []
    for cell in copy.deepcopy(notebook.cells):
        if slide_type(cell) == "skip":
            continue
        made.cells += [cell] if slide_type(cell) == "notes" else _shown(cell)
        spoken = _spoken(cell)
        if spoken:
            made.cells.append(_markdown(f"{cell.id}-spoken", spoken, "notes"))
    return made


def _shown(cell) -> list:
    """Return what a slide shows of a cell: its words, a question to vote on by itself, and a code cell below them."""
    kind, code = slide_type(cell), cell.cell_type == "code"
    lines = cell.metadata.get("slides", {}).get("text", [] if code else [cell.source])
    words, mark, question = "\n".join(lines).partition(MARK)
    parts = [_markdown(f"{cell.id}-words", words, kind)] if words else []
    if mark:
        parts.append(_markdown(f"{cell.id}-poll", mark + question, "-" if parts else kind))
        parts[-1].metadata.tags = ["poll"]
    if code:
        if parts:
            cell.metadata.slideshow.slide_type = "-"
        cell.metadata["transient"] = {"remove_source": code_is_left_out(cell)}
        cell.metadata["tags"] = ["wide"] if _widest(cell) > WIDE else []
        parts.append(cell)
    return parts


def _widest(cell) -> int:
    printed = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    source = [] if code_is_left_out(cell) else [cell.source]
    return max((len(line) for text in [*printed, *source] for line in text.splitlines()), default=0)


def _spoken(cell) -> str:
    """Return what the speaker reads beside a cell: the prose that the slide shortens, or a figure in words."""
    if cell.cell_type == "markdown":
        return cell.source if "text" in cell.metadata.get("slides", {}) else ""
    alts = [output.get("metadata", {}).get("image/png", {}).get("alt", "") for output in cell.outputs]
    return "\n\n".join(f"The figure: {alt}" for alt in alts if alt)


def _markdown(name: str, text: str, kind: str):
    from nbformat.v4 import new_markdown_cell

    here = text.replace("](../figures/", "](figures/")  # pictures are embedded from the repository's root
    return new_markdown_cell(here, id=name[:64], metadata={"slideshow": {"slide_type": kind}})


def code_is_left_out(cell) -> bool:
    """Return whether a slide shows of a code cell its output alone."""
    draws = any("image/png" in output.get("data", {}) for output in cell.outputs)
    return draws or cell.metadata.get("slides", {}).get("show") == "output"


def write_deck(path: Path, out: Path) -> int:
    """Write the slides of one notebook to ``out``, from its stored outputs; return how many slides.

    Args:
        path: the notebook.
        out: an existing folder, in which `vendor` has put what a deck loads.

    Raises:
        click.ClickException: no cell of the notebook is on a slide.
    """
    import nbformat
    from nbconvert.exporters import SlidesExporter

    made = deck(nbformat.read(path, as_version=4))
    shown = [cell for cell in made.cells if slide_type(cell) in ("slide", "subslide")]
    if not shown:
        raise click.ClickException(
            f"{path.name} has no slides: give its cells a slide type in JupyterLab's property inspector"
        )
    made.metadata["title"] = notebooks.title(made)
    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        reveal_url_prefix="reveal",
        reveal_theme="course",
        mathjax_url="mathjax/tex-chtml.js",
        embed_images=True,
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    html, _ = exporter.from_notebook_node(made, {"metadata": {"path": str(path.parent.parent), "name": path.stem}})
    (out / f"{path.stem}.html").write_text(html, encoding="utf-8")
    return len(shown)


def vendor(out: Path) -> None:
    """Put reveal.js, the course's theme for it, and MathJax beside the decks.

    Raises:
        click.ClickException: the packages that hold them are not installed.
    """
    for name, (package, folder, parts) in VENDORED.items():
        found = importlib.util.find_spec(package)
        if found is None:
            raise click.ClickException(
                "slides need the packages of the web edition; "
                'install them with: pip install -c constraints.txt -e ".[book]"'
            )
        for part in parts:
            source = Path(found.submodule_search_locations[0]) / folder / part
            target = out / name / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)
    theme = out / "reveal" / "dist" / "theme" / "course.css"
    theme.parent.mkdir(exist_ok=True)
    shutil.copyfile(TEMPLATE / "course.css", theme)


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NN ...]")
@click.option("--out", type=click.Path(path_type=Path), default=notebooks.ROOT / "slides", show_default="slides")
def slides(numbers: tuple[str, ...], out: Path) -> None:
    """Write the notebooks (or those with the numbers NN) as slides, which need no network.

    Open a deck in a browser; S shows the speaker's notes, F fills the screen.
    """
    chosen = notebooks.chosen(numbers)
    vendor(out)
    for path in chosen:
        try:
            click.echo(f"{write_deck(path, out):3} slides  {out / path.stem}.html")
        except click.ClickException as error:
            if numbers:  # asked for by name
                raise
            click.echo(error.message)
