"""Make threads and posts through the services, as users do."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from lessons.discussions.models import Thread
from lessons.discussions.services import read_state
from lessons.discussions.services.posting import prepare_post, reply, start_thread

number = count(1)


def known(user):
    """Return the user with an account old enough not to be rate limited or held."""
    if timezone.now() - user.date_joined < timedelta(days=2):
        user.date_joined = timezone.now() - timedelta(days=30)
        user.save(update_fields=["date_joined"])
    return user


def thread_by(user, course, source="Why twice a day?", *, title=None, **fields):
    title = f"Tides {next(number)}" if title is None else title
    post = prepare_post(source, course=course, key=fields.pop("key", None))
    return start_thread(by=known(user), course=course, prepared=post, title=title, **fields)


def post_by(user, thread, source="Because of the moon.", *, having_read=True, **fields):
    """Return a reply by the user, who has read the thread unless `having_read` is false. Unless it is
    anonymous, it confirms that it shows their name."""
    if having_read:
        last_seq = Thread.objects.values_list("last_seq", flat=True).get(pk=thread.pk)
        read_state.mark_read_up_to(thread=thread, user=user, seq=last_seq, known=None)
    post = prepare_post(source, course=thread.course, key=fields.pop("key", None))
    return reply(thread=thread, by=known(user), prepared=post, **{"named": True} | fields)
