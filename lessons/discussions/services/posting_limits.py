"""How often somebody may post, and whose posts with links wait for staff."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.discussions.models import Post
from lessons.discussions.services.errors import RateLimited

NEW_ACCOUNT_PERIOD = timedelta(days=1)
TRUSTED_AFTER_POSTS = 3
MAX_RECENT_POSTS = 120
# Time span, and the number of posts allowed in it for new accounts and for others.
RATE_LIMITS = ((timedelta(minutes=1), 3, 10), (timedelta(hours=1), 20, 120))


def is_new_account(user: User) -> bool:
    """Return whether the account is younger than NEW_ACCOUNT_PERIOD and has fewer shown posts than
    TRUSTED_AFTER_POSTS. At most one query.
    """
    if timezone.now() - user.date_joined > NEW_ACCOUNT_PERIOD:
        return False
    return Post.objects.filter(author=user, state=Post.State.SHOWN).count() < TRUSTED_AFTER_POSTS


def check_rate_limit(user: User, by_staff: bool) -> None:
    """Raise RateLimited if the user has posted too often. Counts rows, to be exact across processes. One query."""
    if by_staff:
        return
    now = timezone.now()
    is_new = now - user.date_joined < NEW_ACCOUNT_PERIOD
    moments = [moment for (moment,) in fetch_rows(_last_posts, MAX_RECENT_POSTS, user=user.pk, now=now)]
    for span, new_account_limit, limit in RATE_LIMITS:
        allowed = new_account_limit if is_new else limit
        if len(moments) >= allowed and now - moments[allowed - 1] < span:
            raise RateLimited


def _last_posts(limit: int) -> QuerySet:
    """Return when somebody last posted, without what a clock that was ahead has dated later than now."""
    own = Post.objects.filter(author=int_param("user"), created_at__lte=moment_param("now"))
    moments = own.order_by("-created_at").values_list("created_at")
    return moments[:limit]
