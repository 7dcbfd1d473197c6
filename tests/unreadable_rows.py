"""What two people may not read, of every kind that an address can name: rows of others, drafts, other courses."""

from dataclasses import dataclass, field
from uuid import UUID

from lessons.courses.models import AuditEntry, Invitation, Membership
from lessons.db.models import UnsentText
from lessons.discussions.models import CommentPolicy, NotificationPreference, Post, PostImage
from lessons.discussions.services import moderation
from lessons.models import Asset, Lesson, Module
from lessons.participation.models import ParticipationDecision
from lessons.privacy.models import DataExport
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by
from tests.participation.make import make_rule
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks


@dataclass
class Secrets:
    """Two people, rows that they can read, and by kind those that they cannot."""

    learner: object
    staff: object
    readable: dict[str, object]
    unreadable: dict[str, list] = field(default_factory=dict)


def make_secrets() -> Secrets:
    course = factories.make_course(title="Tides", slug="tides")
    secret = factories.make_course(title="Secret", slug="secret", visibility="members")
    group_a, group_b = factories.make_group(course, "Group A"), factories.make_group(course, "Group B")
    staff = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ines", is_staff=True)
    stranger = factories.make_member(secret, Membership.Role.INSTRUCTOR, name="Secret Sam")
    learner = factories.make_member(course, group=group_a, name="Lea")
    other = factories.make_member(course, group=group_b, name="Otto")
    module = factories.make_module(course, slug="sea")
    shore = factories.make_published(factories.make_lesson(module, slug="why", title="Shore"), by=staff)
    hidden = factories.make_module(course, state=Module.State.DRAFT, slug="hidden")
    secret_module = factories.make_module(secret, slug="secret-module")
    drafts = [factories.make_lesson(module, slug="why", title="Secret draft")]
    drafts.append(factories.make_published(factories.make_lesson(hidden, slug="why"), by=staff))
    elsewhere = factories.make_published(factories.make_lesson(secret_module, slug="why"), by=stranger)
    withdrawn = factories.make_published(factories.make_lesson(module, slug="why"), by=staff)
    Lesson.objects.filter(pk=withdrawn.pk).update(state=Lesson.State.WITHDRAWN)
    post_first = factories.make_published(factories.make_lesson(module, slug="why"), by=staff)
    CommentPolicy.objects.create(lesson=post_first, policy=CommentPolicy.Rule.POST_FIRST)
    factories.make_term(module)
    note_by(learner, shore, exact="Spring tides")
    notes = [
        note_by(other, shore, exact="Neap tides follow.", audience="me", tags=["secret"]),
        highlight_by(other, shore, exact="Neap tides follow."),
        note_by(other, shore, exact="range is greatest", audience="group", group=group_b),
        note_by(other, post_first),
        note_by(stranger, elsewhere),
    ]
    talk = thread_by(learner, course, audience="group", group=group_a, kind="question")
    post_by(learner, talk, "Mine")
    removed = thread_by(other, course)
    moderation.hide_post(post=removed.posts.get(), by=staff)
    foreign_thread = thread_by(stranger, secret)
    threads = [
        thread_by(other, course, audience="me"),
        thread_by(other, course, audience="staff"),
        thread_by(other, course, audience="group", group=group_b),
        *(note.thread for note in notes if note.thread),
        removed,
        foreign_thread,
    ]
    post_by(other, notes[0].thread, "Private reply")
    newcomer = factories.make_member(course, name="Nia")
    held = Post.objects.create(thread=talk, author=newcomer, state="held", source="Held", html="<p>Held</p>")
    images = [PostImage.objects.create(post=post, alt="A") for post in Post.objects.filter(thread__in=threads)[:3]]
    AuditEntry.objects.create(actor=stranger, verb="pin thread", course=secret, detail={"thread": foreign_thread.pk})
    asset = factories.make_asset(secret)
    foreign_group = factories.make_group(secret, "Secret group")
    foreign_member = Membership.objects.get(user=stranger)
    invitation = Invitation.objects.create(course=secret, created_by=stranger)
    rule, foreign_rule = (make_rule(where, notes=1) for where in (course, secret))
    decision = ParticipationDecision.objects.create(
        rule=foreign_rule, user=stranger, outcome="complete", batch=UUID(int=11)
    )
    export = DataExport.objects.create(user=other)
    foreign_check, answered = publish_with_checks(elsewhere, SINGLE, SHORT, by=stranger)
    answer_by(stranger, answered, "spring tide")
    return Secrets(
        learner,
        staff,
        {
            "tides": course.slug,
            "sea": module.slug,
            "shore": shore.pk,
            "talk": talk.pk,
            "rule": rule.pk,
            "moon": _tag(learner, course),
        }
        | {"calendar": NotificationPreference.objects.create(user=learner).calendar_token},
        {
            "course": [secret.slug],
            "course_id": [secret.pk],
            "module": [hidden.slug, secret_module.slug],
            "module_id": [hidden.pk, secret_module.pk],
            "foreign_module": [secret_module.pk],
            "tag": ["secret"],
            "lesson": [*(lesson.pk for lesson in drafts), withdrawn.pk, elsewhere.pk],
            # A lesson that was withdrawn gives the words back to somebody who still has it open.
            "unpublished": [*(lesson.pk for lesson in drafts), elsewhere.pk],
            "foreign_lesson": [elsewhere.pk],
            "note": [note.pk for note in notes],
            "note_uid": [note.uid for note in notes],
            "group": [group_b.pk, foreign_group.pk],
            "foreign_group": [foreign_group.pk],
            "thread": [thread.pk for thread in threads],
            "foreign_thread": [foreign_thread.pk, notes[0].thread.pk],
            "post": [*Post.objects.filter(thread__in=threads).values_list("pk", flat=True), held.pk],
            "image": [image.uid for image in images],
            "asset": list(Asset.objects.filter(pk=asset.pk).values_list("uid", flat=True)),
            "export": [export.uid],
            "member": [Membership.objects.get(user=other).pk],
            "foreign_member": [foreign_member.pk],
            "foreign_invitation": [invitation.pk],
            "foreign_entry": list(AuditEntry.objects.filter(course=secret).values_list("pk", flat=True)),
            "foreign_user": [stranger.pk],
            "user": [stranger.uid],
            "foreign_rule": [foreign_rule.pk],
            "foreign_batch": [decision.batch],
            "foreign_place": [f"lesson-{elsewhere.pk}"],
            "check": [foreign_check.uid],
            "card": list(stranger.review_cards.values_list("pk", flat=True)),
            "cursor": [f"{2**40}.{notes[0].pk}"],
            "draft_key": [f"thread-{threads[0].pk}", f"lesson-{drafts[0].pk}"],
            "secret": ["wrong"],
            "unsent": [UnsentText.objects.create(user=other, draft_key="course-1", fields={"source": "Half"}).pk],
            "session": ["1"],
        },
    )


def _tag(learner, course) -> str:
    thread_by(learner, course, tags=["Moon"])
    return "moon"
