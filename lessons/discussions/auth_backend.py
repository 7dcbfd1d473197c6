"""Who is signed in, and in the same query how much is new for them: the bell stands on every page and costs none."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.db.compiled_queries import fetch_dicts, int_param
from lessons.discussions.models import CommentPolicy, Notification, Participation, Post, Thread, ThreadUserState
from lessons.permissions import STAFF_ROLES

OWN = [field.attname for field in User._meta.concrete_fields]


class UnreadCountBackend(AuthenticationBackend):
    """allauth's, but the person of a session comes with `bell`: see `with_bell`."""

    def get_user(self, user_id):
        user = user_with_unread_count(user_id)
        return user if user and self.user_can_authenticate(user) else None


def user_with_unread_count(pk: int) -> User | None:
    """The person with `bell`: followed threads with something unread, and notifications not seen. One query.

    A counter beside the person would cost every reply a write for each follower, and be wrong as soon as somebody
    changes groups; this counts what `news.followed` and `news.notifications` list, on the two partial indexes.
    """
    found = fetch_dicts(_with_bell, user=pk)
    if not found:
        return None
    user = User.from_db("default", OWN, [found[0][name] for name in OWN])
    user.unread_count = found[0]["unread"] + found[0]["unseen"]
    return user


def _with_bell():
    counted = {"unread": _unread(), "unseen": _unseen_notifications()}
    people = User.objects.filter(pk=int_param("user"))
    people = people.annotate(**{name: Coalesce(Subquery(_count(found)), 0) for name, found in counted.items()})
    return people.values(*OWN, *counted)


def _count(found):
    return found.filter(user=int_param("user")).order_by().values("user").annotate(n=Count("pk")).values("n")


def _unread():
    marks = ThreadUserState.objects.filter(
        subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED, thread__last_seq__gt=F("last_read_seq")
    )
    marks = marks.filter(thread__state=Thread.State.SHOWN, thread__merged_into=None)
    return marks.filter(_audience_includes("thread"), ~_must_post_first("thread"))


def _unseen_notifications():
    unsealed_post = Q(post__by_staff=True) | Q(post__author=F("user"))
    unsealed = unsealed_post & (Q(post__thread__by_staff=True) | Q(post__thread__author=F("user")))
    shown = Q(post__state=Post.State.SHOWN, post__thread__merged_into=None) & _audience_includes("post__thread")
    own = Q(kind=Notification.Kind.MODERATION, post__author=F("user"))
    return Notification.objects.filter(own | shown & (~_must_post_first("post__thread") | unsealed), seen_at=None)


def _memberships(thread: str):
    return Membership.objects.active().filter(user=OuterRef("user"), course=OuterRef(f"{thread}__course"))


def _moderates(thread: str):
    return Exists(_memberships(thread).filter(role__in=STAFF_ROLES)) | Q(user__is_superuser=True)


def _audience_includes(thread: str):
    """The rule of `Thread.objects.visible_to`, of the row's own `user`."""
    audience, seats = f"{thread}__audience", _memberships(thread)
    shown = Q(**{f"{thread}__state": Thread.State.SHOWN})
    return (
        Q(**{audience: Thread.Audience.COURSE}) & shown & Exists(seats)
        | Q(**{audience: Thread.Audience.GROUP}) & shown & Exists(seats.filter(group=OuterRef(f"{thread}__group")))
        | Q(**{f"{thread}__author": F("user")}) & (Exists(seats) | Q(user__is_superuser=True))
        | ~Q(**{audience: Thread.Audience.ME}) & _moderates(thread)
    )


def _must_post_first(thread: str):
    """The rule of `sealed_lessons`: the person must write there first."""
    lesson = OuterRef(f"{thread}__lesson")
    asks = CommentPolicy.objects.filter(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    written = Participation.objects.filter(lesson=lesson, user=OuterRef("user"))
    return Exists(asks) & ~Exists(written) & ~_moderates(thread)
