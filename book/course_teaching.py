"""The Sphinx extension of the teaching pages: schedules as tables, and each exercise with its usual mistakes.

A page writes ``:::{schedule} half-day`` and ``:::{stumble} decay``. What they show is read at build time, from
``lstm_course.teaching`` and from the checks.
"""

import functools
import importlib

from course_pages import as_markdown
from sphinx.util.docutils import SphinxDirective

from lstm_course import teaching
from lstm_course.commands import rehearse
from lstm_course.teaching import schedules

lessons = functools.cache(rehearse.lessons)  # every directive of every page asks


def minutes(taken: float | None) -> str:
    """Write minutes of the computer, a dash where nobody has measured them."""
    if taken is None:
        return "–"
    return f"{taken:.1f}" if taken >= 0.1 else "< 0.1"


def session_table(session: teaching.Session) -> str:
    """Return a session's table, in MyST."""
    places = {item: cells for shown in schedules.parts(session, lessons()).values() for item, cells in shown}
    rows, clock = ["| at | minutes | what happens | on the screen | computer |", "|---|--:|---|---|--:|"], 0
    for item in session.items:
        what, where, computer = f"*{item.what}*" if item.kind else item.what, "", ""
        if item in places:
            lesson = lessons()[item.notebook]
            tasks = [lesson.tasks()[name] for name in item.exercises]
            what += "".join(f" · {{ref}}`{task.title} <nb{lesson.number}-{task.cell}>`" for task in tasks)
            votes = lesson.questions(places[item])
            where = f"{{ref}}`{lesson.number} · {lesson.title(item.start)} <nb{lesson.number}-{item.start}>`"
            if item.end:
                last = lesson.last_text(places[item])
                where += f" → {{ref}}`stop <nb{lesson.number}-{last}>`"
            where += f", {votes} vote{'s' * (votes > 1)}" if votes else ""
            computer = minutes(item.runs)
        rows.append(f"| {clock // 60}:{clock % 60:02} | {item.minutes} | {what} | {where} | {computer} |")
        clock += item.minutes
    measured = [item.runs for item in places]
    total = minutes(None if None in measured else sum(measured))
    rows.append(f"| {clock // 60}:{clock % 60:02} | **{clock}** | **in all** | | **{total}** |")
    return "\n".join(rows)


def schedule_text(schedule: teaching.Schedule) -> str:
    """Return a schedule, in MyST: what it is for, and a table for each session."""
    parts = [schedule.aim]
    for session in schedule.sessions:
        if len(schedule.sessions) > 1:
            parts.append(f":::{{rubric}} {session.title}\n:heading-level: 3\n:::")
        if session.before:
            parts.append(f"Before it: {session.before}")
        parts.append(session_table(session))
    return "\n\n".join(parts)


def stumble_text(number: str, name: str, question: str) -> str:
    """Return an exercise with its usual mistakes and the question that helps, in MyST."""
    task = lessons()[number].tasks()[name]
    exercise = importlib.import_module(f"lstm_course.exercises.nb{number}").book.exercises[name]
    mistakes = teaching.usual_mistakes(exercise)
    listed = [f"- {as_markdown(sentence)}" for sentence in mistakes] or [
        "- Its check tries the answer, and says where it fails."
    ]
    head = f"**{{ref}}`{task.title} <nb{number}-{task.cell}>`** · {task.minutes} minutes"
    return "\n".join([head, "", *listed, "", f"**Ask:** {question}"])


class ShowSchedule(SphinxDirective):
    """``{schedule} NAME``."""

    required_arguments = 1

    def run(self):
        """Return the schedule as paragraphs and tables."""
        return self.parse_text_to_nodes(schedule_text(teaching.load()[self.arguments[0]]))


class ShowStumble(SphinxDirective):
    """``{stumble} EXERCISE`` with the question that helps; the notebook is that of the page, ``teach/nbNN``."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the exercise's heading, its usual mistakes and the question."""
        number = self.env.docname.removeprefix("teach/nb")
        return self.parse_text_to_nodes(stumble_text(number, self.arguments[0], "\n".join(self.content)))


def setup(app):
    """Register both."""
    app.add_directive("schedule", ShowSchedule)
    app.add_directive("stumble", ShowStumble)
    return {"parallel_read_safe": True}
