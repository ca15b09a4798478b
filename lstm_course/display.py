"""Show a figure in a notebook together with its text alternative."""

from IPython.display import display


def show(figure, *, alt: str) -> None:
    """Display ``figure`` with ``alt`` as its text alternative, and close it.

    The text is stored as the output's ``image/png`` metadata, which nbconvert writes into the page
    (jupyter/nbconvert#1112); a front end that ignores it still leaves it in the file.

    Args:
        figure: a matplotlib figure, or an axes of it.
        alt: one or two sentences that say what the figure shows and what it finds.
    """
    import matplotlib.pyplot as plt

    figure = getattr(figure, "figure", figure)
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)
