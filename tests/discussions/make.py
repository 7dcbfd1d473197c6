"""Threads and posts for tests, made as people make them."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from lessons.discussions.actions.writing import reply, start_thread, written

number = count(1)


def known(user):
    """An account old enough not to be throttled or held."""
    if timezone.now() - user.date_joined < timedelta(days=2):
        user.date_joined = timezone.now() - timedelta(days=30)
        user.save(update_fields=["date_joined"])
    return user


def thread_by(user, course, source="Why twice a day?", *, title=None, **fields):
    title = f"Tides {next(number)}" if title is None else title
    words = written(source, course=course, key=fields.pop("key", None))
    return start_thread(by=known(user), course=course, words=words, title=title, **fields)


def post_by(user, thread, source="Because of the moon.", **fields):
    words = written(source, course=thread.course, key=fields.pop("key", None))
    return reply(thread=thread, by=known(user), words=words, **fields)
