"""A course with one of everything, all its texts markup, and the address of each of its pages."""

import re
from datetime import timedelta
from html import escape
from itertools import count

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.courses.models import AuditEntry, Invitation, Membership
from lessons.courses.services import record
from lessons.db.models import UnsentText
from lessons.discussions.models import (
    Notification,
    NotificationPreference,
    Post,
    PostImage,
    Report,
    ThreadTitleHistory,
)
from lessons.discussions.services.posting import edit_post, prepare_post
from lessons.models import GlossaryTerm, Lesson, Prompt, TimelineEvent
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.writing import add_check
from lessons.privacy.models import DataExport
from lessons.tagging.models import Tag
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.conftest import client_of
from tests.discussions.make import post_by, thread_by
from tests.practice.make import answer_by

TEXT_FIELDS = (models.CharField, models.TextField)
# What is no text for people: addresses, keys, codes, languages, zones, dates, sums, passwords; and stored HTML.
NO_TEXT = set(
    "slug key handle email password language time_zone sha256 code draft_key feed_token calendar_token "
    "unsubscribe_token session_key lesson_anchor file via canonical began ended date html body label user_agent form "
    "digest result verb kind".split()
)
# The database refuses to change rows of these; they are made of texts that are markup already.
FROZEN = {"Revision", "AuditEntry", "Annotation", "EmailConfirmation", "Authenticator", "UserSession", "EmailAddress"}
numbers = count(1)


def markup(field: str = "") -> str:
    """Return a text that is an element, with every character that may end an attribute. `field` says where it is."""
    FIELD_BY_NUMBER[str(next_number := next(numbers))] = field
    return f"""<mark-{next_number} "'&>"""


FIELD_BY_NUMBER: dict[str, str] = {}


def fill_with_markup(*rows) -> None:
    """Put markup into every text field of the rows, past all validation."""
    for row in rows:
        texts = {}
        for model in (type(row), *type(row)._meta.parents):
            for field in model._meta.local_fields:
                if isinstance(field, TEXT_FIELDS) and not field.choices and field.name not in NO_TEXT:
                    texts.setdefault(model, {})[field.name] = markup(f"{model.__name__}.{field.name}")
        for model, values in texts.items():
            model.objects.filter(pk=row.pk).update(**values)
        row.refresh_from_db()


def _check() -> Check:
    options = (Option(markup("check.option"), "", True), Option(markup("check.option"), markup("check.feedback")))
    return Check(Kind.SINGLE, markup("check.question"), options, explanation=markup("check.explanation"))


