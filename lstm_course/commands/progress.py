"""The command ``lstm-course progress``: show which exercises are done, or the answers given, or export a file."""

import json
import uuid
from pathlib import Path

import click


@click.command()
@click.option("--answers", metavar="NN", help="print your last answer to every exercise of notebook NN instead")
@click.option(
    "--export",
    "file",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="write a small file without names for your instructor instead: attempts and diagnoses, no answers",
)
def progress(answers: str | None, file: str | None) -> None:
    """Show which exercises are done."""
    from lstm_course import exercises

    if file is not None:
        _export(Path(file or f"progress-{uuid.uuid4().hex[:8]}.json"))  # thirty of them go into one folder
    elif answers is None:
        exercises.progress()
    else:
        exercises.answers(answers.zfill(2))


def _export(file: Path) -> None:
    from lstm_course.exercises.export import export

    content = export()
    if not content["exercises"]:
        raise click.ClickException("there is nothing to export yet; run the check of an exercise first")
    try:
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}); name another file") from None
    count = len(content["exercises"])
    rows = "1 exercise" if count == 1 else f"{count} exercises"
    click.echo(f"{rows} in {file}: attempts and diagnoses, no answers and no names")
