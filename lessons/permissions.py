"""Every rule about who may do what. Each takes the user first; none repeats a query within a request.

Reading is a filter, `visible_to(user)`: what a user may not read does not exist for them (404). Writing calls
`require(can_…)`, which raises a 403. The page “Who can do what” shows the docstrings to users, without the sentences
about code and queries.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied

from lessons.accounts.addresses import verified_domains
from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships, roles_by_course

Role = Membership.Role
STAFF_ROLES = {Role.ASSISTANT, Role.INSTRUCTOR}


def role_in(user: User, course: Course) -> str | None:
    """Return the user's role in the course, or None if they are not a member.

    One query for all courses, once a request.
    """
    return roles_by_course(user).get(course.pk) if user.is_authenticated else None


def can_read(user, course: Course) -> bool:
    """Read the lessons of a course. As a filter: `Course.objects.visible_to(user)`."""
    return course.visibility in Course.PUBLICLY_READABLE or is_member(user, course) or is_site_administrator(user)


def can_join(user, course: Course) -> bool:
    """Join a course without approval."""
    return (
        user.is_authenticated
        and not course.is_closed
        and course.join_policy == Course.JoinPolicy.OPEN
        and can_read(user, course)
        and not is_member(user, course)
    )


def can_request_to_join(user, course: Course) -> bool:
    """Ask to join a course whose staff approve or reject requests."""
    return (
        user.is_authenticated
        and not course.is_closed
        and course.join_policy == Course.JoinPolicy.REQUEST
        and can_read(user, course)
        and not is_member(user, course)
    )


def can_leave(user, course: Course) -> bool:
    """Leave a course. Its last instructor has to make somebody else an instructor first."""
    return is_member(user, course)


def can_view_members(user, course: Course) -> bool:
    """See the list of members, their groups and when they last opened something."""
    return can_moderate(user, course)


def can_manage_members(user, course: Course) -> bool:
    """Add and remove members, change roles and groups, invite people, import a roster and export the list."""
    return is_site_administrator(user) or role_in(user, course) == Role.INSTRUCTOR


def can_view_work(user, course: Course) -> bool:
    """See what a learner has done in the course: notes, posts, replies to them, reading and checks. What is private or
    anonymous is not shown to others, and all members see the same page about themselves."""
    return can_moderate(user, course)


def can_view_as_learner(user, course: Course) -> bool:
    """View the course as a learner of a group would, read-only. This is recorded in the audit log."""
    return can_moderate(user, course)


def can_track_progress(user, course: Course) -> bool:
    """Have one's progress saved, until the course is closed."""
    return user.is_authenticated and not course.is_closed and can_read(user, course)


def can_annotate(user, course: Course) -> bool:
    """Highlight passages and write notes on them, until the course is closed."""
    return is_member(user, course) and not course.is_closed


def can_moderate(user, course: Course) -> bool:
    """Read every group's discussions; hide posts, close, move, merge and split them, warn authors and reveal
    anonymous ones, set the comment policy of lessons, open prompts, decide about reports, and write to learners."""
    return is_site_administrator(user) or role_in(user, course) in STAFF_ROLES


def can_view_insight(user, course: Course) -> bool:
    """See where the class struggles: figures by passage and the words of open questions; put passages into the lecture
    note, and take them from the board."""
    return can_moderate(user, course)


def moderated_course_ids(user) -> list[int]:
    """Return the ids of the courses that the user moderates as a member of their staff."""
    if not user.is_authenticated:
        return []
    return [course_id for course_id, role in roles_by_course(user).items() if role in STAFF_ROLES]


def can_discuss(user, course: Course) -> bool:
    """Take part in a course's discussions, and start new ones until the course is closed. Even in a public course,
    only members can."""
    return is_member(user, course) or can_moderate(user, course)


def can_announce(user, course: Course) -> bool:
    """Write an announcement, which all members are notified of."""
    return can_moderate(user, course)


