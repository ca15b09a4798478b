"""Turn a course notebook into a page for readers: a copy with its cells marked up for the site.

The notebooks are written for JupyterLab and stay as they are. `page` sets off the questions, folds away solutions and
hints, says where an exercise is done, and moves the figures' text alternatives to where myst-nb reads them. `for_colab`
makes the copies that Colab opens, where nothing of the course lies beside a notebook.
"""

import copy
import importlib
import re
from pathlib import Path
from urllib.parse import quote

import nbformat

from lstm_course.explorer.widget import STATIC_TEXT

FOLDED = {"solution": "Solution", "claims": "How the text’s numbers are checked"}
LIVE = "*In JupyterLab the explorer appears here with this review; it is live [on a page of its own](../explorer.md).*"
MARK = "**Predict first.**"
COLAB = "https://colab.research.google.com/github"
# Colab's own versions stay: to replace its Jupyter breaks the machine at the next restart of the kernel. Of what the
# package requires, Colab's list (googlecolab/backend-info) lacks JupyterLab, which nobody needs there, and anywidget.
INSTALL = """\
# Run this cell first: where the course's package is missing, it installs it.
from importlib import metadata, util

if util.find_spec("lstm_course") is None:
    %pip install -q --no-deps "{package}" anywidget psygnal
    print("Installed for as long as this machine lasts: lstm-course", metadata.version("lstm-course"))"""


def page(notebook, name: str, repository: str, hints: dict[str, tuple[str, ...]]):
    """Return a copy of a notebook as the site shows it.

    Args:
        notebook: as `nbformat.read` returns it.
        name: its file name.
        repository: `owner/name` on GitHub, for the links that run it, or an empty string.
        hints: the hints of each exercise, by the exercise's name.
    """
    result = copy.deepcopy(notebook)
    result.cells = []
    for cell in copy.deepcopy(notebook.cells):
        if cell.cell_type == "markdown":
            text = number_equations(set_off_questions(cell.source), f"{name[:2]}-{cell.id}")
            address = f"(nb{name[:2]}-{cell.id})=\n" if result.cells else ""  # the title has one already
            cell.source = address + text.replace("](../figures/", "](../../figures/")
            result.cells.append(cell)
            continue
        tags = cell.metadata.setdefault("tags", [])
        for tag, prompt in FOLDED.items():
            if tag in tags:
                tags.append("hide-cell")
                cell.metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
                cell.source = cell.source.split("\n", 1)[1]  # "# Solution: click the dots to open"
        for output in cell.outputs:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
        result.cells.append(cell)
        if any(output.get("data", {}).get("text/plain") == STATIC_TEXT for output in cell.outputs):
            tags.append("remove-output")  # it says how to run the cell
            result.cells.append(nbformat.v4.new_markdown_cell(LIVE))
        if cell.id.endswith("-stub"):
            tags += ["remove-output", "exercise"]  # the output of a stub says only that it is one
            result.cells.append(nbformat.v4.new_markdown_cell(_exercise(cell.source, name, repository, hints)))
    return result


def set_off_questions(markdown: str) -> str:
    """Make an admonition of what follows *Predict first* in its paragraph, and of lines that the paragraph announces.

    An item of a list is left alone: there the words name the habit.
    """
    blocks, parts = markdown.split("\n\n"), []
    while blocks:
        before, mark, question = blocks.pop(0).partition(MARK)
        if not mark or before.startswith("- "):
            parts.append(before + mark + question)
            continue
        if blocks and blocks[0].startswith(">"):
            question += "\n\n" + blocks.pop(0)
        parts += [before.strip(), f":::{{admonition}} Predict first\n:class: predict\n\n{question.strip()}\n:::"]
    return "\n\n".join(filter(None, parts))


def number_equations(markdown: str, prefix: str) -> str:
    """Give every displayed equation a label, and with it a number and an address; its own stays, as text.

    MathJax pushes a tag to the page's edge, where the site's number is.
    """
    count = 0

    def labelled(match):
        nonlocal count
        count += 1
        equation = re.sub(r"\\tag\{(\d+)\}", r"\\qquad (\1)", match[0])
        return f"{equation} (eq-{prefix}-{count})"

    return re.sub(r"^\$\$.+?\$\$(?=\s*$)", labelled, markdown, flags=re.M | re.S)


def run_links(name: str, repository: str) -> dict[str, str]:
    """Return the addresses at which a notebook runs, by the service's name: none without a repository."""
    if not repository:
        return {}
    path = quote(f"notebooks/{name}")
    return {
        "Binder": f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/{path}",
        "Colab": f"{COLAB}/{repository}/blob/colab/{quote(name)}",
    }


