"""Erase a user from the site permanently."""

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.accounts.personal_data import (
    email_addresses,
    erase_account,
    erase_sessions,
    find_sessions,
    redact_admin_log,
)
from lessons.annotations import personal_data as annotations
from lessons.authoring import personal_data as authoring
from lessons.courses.models import AuditEntry, Course
from lessons.courses.personal_data import erase_audit_texts, erase_memberships, redact_groups
from lessons.courses.redaction import Redactor, collect_names, ordinary_words
from lessons.courses.services import record
from lessons.courses.services.last_owner_guard import lock_courses, require_handover
from lessons.db.models import SubmittedForm
from lessons.db.sqlite import truncate_wal
from lessons.discussions.models import Post, Thread
from lessons.discussions.personal_data import erase as discussions
from lessons.discussions.personal_data.redact import PreparedRedaction, prepare_redaction
from lessons.importing import personal_data as importing
from lessons.jobs.entries import do_each
from lessons.mail import personal_data as mail
from lessons.models import Lesson, PublicationSchedule
from lessons.participation import personal_data as participation
from lessons.practice import personal_data as practice
from lessons.privacy.models import DataExport
from lessons.progress import personal_data as progress
from lessons.unsent import personal_data as unsent


def erase_user(*, user: User, by: User | None, delete_posts: bool = False) -> None:
    """Erase name, address and everything private; posts become a former member's, or are deleted with `delete_posts`.

    All or nothing; a second call changes nothing. Raise HandoverRequired.
    """
    require_handover(user)
    started_at = timezone.now()
    prepared, sessions = prepare_erasure([user]), find_sessions(user)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.erased_at:
            return
        courses = lock_courses(user)
        require_handover(user)
        erase_sessions(sessions)
        erase_sessions(find_sessions(user, since=started_at))
        _erase(user, by, courses, prepared, delete_posts)
        transaction.on_commit(truncate_wal)


def prepare_erasure(users: list[User], course: Course | None = None) -> PreparedRedaction:
    """Read and redact the texts that name the users, in one course or in all. Call it outside of transactions."""
    people = collect_names(users, course)
    lessons = Lesson.all_objects.filter(module__course__in={pk for person in people for pk in person.handles})
    texts = lessons.exclude(current_revision=None).values_list("current_revision__text", flat=True)
    return prepare_redaction(Redactor(people, ordinary_words(people, texts.iterator(chunk_size=50))), course)


def erase_audit_log(redactor: Redactor, course: Course | None = None) -> None:
    """Erase what staff wrote in the audit log about the people, their threads and their posts."""
    posts, threads = (
        set(model.objects.filter(author__in=redactor.user_ids).order_by().values_list("pk", flat=True))
        for model in (Post, Thread)
    )

    def is_about(entry: AuditEntry) -> bool:
        post = entry.detail.get("post")
        return post in posts if post else entry.detail.get("thread") in threads

    erase_audit_texts(redactor, is_about, course)


def _erase(
    user: User, by: User | None, courses: list[Course], prepared: PreparedRedaction, delete_posts: bool
) -> None:
    redactor = prepared.redactor
    erase_audit_log(redactor)
    progress.erase([user.pk])
    practice.erase([user.pk])
    participation.erase(redactor)
    annotations.erase([user.pk])
    authoring.erase([user.pk])
    files = discussions.erase(prepared, delete_posts=delete_posts)
    files += importing.erase([user.pk])
    unsent.erase(redactor)
    redact_groups(redactor)
    redact_schedules(redactor)
    redact_admin_log(lambda text: redactor.redact(text, course_id=None))
    files += [(export.file.storage, export.file.name or "") for export in user.data_exports.exclude(file="")]
    DataExport.objects.filter(user=user).delete()
    SubmittedForm.objects.filter(user=user).delete()
    mail.erase(user.pk, email_addresses(user))
    _record(user, by, courses, delete_posts)
    erase_memberships(user)
    erase_account(user)
    transaction.on_commit(lambda: delete_files(files))


def redact_schedules(redactor: Redactor) -> None:
    """Redact what will be said when lessons are published or withdrawn; of a withdrawal it goes to the audit log."""
    schedules = PublicationSchedule.objects.filter(lesson__module__course__in=redactor.course_ids)
    for row in schedules.exclude(change_summary="").select_related("lesson__module"):
        where = {"course_id": row.lesson.module.course_id, "author_id": row.scheduled_by_id}
        text = redactor.redact(row.change_summary, **where)[:300]
        if text != row.change_summary:
            PublicationSchedule.objects.filter(pk=row.pk).update(change_summary=text)


def _record(user: User, by: User | None, courses: list[Course], delete_posts: bool) -> None:
    """Write an entry to the audit log of each course, or one without a course."""
    for course in courses:
        record(by=by, verb="erase user", course=course, target=user, delete_posts=delete_posts)
    if not courses:
        record(by=by, verb="erase user", course=None, target=user, delete_posts=delete_posts)


def delete_files(files: list[discussions.File]) -> None:
    """Delete the files. Call it once the transaction is committed: a file does not come back."""
    do_each(files, lambda file: file[0].delete(file[1]))
