"""The pages with a form in which somebody may write, by the draft keys of their unsent texts.

A key is a kind and an id: `course-3` for a new thread, `lesson-5` for a comment on a lesson, `thread-7` for a reply,
`post-9` for an edit, `title-7` for a thread's title and tags, `report-9` for a report of a post, `reason-9` for what
staff write about one, `message-4` for an e-mail to a member, `note-5` for a note on a lesson, `mark-11` for a comment
on a highlight, `edit-module-2` and `add-prompt-2` (with the module's id, 0 where none is chosen) for the pages of the
admin, `add-check-5` (with the lesson's id) and `edit-check-3` for the checks of a lesson, `add-rule-3` (with the
course's id) and `edit-rule-2` for participation rules, `decision-2-4` for what is decided by rule 2 about member 4,
`profile-0`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course, Membership
from lessons.db.ids import parse_number
from lessons.db.unsent_texts import MAX_BYTES, MAX_LESSON_BYTES, Fields
from lessons.discussions.models import Post, Thread
from lessons.models import CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.participation.models import ParticipationRule
from lessons.permissions import (
    can_annotate,
    can_create_courses,
    can_decide_participation,
    can_discuss,
    can_edit_annotation,
    can_edit_post,
    can_edit_thread,
    can_enter_authoring,
    can_moderate,
    can_reply,
    can_set_participation_rules,
    can_view_participation,
)
from lessons.practice.models import KnowledgeCheck

DECISION = "decision"


@dataclass(frozen=True)
class FormPage:
    """A page with a form, which somebody may open. `can_write` says whether it would still accept what they write."""

    label: str
    url: str
    can_write: bool = True
    max_bytes: int = MAX_BYTES

    def address(self, fields: Fields) -> str:
        """Return the URL that shows the form again with these fields: a note needs its passage."""
        passage = {name: fields[name] for name in ("revision", "block", "start", "end") if fields.get(name)}
        return f"{self.url}?{urlencode(passage)}" if passage else self.url


def split_key(draft_key: str) -> tuple[str, int | None]:
    """Return kind and id of a draft key."""
    kind, _dash, pk = draft_key.rpartition("-")
    return kind, parse_number(pk)


def find_form_page(user: User, draft_key: str) -> FormPage | None:
    """Return the page of a draft key if the user may open it. Three queries at most."""
    return find_form_pages(user, [draft_key]).get(draft_key)


def find_form_pages(user: User, draft_keys: Iterable[str]) -> dict[str, FormPage]:
    """Return the pages that the user may open, by their draft keys. Two queries at most for each kind of form."""
    ids_by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, pk in map(split_key, draft_keys):
        if pk is not None:
            ids_by_kind[kind].add(pk)
    pages: dict[str, FormPage] = {}
    for kind, ids in ids_by_kind.items():
        if find := _finder(kind):
            pages |= {f"{kind}-{pk}": page for pk, page in find(user, ids).items()}
    return pages


def _finder(kind: str) -> "Finder | None":
    """Return the function for a kind; of decisions, each rule has a kind of its own."""
    name, _dash, rule = kind.partition("-")
    return partial(_decisions, parse_number(rule)) if name == DECISION and rule else FINDERS.get(kind)


def _courses(user: User, ids: set[int]) -> dict[int, FormPage]:
    courses = [course for course in Course.objects.filter(pk__in=ids) if can_discuss(user, course)]
    return {
        course.pk: FormPage(
            _("New discussion in “%(course)s”") % {"course": course.title},
            reverse("discussions:create_thread", args=[course.slug]),
            not course.is_closed,
        )
        for course in courses
    }


def _readable_lessons(user: User, ids: set[int]) -> list[Lesson]:
    lessons = Lesson.objects.with_course().filter(pk__in=ids, current_revision__isnull=False).defer("body")
    published = set(Lesson.objects.published().filter(pk__in=ids).values_list("pk", flat=True))
    return [
        lesson
        for lesson in lessons
        if can_discuss(user, lesson.module.course)
        and (lesson.pk in published or can_moderate(user, lesson.module.course))
    ]


def _comments(user: User, ids: set[int]) -> dict[int, FormPage]:
    return {
        lesson.pk: FormPage(
            _("Comment on “%(lesson)s”") % {"lesson": _published_title(lesson)},
            reverse("discussions:lesson_comments", args=[lesson.pk]),
            not lesson.module.course.is_closed,
        )
        for lesson in _readable_lessons(user, ids)
    }


def _notes(user: User, ids: set[int]) -> dict[int, FormPage]:
    return {
        lesson.pk: FormPage(
            _("Note on “%(lesson)s”") % {"lesson": _published_title(lesson)},
            reverse("annotations:create", args=[lesson.pk]),
            can_annotate(user, lesson.module.course),
        )
        for lesson in _readable_lessons(user, ids)
    }


def _published_title(lesson: Lesson) -> str:
    return lesson.current_revision.title if lesson.current_revision else ""


def _replies(user: User, ids: set[int]) -> dict[int, FormPage]:
    threads = Thread.objects.visible_to(user).not_merged().filter(pk__in=ids).select_related("course")
    return {
        thread.pk: FormPage(
            _("Reply in “%(thread)s”") % {"thread": _shorten(thread.display_title)},
            thread.get_absolute_url(),
            can_reply(user, thread),
        )
        for thread in threads
    }


def _edits(user: User, ids: set[int]) -> dict[int, FormPage]:
    posts = Post.objects.visible_to(user).filter(pk__in=ids, author=user).select_related("thread__course")
    return {
        post.pk: FormPage(
            _("Changes to your post in “%(thread)s”") % {"thread": _shorten(post.thread.display_title)},
            reverse("discussions:edit_post", args=[post.pk]),
            can_edit_post(user, post),
        )
        for post in posts
    }


def _titles(user: User, ids: set[int]) -> dict[int, FormPage]:
    threads = Thread.objects.visible_to(user).not_merged().filter(pk__in=ids).select_related("course")
    return {
        thread.pk: FormPage(
            _("Title and tags of “%(thread)s”") % {"thread": _shorten(thread.display_title)},
            reverse("discussions:edit_thread", args=[thread.pk]),
        )
        for thread in threads
        if can_edit_thread(user, thread)
    }


def _reports(user: User, ids: set[int]) -> dict[int, FormPage]:
    posts = Post.objects.visible_to(user).filter(pk__in=ids).exclude(author=user).select_related("thread__course")
    return _post_actions(
        [post for post in posts if post.state == Post.State.SHOWN], _("Report of a post in “%(thread)s”")
    )


def _reasons(user: User, ids: set[int]) -> dict[int, FormPage]:
    posts = Post.objects.visible_to(user).filter(pk__in=ids).select_related("thread__course")
    label = _("Reason, or message to the author, about a post in “%(thread)s”")
    return _post_actions([post for post in posts if can_moderate(user, post.thread.course)], label)


def _messages(user: User, ids: set[int]) -> dict[int, FormPage]:
    memberships = Membership.objects.active().filter(pk__in=ids).select_related("user", "course")
    return {
        membership.pk: FormPage(
            _("E-mail to %(name)s") % {"name": membership.user.display_name},
            reverse("discussions:moderator_inbox", args=[membership.course.slug]),
        )
        for membership in memberships
        if can_moderate(user, membership.course)
    }


def _post_actions(posts: list[Post], label: str) -> dict[int, FormPage]:
    return {
        post.pk: FormPage(
            label % {"thread": _shorten(post.thread.display_title)},
            reverse("discussions:post_actions", args=[post.pk]),
        )
        for post in posts
    }


def _highlights(user: User, ids: set[int]) -> dict[int, FormPage]:
    highlights = Annotation.objects.visible_to(user).displayed().filter(pk__in=ids, author=user)
    return {
        highlight.pk: FormPage(
            _("Comment on your highlight “%(passage)s”") % {"passage": _shorten(highlight.exact)},
            reverse("annotations:edit", args=[highlight.pk]),
            can_edit_annotation(user, highlight),
        )
        for highlight in highlights.select_related("lesson__module__course")
    }


def _profiles(user: User, ids: set[int]) -> dict[int, FormPage]:
    return {0: FormPage(_("Your profile"), reverse("accounts:profile"))} if 0 in ids else {}


def _shorten(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(80)


@dataclass(frozen=True)
class AuthoringForm:
    """A model with pages in the admin: the lookup path to its course, and to what a new row is added to."""

    model: type[Model]
    course_path: str
    parent: str
    max_bytes: int = MAX_BYTES

    @property
    def name(self) -> str:
        return self.model._meta.model_name or ""

    def url(self, page: str, *args: int) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.name}_{page}", args=args)


AUTHORING_FORMS = [
    AuthoringForm(Course, "pk", ""),
    AuthoringForm(Module, "course", "course"),
    AuthoringForm(Lesson, "module__course", "module", MAX_LESSON_BYTES),
    AuthoringForm(CaseStudy, "module__course", "module", MAX_LESSON_BYTES),
    AuthoringForm(GlossaryTerm, "module__course", "module"),
    AuthoringForm(TimelineEvent, "module__course", "module"),
    AuthoringForm(Prompt, "module__course", "module"),
]


def _changes(form: AuthoringForm, user: User, ids: set[int]) -> dict[int, FormPage]:
    in_own_courses = {f"{form.course_path}__in": Course.objects.editable_by(user)}
    rows = form.model._default_manager.filter(pk__in=ids).filter(**in_own_courses)
    name = form.model._meta.verbose_name
    return {
        row.pk: FormPage(
            _("Changes to the %(kind)s “%(title)s”") % {"kind": name, "title": _shorten(str(row))},
            form.url("change", row.pk),
            max_bytes=form.max_bytes,
        )
        for row in rows
    }


def _additions(form: AuthoringForm, user: User, ids: set[int]) -> dict[int, FormPage]:
    if not (can_enter_authoring(user) if form.parent else can_create_courses(user)):
        return {}
    parents = {"course": Course.objects.editable_by(user), "module": Module.objects.editable_by(user)}
    own = set(parents[form.parent].filter(pk__in=ids).values_list("pk", flat=True)) if form.parent else set()
    return {
        pk: FormPage(
            _("New %(kind)s") % {"kind": form.model._meta.verbose_name},
            form.url("add") + (f"?{urlencode({form.parent: pk})}" if pk else ""),
            max_bytes=form.max_bytes,
        )
        for pk in ids
        if pk == 0 or pk in own
    }


def _tables(name: str, user: User, ids: set[int]) -> dict[int, FormPage]:
    labels = {
        "glossary": _("Changes to the glossary of “%(title)s”"),
        "timeline": _("Changes to the timeline of “%(title)s”"),
    }
    return {
        module.pk: FormPage(
            labels[name] % {"title": _shorten(module.title)},
            reverse(f"admin:lessons_module_{name}", args=[module.pk]),
            max_bytes=MAX_LESSON_BYTES,
        )
        for module in Module.objects.editable_by(user).filter(pk__in=ids)
    }


def _new_checks(user: User, ids: set[int]) -> dict[int, FormPage]:
    lessons = Lesson.objects.editable_by(user).filter(pk__in=ids).select_related("casestudy").defer("body")
    return {
        lesson.pk: FormPage(
            _("New check in “%(lesson)s”") % {"lesson": _shorten(lesson.title)},
            reverse(f"admin:lessons_{_model_name(lesson)}_newcheck", args=[lesson.pk]),
        )
        for lesson in lessons
    }


def _checks(user: User, ids: set[int]) -> dict[int, FormPage]:
    rows = KnowledgeCheck.objects.filter(pk__in=ids, lesson__in=Lesson.objects.editable_by(user))
    return {
        row.pk: FormPage(
            _("Changes to the check “%(question)s”") % {"question": _shorten(str(row))},
            reverse(f"admin:lessons_{_model_name(row.lesson)}_check", args=[row.lesson_id, row.uid]),
        )
        for row in rows.select_related("lesson__casestudy")
    }


def _new_rules(user: User, ids: set[int]) -> dict[int, FormPage]:
    return {
        course.pk: FormPage(
            _("New participation rule in “%(course)s”") % {"course": course.title},
            reverse("participation:create_rule", args=[course.slug]),
            can_set_participation_rules(user, course),
        )
        for course in Course.objects.editable_by(user).filter(pk__in=ids)
    }


def _rules(user: User, ids: set[int]) -> dict[int, FormPage]:
    rules = ParticipationRule.objects.current().filter(pk__in=ids, course__in=Course.objects.editable_by(user))
    return {
        rule.pk: FormPage(
            _("Changes to the participation rule “%(rule)s”") % {"rule": rule.name},
            reverse("participation:edit_rule", args=[rule.course.slug, rule.pk]),
            can_set_participation_rules(user, rule.course),
        )
        for rule in rules.select_related("course")
    }


def _decisions(rule_id: int | None, user: User, ids: set[int]) -> dict[int, FormPage]:
    rule = ParticipationRule.objects.current().filter(pk=rule_id).select_related("course").first()
    if rule is None or not can_view_participation(user, rule.course):
        return {}
    learners = rule.course.memberships.active().filter(pk__in=ids, role=Membership.Role.LEARNER)
    return {
        learner.pk: FormPage(
            _("Decision about the participation of %(name)s") % {"name": learner.user.display_name},
            reverse("participation:learner", args=[rule.course.slug, rule.pk, learner.pk]),
            can_decide_participation(user, rule.course),
        )
        for learner in learners.select_related("user")
    }


def _model_name(lesson: Lesson) -> str:
    """Return the model name of a lesson that was loaded with its case study."""
    return str(getattr(lesson, "casestudy", lesson)._meta.model_name)


Finder = Callable[[User, set[int]], dict[int, FormPage]]
FINDERS: dict[str, Finder] = {
    "course": _courses,
    "lesson": _comments,
    "thread": _replies,
    "post": _edits,
    "title": _titles,
    "report": _reports,
    "reason": _reasons,
    "message": _messages,
    "note": _notes,
    "mark": _highlights,
    "profile": _profiles,
    "add-check": _new_checks,
    "edit-check": _checks,
    "add-rule": _new_rules,
    "edit-rule": _rules,
    **{name: partial(_tables, name) for name in ("glossary", "timeline")},
    **{f"edit-{form.name}": partial(_changes, form) for form in AUTHORING_FORMS},
    **{f"add-{form.name}": partial(_additions, form) for form in AUTHORING_FORMS},
}

# The model that the id in a draft key belongs to, and the lookup path from it to the course.
OWNERS: dict[str, tuple[type[Model], str]] = {
    "course": (Course, "pk"),
    "lesson": (Lesson, "module__course"),
    "note": (Lesson, "module__course"),
    "thread": (Thread, "course"),
    "title": (Thread, "course"),
    "post": (Post, "thread__course"),
    "report": (Post, "thread__course"),
    "reason": (Post, "thread__course"),
    "message": (Membership, "course"),
    "mark": (Annotation, "lesson__module__course"),
    **{f"edit-{form.name}": (form.model, form.course_path) for form in AUTHORING_FORMS},
    **{f"add-{form.name}": (Module, "course") for form in AUTHORING_FORMS if form.parent == "module"},
    "add-module": (Course, "pk"),
    "add-check": (Lesson, "module__course"),
    "edit-check": (KnowledgeCheck, "lesson__module__course"),
    "add-rule": (Course, "pk"),
    "edit-rule": (ParticipationRule, "course"),
    DECISION: (Membership, "course"),
    "glossary": (Module, "course"),
    "timeline": (Module, "course"),
}


def course_id_of(draft_key: str) -> int | None:
    """Return the id of the course that the form is in: for `thread-7` that of the course of thread 7. One query.

    It may be about something in the bin.
    """
    kind, pk = split_key(draft_key)
    kind = DECISION if kind.startswith(f"{DECISION}-") else kind
    if kind not in OWNERS or not pk:
        return None
    owner, path = OWNERS[kind]
    return owner._base_manager.filter(pk=pk).values_list(path, flat=True).first()
