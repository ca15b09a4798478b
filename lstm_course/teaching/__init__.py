"""What an instructor needs: schedules, the cells that they name, and the mistakes that each exercise meets.

The web edition's teaching pages and ``lstm-course rehearse`` read the same data.
"""

from lstm_course.teaching.lessons import Lesson, ScheduleError, Task
from lstm_course.teaching.mistakes import usual_mistakes
from lstm_course.teaching.schedules import Item, Schedule, Session, load

__all__ = ["Item", "Lesson", "Schedule", "ScheduleError", "Session", "Task", "load", "usual_mistakes"]
