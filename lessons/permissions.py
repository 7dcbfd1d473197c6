"""Every rule of who may do what, on one page. Each takes the person first; none asks the database twice a request.

Reading is a filter, `visible_to(user)`: what one may not read does not exist (404). Writing asks `require(can_…)`,
which answers 403.
"""

from django.core.exceptions import PermissionDenied

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships, roles_by_course

Role = Membership.Role
STAFF_ROLES = {Role.ASSISTANT, Role.INSTRUCTOR}


def role_in(user: User, course: Course) -> str | None:
    """The person's role in the course, None without an active seat. One query for all courses, once a request."""
    return roles_by_course(user).get(course.pk) if user.is_authenticated else None


def can_read(user, course: Course) -> bool:
    """The texts of the course. As a filter: `Course.objects.visible_to(user)`."""
    return course.visibility in Course.PUBLICLY_READABLE or is_member(user, course) or is_site_administrator(user)


def can_join(user, course: Course) -> bool:
    """By oneself, with a button."""
    return (
        user.is_authenticated
        and not course.is_closed
        and course.join_policy == Course.JoinPolicy.OPEN
        and can_read(user, course)
        and not is_member(user, course)
    )


def can_request_to_join(user, course: Course) -> bool:
    """With a button, where staff answer the request."""
    return (
        user.is_authenticated
        and not course.is_closed
        and course.join_policy == Course.JoinPolicy.REQUEST
        and can_read(user, course)
        and not is_member(user, course)
    )


def can_leave(user, course: Course) -> bool:
    """Give up one's own seat. The last instructor is asked to find another one first."""
    return is_member(user, course)


def can_view_members(user, course: Course) -> bool:
    """The list of members, their groups and when they were last here."""
    return can_moderate(user, course)


def can_manage_members(user, course: Course) -> bool:
    """Give seats and take them, change roles and groups, invite, bring a roster, export the list."""
    return is_site_administrator(user) or role_in(user, course) == Role.INSTRUCTOR


def can_view_as_learner(user, course: Course) -> bool:
    """See the course as a learner of some group does, reading only. That it began is logged."""
    return can_moderate(user, course)


def can_track_progress(user, course: Course) -> bool:
    """What one has opened and done is kept for everybody who is signed in and may read, until the course is closed."""
    return user.is_authenticated and not course.is_closed and can_read(user, course)


def can_annotate(user, course: Course) -> bool:
    """Mark passages and write notes on them. Notes are read as `can_read_annotation` says, in a closed course too."""
    return is_member(user, course) and not course.is_closed


def can_moderate(user, course: Course) -> bool:
    """Read what is said in every group; hide, close, move, merge and split it, warn its authors and reveal anonymous
    ones, set how lessons are commented on, open prompts, and answer reports."""
    return is_site_administrator(user) or role_in(user, course) in STAFF_ROLES


def moderated_course_ids(user) -> list[int]:
    """Ids of the courses the person moderates by their seat."""
    return (
        [course for course, seat in active_memberships(user).items() if seat.role in STAFF_ROLES]
        if user.is_authenticated
        else []
    )


def can_discuss(user, course: Course) -> bool:
    """Enter the course's conversations, and while it is open start one: its members, of a public course too."""
    return is_member(user, course) or can_moderate(user, course)


def can_announce(user, course: Course) -> bool:
    """Write an announcement, of which all members are told."""
    return can_moderate(user, course)


def can_pin(user, thread) -> bool:
    """Pin a thread above all others of the course's lists, and unpin it."""
    return can_moderate(user, thread.course)


def can_post_anonymously(user, course: Course) -> bool:
    """To classmates. Staff speak under their names."""
    return role_in(user, course) == Role.LEARNER


def can_read_thread(user, thread, must_post_first: bool | None = None) -> bool:
    """Read a thread. As a filter: `Thread.objects.visible_to(user)`. One query if it is on a lesson, none where
    `must_post_first` says whether the user must post there before reading.
    """
    if thread.audience == thread.Audience.ME:
        return thread.author_id == user.pk and can_discuss(user, thread.course)
    if can_moderate(user, thread.course):
        return True
    seat = active_memberships(user).get(thread.course_id) if user.is_authenticated else None
    if seat is None or thread.author_id == user.pk:
        return seat is not None
    reached = thread.audience == thread.Audience.COURSE or (
        thread.audience == thread.Audience.GROUP and seat.group_id == thread.group_id
    )
    if not reached or thread.state != thread.State.SHOWN:
        return False
    if must_post_first is None and not thread.by_staff:
        must_post_first = thread.must_post_first(user)
    return thread.by_staff or not must_post_first