def can_pin(user, thread) -> bool:
    """Pin a discussion to the top of the course's lists, and unpin it."""
    return can_moderate(user, thread.course)


def can_post_anonymously(user, course: Course) -> bool:
    """Post anonymously to classmates. Staff always post under their names."""
    return role_in(user, course) == Role.LEARNER


def can_read_thread(user, thread, must_post_first: bool | None = None) -> bool:
    """Read a discussion. What was written to a group is for its current members, whoever began it, and for staff. As a
    filter: `Thread.objects.visible_to(user)`. One query if it is on a lesson, none where
    `must_post_first` says whether the user must post there before reading.
    """
    if thread.audience == thread.Audience.ME:
        return thread.author_id == user.pk and can_discuss(user, thread.course)
    if can_moderate(user, thread.course):
        return True
    membership = active_memberships(user).get(thread.course_id) if user.is_authenticated else None
    if membership is None:
        return False
    is_for_group = thread.audience == thread.Audience.GROUP
    if is_for_group and membership.group_id != thread.group_id:
        return False
    if thread.author_id == user.pk:
        return True
    is_addressed = is_for_group or thread.audience == thread.Audience.COURSE
    if not is_addressed or thread.state != thread.State.SHOWN:
        return False
    if must_post_first is None and not thread.by_staff:
        must_post_first = thread.must_post_first(user)
    return thread.by_staff or not must_post_first


def can_reply(user, thread) -> bool:
    """Reply in a discussion that one can read. In a closed one only staff can reply, in a closed course nobody."""
    if thread.course.is_closed:
        return False
    if can_moderate(user, thread.course):
        return True
    return can_discuss(user, thread.course) and not thread.closed and thread.state == thread.State.SHOWN


def can_edit_post(user, post) -> bool:
    """Edit a post. Staff can hide what others wrote, but not change it."""
    return post.author_id == user.pk and post.state == post.State.SHOWN and can_reply(user, post.thread)


def can_delete_post(user, post) -> bool:
    """Delete one's own post. Where somebody has replied to it, a note that it was deleted remains."""
    return post.author_id == user.pk and can_discuss(user, post.thread.course)


def can_view_post_history(user, post) -> bool:
    """See the earlier versions of an edited post."""
    return post.author_id == user.pk or can_moderate(user, post.thread.course)


def can_thank(user, thread) -> bool:
    """Thank somebody for a post, or say that one has the same question, until the course is closed."""
    return can_discuss(user, thread.course) and not thread.course.is_closed


def can_edit_thread(user, thread) -> bool:
    """Change a discussion's title, kind and tags, as its author or as staff, where one can reply."""
    return can_reply(user, thread) and (thread.author_id == user.pk or can_moderate(user, thread.course))


def can_resolve_question(user, thread) -> bool:
    """Mark or unmark the answer to a question, and mark it as resolved, until the course is closed."""
    if thread.course.is_closed:
        return False
    return thread.kind == thread.Kind.QUESTION and (thread.author_id == user.pk or can_moderate(user, thread.course))


def can_widen_audience(user, thread) -> bool:
    """Share one's own private discussion with one's group or the course, until the course is closed."""
    return thread.audience == thread.Audience.ME and thread.author_id == user.pk and not thread.course.is_closed


def can_read_annotation(user, annotation) -> bool:
    """Read somebody's note and the replies to it. As a filter: `Annotation.objects.visible_to(user)`."""
    if annotation.thread_id:
        return can_read_thread(user, annotation.thread)
    course, audiences = annotation.lesson.module.course, annotation.Audience
    is_own = user.is_authenticated and annotation.author_id == user.pk
    if annotation.audience == audiences.ME:
        return is_own and is_member(user, course)
    if can_moderate(user, course):
        return True
    membership = active_memberships(user).get(course.pk) if user.is_authenticated else None
    if membership is None or is_own:
        return membership is not None
    is_addressed = annotation.audience == audiences.COURSE or (
        annotation.audience == audiences.GROUP and membership.group_id == annotation.group_id
    )
    return is_addressed and not annotation.must_post_first(user)


