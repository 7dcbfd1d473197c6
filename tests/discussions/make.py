"""Threads and posts for tests, made as people make them."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from lessons.discussions.models import Thread
from lessons.discussions.services import read_state
from lessons.discussions.services.posting import prepare_post, reply, start_thread

number = count(1)


def known(user):
    """An account old enough not to be throttled or held."""
    if timezone.now() - user.date_joined < timedelta(days=2):
        user.date_joined = timezone.now() - timedelta(days=30)
        user.save(update_fields=["date_joined"])
    return user


def thread_by(user, course, source="Why twice a day?", *, title=None, **fields):
    title = f"Tides {next(number)}" if title is None else title
    post = prepare_post(source, course=course, key=fields.pop("key", None))
    return start_thread(by=known(user), course=course, prepared=post, title=title, **fields)


def post_by(user, thread, source="Because of the moon.", *, having_read=True, **fields):
    """A reply by somebody who has read what is there, as people mostly have."""
    if having_read:
        head = Thread.objects.values_list("last_seq", flat=True).get(pk=thread.pk)
        read_state.mark_read_up_to(thread=thread, user=user, seq=head, known=None)
    post = prepare_post(source, course=thread.course, key=fields.pop("key", None))
    return reply(thread=thread, by=known(user), prepared=post, **fields)
