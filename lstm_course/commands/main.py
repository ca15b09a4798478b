"""The command ``lstm-course``: open, run and hand out the course, and look after its data."""

import click

from lstm_course.commands.classroom import classroom
from lstm_course.commands.data import data
from lstm_course.commands.doctor import doctor
from lstm_course.commands.handout import handout
from lstm_course.commands.lab import lab
from lstm_course.commands.progress import progress
from lstm_course.commands.rehearse import rehearse
from lstm_course.commands.run import run
from lstm_course.commands.slides import slides


@click.group()
def main() -> None:
    """Open, run and hand out the LSTM course, and look after its data."""


for command in (classroom, data, doctor, handout, lab, progress, rehearse, run, slides):
    main.add_command(command)
