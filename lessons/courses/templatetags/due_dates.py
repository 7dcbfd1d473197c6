"""`{% show_due dates lesson as due %}`: the due date of a lesson that the reader has not completed."""

from django import template

from lessons.courses.due_dates import DueDate, DueDates

register = template.Library()


@register.simple_tag
def show_due(dates: DueDates, lesson) -> DueDate | None:
    return dates.show(lesson.due_at) if lesson.due_at and not lesson.completed_at else None
