"""The people of the demo: accounts, memberships, and how far they have read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.services.memberships import first_free_handle, handle_base
from lessons.demo.files import InvalidDemo, Person
from lessons.demo.keys import new_keys
from lessons.demo.moments import moment
from lessons.discussions.models import NotificationPreference
from lessons.models import Lesson
from lessons.progress.models import Progress

# Lessons are read in the evening, this long before the next one or before somebody was last seen.
PAUSE = timedelta(minutes=25)


class Member(NamedTuple):
    """A person of the files with their rows."""

    person: Person
    user: User
    membership: Membership
    joined_at: datetime
    last_seen: datetime

    @property
    def can_sign_in(self) -> bool:
        """Return whether this is one of the accounts with which people try the site."""
        return not self.person.name


def load_people(course: Course, people: Iterable[Person], now: datetime) -> dict[str, Member]:
    """Create the people whom the course does not have yet, and return all by their keys. Raise InvalidDemo."""
    people = list(people)
    users = _create_users([person for person in people if person.name], now)
    users |= {user.email: user for user in User.objects.filter(email__in=[p.email for p in people if not p.name])}
    if missing := [person.email for person in people if person.email not in users]:
        raise InvalidDemo(f"class.toml: no account has the address {', '.join(missing)}.")
    _create_memberships(course, people, users)
    memberships = {m.user_id: m for m in course.memberships.select_related("group")}
    cast = {}
    for person in people:
        user = users[person.email]
        last_seen = moment(person.last_seen, now, course.zone)
        joined_at = min(now - timedelta(days=person.joined), last_seen) - timedelta(minutes=user.pk % 600)
        cast[person.key] = Member(person, user, memberships[user.pk], joined_at, last_seen)
    _date_back(cast)
    _prepare_accounts([member for member in cast.values() if member.can_sign_in], now)
    return cast


def expected_handles(course: Course, people: Iterable[Person]) -> frozenset[str]:
    """Return the handles of the members and of the people who are to join them, if nobody has theirs. One query."""
    return frozenset(course.memberships.values_list("handle", flat=True)) | {
        handle_base(person.name) for person in people if person.name
    }


def _create_users(people: list[Person], now: datetime) -> dict[str | None, User]:
    """Create accounts that nobody can sign in with and that get no e-mail."""
    keys = new_keys(now)
    users = User.objects.bulk_create(
        User(
            uid=next(keys),
            email=person.email,
            display_name=person.name,
            about=person.about,
            password=make_password(None),
        )
        for person in people
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    never = NotificationPreference.EmailFrequency.NEVER
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user=user, email_frequency=never) for user in users
    )
    return {user.email: user for user in users}


def _create_memberships(course: Course, people: list[Person], users: dict[str | None, User]) -> None:
    taken = set(course.memberships.values_list("handle", flat=True))
    groups = {
        name: ReadingGroup.objects.get_or_create(course=course, name=name)[0]
        for name in sorted({person.group for person in people if person.group})
    }
    memberships = []
    for person in people:
        if person.name:
            handle = first_free_handle(handle_base(person.name), taken)
            taken.add(handle)
            group = groups.get(person.group)
            user = users[person.email]
            memberships.append(Membership(course=course, user=user, role=person.role, group=group, handle=handle))
    Membership.objects.bulk_create(memberships)


def _date_back(cast: dict[str, Member]) -> None:
    """Set since when each has an account and is in the course, of those who try the site, too: new ones may write
    little in a minute."""
    for member in cast.values():
        member.user.date_joined = member.membership.created_at = member.joined_at
    User.objects.bulk_update([member.user for member in cast.values()], ["date_joined"])
    Membership.objects.bulk_update([member.membership for member in cast.values()], ["created_at"])


def _prepare_accounts(members: list[Member], now: datetime) -> None:
    """Let those who try the site say something about themselves, and get their first e-mail in twelve hours: in
    development, e-mails are printed where `quickstart` has just printed the passwords. No lesson is due before; of one
    that is, an e-mail tells at once."""
    for member in members:
        member.user.about = member.user.about or member.person.about
    User.objects.bulk_update([member.user for member in members], ["about"])
    later = now + timedelta(hours=12)
    NotificationPreference.objects.bulk_create(
        [NotificationPreference(user=member.user, next_email_at=later) for member in members], ignore_conflicts=True
    )


def load_progress(course: Course, cast: dict[str, Member]) -> None:
    """Record which lessons each has read, evenly between joining the course and being last seen."""
    published = Lesson.objects.published().filter(module__course=course)
    lessons = list(published.order_by("module__position", "position", "pk"))
    rows = []
    for member in cast.values():
        opened = member.person.lessons_read + bool(member.person.position)
        step = (member.last_seen - member.joined_at) / max(opened, 1)
        for number, lesson in enumerate(lessons[:opened], 1):
            is_read = number <= member.person.lessons_read
            seen_at = member.joined_at + step * number - PAUSE
            row = Progress(user=member.user, lesson=lesson, position=1000 if is_read else member.person.position)
            row.completed_at = seen_at if is_read else None
            rows.append((row, seen_at))
    Progress.objects.bulk_create([row for row, _seen_at in rows])
    for row, seen_at in rows:  # Creating sets both to now.
        row.opened_at, row.seen_at = seen_at - PAUSE, seen_at
    Progress.objects.bulk_update([row for row, _seen_at in rows], ["opened_at", "seen_at"])