def can_edit_annotation(user, annotation) -> bool:
    """Change the label of one's own note, comment on it, share or delete it, until the course is closed."""
    return annotation.author_id == user.pk and can_annotate(user, annotation.lesson.module.course)


def can_keep_in_notebook(user, annotation) -> bool:
    """Keep one's own note in one's notebook. Private notes stay there even after one has left the course. As a filter:
    `Annotation.objects.in_notebook_of(user)`."""
    audience = annotation.thread.audience if annotation.thread_id else annotation.audience
    is_own = user.is_authenticated and annotation.author_id == user.pk
    return is_own and (audience == annotation.Audience.ME or is_member(user, annotation.lesson.module.course))


def can_place_annotations(user, course: Course) -> bool:
    """Place a note manually where its passage is in a new revision of the lesson."""
    return can_edit_course(user, course)


def can_view_participation(user, course: Course) -> bool:
    """See beside the course’s participation rules what each learner has contributed, and what its staff did. Learners
    see their own figures, which are the same."""
    return can_moderate(user, course)


def can_decide_participation(user, course: Course) -> bool:
    """Confirm that a learner has met a participation rule, or decide otherwise with a reason, until the course is
    closed."""
    return can_moderate(user, course) and not course.is_closed


def can_set_participation_rules(user, course: Course) -> bool:
    """Write, change and delete the course’s participation rules, until the course is closed."""
    return can_edit_course(user, course) and not course.is_closed


def can_edit_course(user, course: Course) -> bool:
    """Write and preview a course's lessons, publish and withdraw them, now or later; delete and restore them.

    As a filter: `….editable_by(user)`.
    """
    return is_site_administrator(user) or role_in(user, course) == Role.INSTRUCTOR


def can_delete_for_good(user, course: Course) -> bool:
    """Delete what is in a course’s bin for good, before its time there is over."""
    return can_edit_course(user, course)


def can_copy_course(user, course: Course) -> bool:
    """Copy modules into a course that one teaches, or, if one may create courses, a whole course for the next term."""
    return can_edit_course(user, course)


def can_view_audit_log(user, course: Course) -> bool:
    """Read in the audit log what staff did in the course. Nobody can change it."""
    return can_moderate(user, course)


def can_exchange_files(user, course: Course) -> bool:
    """Export a course and its modules as files, and import files into it. Nothing about people is in them."""
    return can_edit_course(user, course)


def can_close_course(user, course: Course) -> bool:
    """Close and reopen the course, and set when personal data is removed from it."""
    return can_edit_course(user, course)


def can_enter_authoring(user) -> bool:
    """Open the authoring pages."""
    return is_site_administrator(user) or (
        user.is_authenticated and user.is_active and Role.INSTRUCTOR in roles_by_course(user).values()
    )


def can_administer_site(user) -> bool:
    """Create accounts, and manage every course of the site."""
    return is_site_administrator(user)


def can_create_courses(user) -> bool:
    """Create courses, empty ones or from files, and become their instructor. A setting of the site decides about
    instructors of other courses, and about everybody with a verified e-mail address of certain domains. One query,
    once a request, if it names domains.
    """
    if not user.is_authenticated or not user.is_active or user.learner_view:
        return False
    allowed = settings.COURSE_CREATION
    return (
        is_site_administrator(user)
        or (allowed.instructors and Role.INSTRUCTOR in roles_by_course(user).values())
        or (bool(allowed.domains) and not allowed.domains.isdisjoint(verified_domains(user)))
    )


def is_member(user, course: Course) -> bool:
    """Return whether the user has an active membership of the course."""
    return role_in(user, course) is not None


def is_site_administrator(user) -> bool:
    """Return whether the user administers the whole site."""
    return user.is_authenticated and user.is_active and user.is_superuser


def require(allowed: bool) -> None:
    """Raise PermissionDenied (403) unless `allowed`."""
    if not allowed:
        raise PermissionDenied
