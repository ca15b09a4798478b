"""The command ``lstm-course progress``: show which exercises are done."""

import click


@click.command()
def progress() -> None:
    """Show which exercises are done."""
    from lstm_course.exercises import progress as show_progress

    show_progress()