def can_reply(user, thread) -> bool:
    """Reply in a thread that one may read. A closed one takes staff's words only, one of a closed course nobody's."""
    if thread.course.is_closed:
        return False
    if can_moderate(user, thread.course):
        return True
    return can_discuss(user, thread.course) and not thread.closed and thread.state == thread.State.SHOWN


def can_edit_post(user, post) -> bool:
    """Edit: its author alone; staff hide but do not put words into another's mouth."""
    return post.author_id == user.pk and post.state == post.State.SHOWN and can_reply(user, post.thread)


def can_delete_post(user, post) -> bool:
    """Take one's own words away. A place is kept where somebody has answered them."""
    return post.author_id == user.pk and can_discuss(user, post.thread.course)


def can_view_post_history(user, post) -> bool:
    """How a post read before it was edited."""
    return post.author_id == user.pk or can_moderate(user, post.thread.course)


def can_thank(user, thread) -> bool:
    """Thank for what is said in a thread that one may read, and ask its question too, while the course is open."""
    return can_discuss(user, thread.course) and not thread.course.is_closed


def can_edit_thread(user, thread) -> bool:
    """Change what a thread is called and filed under: its author while they may write in it, and staff."""
    return can_reply(user, thread) and (thread.author_id == user.pk or can_moderate(user, thread.course))


def can_resolve_question(user, thread) -> bool:
    """Mark a question's answer, take the mark away, say that it is resolved, while the course is open."""
    if thread.course.is_closed:
        return False
    return thread.kind == thread.Kind.QUESTION and (thread.author_id == user.pk or can_moderate(user, thread.course))


def can_widen_audience(user, thread) -> bool:
    """Show what was for oneself alone to one's group or course, while the course is open."""
    return thread.audience == thread.Audience.ME and thread.author_id == user.pk and not thread.course.is_closed


def can_read_annotation(user, annotation) -> bool:
    """Read what somebody noted, as one reads its conversation. As a filter: `Annotation.objects.visible_to(user)`."""
    if annotation.thread_id:
        return can_read_thread(user, annotation.thread)
    course, audiences = annotation.lesson.module.course, annotation.Audience
    mine = user.is_authenticated and annotation.author_id == user.pk
    if annotation.audience == audiences.ME:
        return mine and is_member(user, course)
    if can_moderate(user, course):
        return True
    seat = active_memberships(user).get(course.pk) if user.is_authenticated else None
    if seat is None or mine:
        return seat is not None
    reached = annotation.audience == audiences.COURSE or (
        annotation.audience == audiences.GROUP and seat.group_id == annotation.group_id
    )
    return reached and not annotation.must_post_first(user)


def can_edit_annotation(user, annotation) -> bool:
    """Relabel it, say something with it, share it, delete it: whose it is, while they may annotate there."""
    return annotation.author_id == user.pk and can_annotate(user, annotation.lesson.module.course)


def can_keep_in_notebook(user, annotation) -> bool:
    """Have a note in one's notebook: one's own of courses one is in, and what was for oneself alone also after one has
    left. As a filter: `Annotation.objects.in_notebook_of(user)`."""
    audience = annotation.thread.audience if annotation.thread_id else annotation.audience
    mine = user.is_authenticated and annotation.author_id == user.pk
    return mine and (audience == annotation.Audience.ME or is_member(user, annotation.lesson.module.course))


def can_place_annotations(user, course: Course) -> bool:
    """Put a note by hand where it belongs in a new revision."""
    return can_edit_course(user, course)


def can_edit_course(user, course: Course) -> bool:
    """Write, preview, publish and withdraw the course's texts. As a filter: `….editable_by(user)`."""
    return is_site_administrator(user) or role_in(user, course) == Role.INSTRUCTOR


def can_copy_course(user, course: Course) -> bool:
    """Make a course of one's own for the next term out of one that one teaches; modules go to any that one teaches."""
    return can_edit_course(user, course)


def can_view_audit_log(user, course: Course) -> bool:
    """What staff did in the course: its staff read it, nobody changes it."""
    return can_moderate(user, course)


def can_close_course(user, course: Course) -> bool:
    """Close the course, open it again, and say when it is emptied of people."""
    return can_edit_course(user, course)


def can_enter_authoring(user) -> bool:
    """Enter the authoring place at all."""
    return is_site_administrator(user) or (
        user.is_authenticated and user.is_active and Role.INSTRUCTOR in roles_by_course(user).values()
    )


def can_administer_site(user) -> bool:
    """Create courses and accounts, in every course of the site."""
    return is_site_administrator(user)


def is_member(user, course: Course) -> bool:
    return role_in(user, course) is not None


def is_site_administrator(user) -> bool:
    return user.is_authenticated and user.is_active and user.is_superuser


def require(allowed: bool) -> None:
    """Raises PermissionDenied, which answers 403."""
    if not allowed:
        raise PermissionDenied
