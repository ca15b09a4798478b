"""The command ``lstm-course progress``: show which exercises are done, or the answers given."""

import click


@click.command()
@click.option("--answers", metavar="NN", help="print your last answer to every exercise of notebook NN instead")
def progress(answers: str | None) -> None:
    """Show which exercises are done."""
    from lstm_course import exercises

    if answers is None:
        exercises.progress()
    else:
        exercises.answers(answers.zfill(2))