def for_colab(notebook, repository: str, package: str):
    """Return a copy of a notebook whose first cell installs the course where it is missing.

    Pictures and other notebooks, which lie beside the course's own, are linked by their addresses.

    Args:
        notebook: as `nbformat.read` returns it.
        repository: `owner/name` on GitHub.
        package: what pip installs, such as `git+https://github.com/owner/name`.
    """
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if cell.cell_type == "markdown":
            pictures = f"](https://raw.githubusercontent.com/{repository}/HEAD/figures/"
            text = cell.source.replace("](../figures/", pictures)
            cell.source = re.sub(r"\]\((\d\d_\w+\.ipynb)", rf"]({COLAB}/{repository}/blob/colab/\1", text)
    install = nbformat.v4.new_code_cell(INSTALL.format(package=package), id="install")
    result.cells.insert(1, install)
    return result


def _exercise(stub: str, name: str, repository: str, hints: dict[str, tuple[str, ...]]) -> str:
    """Return the block below an exercise: where to do it, and its hints one by one."""
    links = [f"{{download}}`Download this notebook <../../notebooks/{name}>`"]
    links += [f"[{service}]({address})" for service, address in run_links(name, repository).items()]
    lines = [
        "::::{admonition} Do this in JupyterLab",
        ":class: exercise-run",
        "",
        f"The check answers you there. {' · '.join(links)} · [how to run it](../run.md)",
    ]
    (exercise,) = re.findall(r'^# hint\("(\w+)"\)', stub, re.M)
    for number, hint in enumerate(hints[exercise], 1):
        lines += ["", f":::{{dropdown}} Hint {number}", as_markdown(hint), ":::"]
    return "\n".join([*lines, "::::"])


SYMBOL = r"(?<!\w)[A-Za-z]_(?:\{[^}]+\}|\w)(?!\w)"
POWER = r"\w+\*\*\w+"


def as_markdown(sentence: str) -> str:
    """Write a check's sentence so that Markdown shows it as it is, with code in backticks and h_{t-1} as a formula."""
    parts = re.split(rf"(`.+?`|{SYMBOL}|{POWER})", re.sub(r"\s+", " ", sentence))
    for place, part in enumerate(parts):
        if place % 2 == 0:
            parts[place] = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", part)  # no other sign can be escaped
        elif not part.startswith("`"):
            parts[place] = f"`{part}`" if "**" in part else f"${part}$"
    return "".join(parts)


def hints_of(number: str) -> dict[str, tuple[str, ...]]:
    """Return the hints of a notebook's exercises, by the exercise's name."""
    module = importlib.import_module(f"lstm_course.exercises.nb{number}")
    return {name: tuple(exercise.hints) for name, exercise in module.hint.__self__.exercises.items()}


def card(notebook, name: str) -> str:
    """Return a notebook's card on the front page: title, promise, minutes, from its own header."""
    header = notebook.cells[0].source
    title = re.search(r"^# (.+)", header)[1]
    promise = header.split("\n\n")[1].replace("\n", " ")
    read, worked, run = (
        re.search(rf"([\d.]+) {words}", header)[1]
        for words in ("minutes? to read", "with the exercises", "minutes? to run")
    )
    return "\n".join(
        [
            f"::::{{grid-item-card}} {title}",
            f":link: notebooks/{name.removesuffix('.ipynb')}",
            ":link-type: doc",
            "",
            promise,
            ":::{card-footer}",
            f"{read} min to read · {worked} with the exercises · {run} to run",
            ":::",
            "::::",
        ]
    )


def write_pages(source: Path, target: Path, repository: str) -> None:
    """Write the pages of all notebooks in ``source`` into ``target``, and ``map.md``, the cards of the front page."""
    target.mkdir(exist_ok=True)
    cards = []
    for path in sorted(source.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        cards.append(card(notebook, path.name))
        made = page(notebook, path.name, repository, hints_of(path.name[:2]))
        _write(target / path.name, nbformat.writes(made))
    _write(target / "map.md", "\n\n".join([":::::{grid} 1 1 2 2\n:gutter: 3", *cards, ":::::"]))
    for stale in target.glob("*.ipynb"):
        if not (source / stale.name).exists():
            stale.unlink()


def write_for_colab(source: Path, target: Path, repository: str) -> None:
    """Write the copies for Colab of all notebooks in ``source`` into ``target``, which is made."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.ipynb")):
        made = for_colab(nbformat.read(path, as_version=4), repository, f"git+https://github.com/{repository}")
        _write(target / path.name, nbformat.writes(made))


def _write(path: Path, text: str) -> None:
    """Write a file if its text has changed, so that Sphinx reads anew only what has."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