class MarkupWorld:
    """A course with one of everything, all its texts markup."""

    def __init__(self):
        self.course = factories.make_course(title="Sea", slug="sea", visibility="public", join_policy="open")
        self.group = factories.make_group(self.course)
        self.people = {
            "visitor": None,
            **{role: factories.make_member(self.course, role, group=self.group) for role in Membership.Role.values},
            "administrator": factories.make_user(is_superuser=True, is_staff=True),
        }
        self.learner, self.instructor = self.people["learner"], self.people["instructor"]
        self._add_texts()
        fill_with_markup(*(person for person in self.people.values() if person), self.course, self.group)
        self._add_discussions()
        self._add_annotations()
        self._add_other_rows()
        fill_with_markup(*(row for model in self.own_models() for row in model.objects.all()))
        self.clients = {
            who: client_of(person and User.objects.get(pk=person.pk)) for who, person in self.people.items()
        }

    @staticmethod
    def own_models():
        own = [model for model in apps.get_models() if model.__module__.startswith("lessons.")]
        return [model for model in own if model.__name__ not in FROZEN]

    def _add_texts(self):
        self.module = factories.make_module(self.course, slug="tides")
        self.lesson, self.case = factories.make_lesson(self.module), factories.make_case_study(self.module)
        factories.make_event(self.module, lesson=self.lesson)
        factories.make_term(self.module, lesson=self.lesson)
        Prompt.objects.create(module=self.module, lesson=self.lesson, text="Who pays?")
        self.asset = factories.make_asset(self.course)
        for row in (self.module, self.lesson, self.case):
            fill_with_markup(row)
            row.tags.add(markup(f"{type(row).__name__}.tags"))
        for lesson in (self.lesson, self.case):
            text = f"<h2>{escape(markup('heading'))}</h2><p>When sun and moon {escape(markup('paragraph'))} pull.</p>"
            raw = f'<p title="{markup("title")}">Neap {markup("element")} tides.</p>'
            self.check = add_check(lesson=lesson, check=_check())
            Lesson.objects.filter(pk=lesson.pk).update(body=f'{text}{raw}<hr data-check="{self.check.uid}">')
            for summary in (markup("Revision.change_summary"), ""):
                publish(lesson=type(lesson).objects.get(pk=lesson.pk), by=self.instructor, change_summary=summary)
            lesson.refresh_from_db()
            answer_by(self.learner, self.check, "1")

    def _add_discussions(self):
        talk = {"title": markup("Thread.title"), "tags": [markup("Thread.tags")]}
        source = f"**Bold** {markup('Post.source')} [{markup('link')}](https://example.org/{markup('address')})"
        self.thread = thread_by(self.learner, self.course, source, kind="question", lesson=self.lesson, **talk)
        self.reply = post_by(self.instructor, self.thread, f"> {markup('quote')}\n\n`{markup('code')}`")
        edit_post(post=self.reply, by=self.instructor, prepared=prepare_post(source + " More.", course=self.course))
        self.hidden = post_by(self.learner, self.thread, markup("hidden"), anonymous=True)
        Report.objects.create(post=self.hidden, reporter=self.instructor, reason="Rude")
        Post.objects.filter(pk=self.hidden.pk).update(state="hidden", open_report_count=1)
        self.forum_thread = thread_by(
            self.people["assistant"], self.course, source, audience="group", group=self.group
        )
        self.anonymous = thread_by(self.learner, self.course, source, anonymous=True, **talk)
        self.image = PostImage(post=self.reply, alt="A shore")
        self.image.file.save("a.webp", ContentFile(b"RIFF"))
        ThreadTitleHistory.objects.create(
            thread=self.thread, kind="question", tags=[markup("ThreadTitleHistory.tags")]
        )

    def _add_annotations(self):
        self.course.labels.create(key="note", name="Note")
        for lesson in (self.lesson, self.case):
            note = note_by(self.learner, lesson, "sun and moon", markup("note"), tags=[markup("note.tags")])
            post_by(self.people["assistant"], note.thread, markup("note.reply"))
            quoted = note_by(
                self.learner, lesson, Lesson.objects.get(pk=lesson.pk).current_revision.text[:60], "Look."
            )
            highlight_by(self.instructor, lesson, "sun and moon")
        self.note, self.quoted = note, quoted

    def _add_other_rows(self):
        self.article = factories.make_article(
            self.course,
            self.instructor,
            f"{markup('article.title')}\n\n1. {markup('heading')}\n\n{markup('text')} is.\n",
        )
        self.invitation = Invitation.objects.create(course=self.course, group=self.group, created_by=self.instructor)
        until = timezone.now() + timedelta(days=1)
        self.archive = DataExport(user=self.learner, completed_at=timezone.now(), expires_at=until)
        self.archive.file.save("", ContentFile(b"PK"))
        self.preference = NotificationPreference.objects.create(user=self.learner, email_frequency="immediate")
        for person in (self.learner, self.instructor):
            for kind in Notification.Kind.values:
                own = Post.objects.filter(author=person).first()
                Notification.objects.create(user=person, course=self.course, post=own, kind=kind, message="Mind")
            for key in (f"course-{self.course.pk}", f"lesson-{self.lesson.pk}", f"thread-{self.thread.pk}"):
                UnsentText.objects.create(user=person, draft_key=key, fields={"source": markup("UnsentText.fields")})
        for target in (self.module, self.lesson, self.group, self.thread, self.learner):
            record(by=self.instructor, verb="publish", course=self.course, target=target, reason="Ready")

    def candidates(self, segment: str, name: str) -> list:
        """Return the values of the parameter `name` in a URL after the path segment `segment`."""
        return {
            "courses": [self.course.slug],
            "modules": [self.module.slug],
            "lessons": [self.lesson.pk, self.case.pk],
            "revisions": [1],
            "history": [1],
            "tags": list(Tag.objects.values_list("slug", flat=True))[:3],
            "assets": [self.asset.uid],
            "threads": [self.thread.pk, self.forum_thread.pk, self.anonymous.pk, self.note.thread_id],
            "posts": [self.reply.pk, self.hidden.pk, self.anonymous.posts.get().pk],
            "images": [self.image.uid],
            "notes": [self.note.pk, self.quoted.pk],
            "annotations": {
                "uid": [self.note.uid, self.quoted.uid],
                "post": [self.note.thread.posts.get(seq=2).pk],
                "note": [self.note.pk],
            }.get(name, []),
            "members": {
                "uid": [self.learner.uid],
                "pk": list(self.course.memberships.values_list("pk", flat=True))[:2],
            }.get(name, []),
            "checks": [self.check.uid],
            "groups": [self.group.pk],
            "invitations": [self.invitation.code if name == "code" else self.invitation.pk],
            "unsubscribe": [self.preference.unsubscribe_token],
            "feeds": [self.preference.feed_token],
            "calendars": [self.course.slug if name == "slug" else self.preference.calendar_token],
            "data": [self.archive.uid],
            "export": ["html", "md", "csv", "json"],
            "log": [AuditEntry.objects.first().pk],
            "lesson": [self.lesson.pk],
            "casestudy": [self.case.pk],
            "module": [self.module.pk],
            "course": [self.course.pk],
            "user": [self.learner.pk],
            "membership": [self.course.memberships.first().pk],
            "readinggroup": [self.group.pk],
            "auditentry": [AuditEntry.objects.first().pk],
            "asset": [self.asset.pk],
            "glossaryterm": [GlossaryTerm.objects.first().pk],
            "timelineevent": [TimelineEvent.objects.first().pk],
            "prompt": [Prompt.objects.first().pk],
            "articles": [self.article.pk],
            "publication": [self.note.pk, self.quoted.pk],
        }.get(segment, [])

    def addresses(self, patterns=None, prefixes=("",)):
        """Every address of the site with the ids of this world, as far as they are known."""
        for entry in get_resolver().url_patterns if patterns is None else patterns:
            if not isinstance(entry.pattern, RoutePattern) and str(entry.pattern) != "":
                continue
            begun = self._extended(prefixes, str(entry.pattern))
            if isinstance(entry, URLPattern):
                yield from (f"/{path}" for path in begun)
            else:
                yield from self.addresses(entry.url_patterns, begun)

    def _extended(self, prefixes, route: str) -> list[str]:
        """Return the prefixes followed by the route, once for each candidate of its parameters."""
        paths = list(prefixes)
        for part in re.split(r"(<[^>]+>)", route):
            if not part.startswith("<"):
                paths = [path + part for path in paths]
                continue
            name = part.strip("<>").rpartition(":")[2]
            paths = [path + str(value) for path in paths for value in self._values(path, name)]
        return paths

    def _values(self, path: str, name: str) -> list:
        """Return candidates by the last segment that is a word; a lesson's URL ends with its slug."""
        segments = path.rstrip("/").split("/")
        if segments[-1].isdigit() and name == "slug":
            return [Lesson.objects.get(pk=segments[-1]).slug]
        if name == "app_label":
            return ["lessons", "courses", "accounts"]
        word = next((word for word in reversed(segments) if word.isalpha()), "")
        return self.candidates(word, name)
