"""The explorer: watch the shipped LSTM read, word by word, in a notebook or on a page.

One source, ``static/``, serves both: :func:`explorer` shows it in JupyterLab, and the course's site loads the folder
that ``files.copy_to`` writes. The network is computed in the browser; nothing that is typed leaves it.
"""


def explorer(text: str | None = None):
    """Return the explorer as a widget; put it last in a cell.

    Args:
        text: the review that stands in the box at first; by default the one of notebook 00.

    Raises:
        TypeError: ``text`` is not a string.
        ValueError: a file of the shipped models is not the one that belongs to its card.
        FileNotFoundError: a file is missing.
    """
    from lstm_course.explorer.widget import Explorer

    if text is not None and not isinstance(text, str):
        raise TypeError(f"text: expected a string, found {type(text).__name__}; write explorer('a review of a film')")
    return Explorer(text=text or "")


__all__ = ["explorer"]
