"""A participation rule in words, as every page shows it."""

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from lessons.models import Module
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import rule_sentence


def describe(rule: ParticipationRule) -> str:
    """Return the rule as a sentence, with its last moment in the course's time zone. Needs its module and lesson."""
    starts = date_format(rule.starts_on, "j F Y") if rule.starts_on else ""
    ends = ""
    if rule.due_at:
        local = rule.due_at.astimezone(rule.course.zone)
        ends = f"{date_format(local, 'l j F Y')}, {time_format(local, 'H:i')}"
    return rule_sentence(rule.asked, place=_place(rule), starts=starts, ends=ends)


def _place(rule: ParticipationRule) -> str:
    """Return the title that readers see: a draft's is nobody's business yet."""
    if rule.lesson:
        revision = rule.lesson.current_revision
        return f"“{revision.title}”" if revision else _("a lesson that is not published yet")
    if rule.module:
        is_draft = rule.module.state == Module.State.DRAFT
        return _("a module that is not published yet") if is_draft else f"“{rule.module.title}”"
    return ""
