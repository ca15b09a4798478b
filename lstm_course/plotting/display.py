"""Show a figure in a notebook together with its text alternative."""

from weakref import WeakKeyDictionary

from IPython.display import display

_DESCRIPTIONS = WeakKeyDictionary()  # axes -> the sentence that the plotting function composed


def describe(ax, text: str) -> None:
    """Say in words what ``ax`` shows; every plotting function does so, from its data, before it returns."""
    _DESCRIPTIONS[ax] = text


def alt_text(figure) -> str:
    """Return the text alternative of a figure: of each axes its title, the finding, and what is drawn there.

    Raises:
        ValueError: something is drawn on an axes that no plotting function has described.
    """
    parts = []
    for ax in figure.axes:
        if ax in _DESCRIPTIONS:
            title = " ".join(ax.get_title(loc="left").split())
            parts.append(f"{title}. {_DESCRIPTIONS[ax]}" if title else _DESCRIPTIONS[ax])
        elif ax.has_data() and ax.get_label() != "<colorbar>":
            raise ValueError(f"figure: the axes {ax.get_title(loc='left')!r} has no description; see describe(ax, text)")
    return " ".join(parts)


def show(figure) -> None:
    """Display ``figure`` with its text alternative, and close it.

    The text is stored as the output's ``image/png`` metadata, which nbconvert writes into the page
    (jupyter/nbconvert#1112); a front end that ignores it still leaves it in the file.

    Args:
        figure: a matplotlib figure, or an axes of it, drawn by plotting functions of the course.
    """
    import matplotlib.pyplot as plt

    figure = getattr(figure, "figure", figure)
    display(figure, metadata={"image/png": {"alt": alt_text(figure)}})
    plt.close(figure)
