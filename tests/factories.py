"""Factories: each function returns a saved row with sensible content; keywords override fields."""

from itertools import count

from django.core.files.base import ContentFile

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.services import enrol
from lessons.courses.services.memberships import unique_handle
from lessons.importing.readers import read_paste
from lessons.importing.services import prepare_import, save_import
from lessons.models import Asset, CaseStudy, GlossaryTerm, Lesson, Module, TimelineEvent

number = count(1)

BODY = "<h2>Spring tides</h2><p>When sun and moon pull in line, the range is greatest.</p><p>Neap tides follow.</p>"


def make_user(name="", **fields):
    n = next(number)
    name = name or f"Reader {n}"
    fields = {"email": f"reader{n}@example.org", "password": "a long enough password", **fields}
    return User.objects.create_user(display_name=name, **fields)


def make_course(**fields):
    n = next(number)
    fields = {"title": f"Tides {n}", "slug": f"tides-{n}", "visibility": Course.Visibility.PUBLIC, **fields}
    return Course.objects.create(**fields)


def make_member(course, role=Membership.Role.LEARNER, group=None, **fields):
    """Save a user who is in the course, as `enrol` does, but without an entry in the audit log."""
    user = make_user(**fields)
    course.memberships.create(user=user, role=role, group=group, handle=unique_handle(course, user))
    return user


def make_enrolled(course, group=None, **fields):
    user = make_user(**fields)
    enrol(user=user, course=course, group=group, by=user)
    return user


def make_group(course, name="Group A"):
    return ReadingGroup.objects.create(course=course, name=name)


def make_module(course=None, **fields):
    n = next(number)
    fields = {"title": f"The sea {n}", "slug": f"the-sea-{n}", "state": Module.State.PUBLISHED, **fields}
    return Module.objects.create(course=course or make_course(), **fields)


def make_lesson(module=None, **fields):
    n = next(number)
    fields = {"title": f"Why tides come {n}", "slug": f"why-tides-{n}", "position": n, "body": BODY, **fields}
    return Lesson.objects.create(module=module or make_module(), **fields)


def make_case_study(module=None, **fields):
    n = next(number)
    facts = {
        "location": "Bristol Channel",
        "began": "1607-01-30",
        "parties": "Villages\nThe sea",
        "outcome": "Walls were raised.",
        "questions": "Who pays for a wall?",
    }
    fields = {"title": f"The flood {n}", "slug": f"the-flood-{n}", "position": n, "body": BODY, **facts, **fields}
    return CaseStudy.objects.create(module=module or make_module(), **fields)


def make_published(lesson=None, by=None, **fields):
    """Publish the lesson and return it as read from the database."""
    lesson = lesson or make_lesson(**fields)
    publish(lesson=lesson, by=by or make_user())
    return type(lesson).objects.get(pk=lesson.pk)


def make_term(module, term="spring tide", definition="A tide of great range.", **fields):
    return GlossaryTerm.objects.create(module=module, term=term, definition=definition, **fields)


def make_event(module, date="1607-01-30", event="The sea comes over the walls.", **fields):
    row = TimelineEvent(module=module, date=date, event=event, **fields)
    row.clean()
    row.save()
    return row


def make_asset(course, **fields):
    asset = Asset(course=course, alt="A wall by the sea", width=1, height=1, **fields)
    asset.file.save("wall.webp", ContentFile(b"RIFF....WEBP"), save=False)
    asset.save()
    return asset


def start_import(**options):
    """Save what `prepare_import` makes of `options`."""
    return save_import(prepare_import(**options))


def make_article(course, author, text="Walls by the sea\nWalls keep the sea out for a while, and then they do not.\n"):
    return start_import(by=author, course=course, name="walls.txt", parsed=read_paste(text))
