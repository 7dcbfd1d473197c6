"""What is done with posts and threads by the services, so that all that follows from it is there."""

from collections.abc import Callable
from random import Random

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import moderation, notifications, posting, questions, threads
from lessons.models import Lesson
from tests.load.conversations import Kind


class Moderating:
    """What an instructor and others do in a course, except in one thread. count: how many of so many at this scale."""

    def __init__(self, pick: Random, count: Callable[[int], int], course: Course, except_thread: Thread, by: User):
        self.pick, self.count, self.course, self.except_thread, self.by = pick, count, course, except_thread, by

    def _posts(self, number: int, **conditions) -> list[Post]:
        """Return random posts of the course that are shown and are not the first of their thread."""
        found = Post.objects.filter(
            thread__course=self.course, thread__audience="course", state=Post.State.SHOWN, seq__gt=1
        )
        ids = list(found.filter(**conditions).order_by("pk").values_list("pk", flat=True))
        drawn = self.pick.sample(ids, min(number, len(ids)))
        return list(Post.objects.select_related("thread__course", "author").filter(pk__in=drawn).order_by("pk"))

    def _threads(self, number: int, **conditions) -> list[Thread]:
        found = Thread.objects.listed().filter(course=self.course, audience="course", annotation=None, **conditions)
        ids = list(found.exclude(pk=self.except_thread.pk).order_by("pk").values_list("pk", flat=True))
        drawn = self.pick.sample(ids, min(number, len(ids)))
        return list(Thread.objects.select_related("course", "author").filter(pk__in=drawn).order_by("pk"))

    def moderate(self, learners: list[User]) -> None:
        """Let learners report posts; hide, delete, approve and correct some."""
        by = self.by
        for post in self._posts(self.count(40), by_staff=False):
            for reporter in learners[:3]:
                moderation.report_post(post=post, by=reporter, reason="Not about tides.")
        for post in self._posts(self.count(60)):
            moderation.report_post(post=post, by=learners[4], reason="I am not sure about this.")
        for post in self._posts(self.count(60), by_staff=False):
            moderation.hide_post(post=post, by=by, reason="Please stay with the subject.")
        for post in self._posts(self.count(300)):
            moderation.delete_post(post=post, by=post.author)
        for post in self._posts(self.count(20), open_report_count=1):
            moderation.approve_post(post=post, by=by, reason="This may stay.")
        held = Post.objects.select_related("thread__course", "author").filter(state=Post.State.HELD).order_by("pk")
        for post in list(held)[: self.count(6)]:
            moderation.approve_post(post=post, by=by)
        for post in self._posts(self.count(150)):
            prepared = posting.prepare_post(f"{post.source}\n\nCorrected.", course=self.course)
            if not post.thread.closed:
                posting.edit_post(post=post, by=post.author, prepared=prepared)

    def tidy_threads(self, lesson: Lesson) -> None:
        """Merge, split, rename, close and pin some threads, and move some to this lesson."""
        by = self.by
        pairs = self._threads(2 * self.count(8), last_seq__gt=1)
        for thread, into in zip(pairs[::2], pairs[1::2], strict=False):
            if thread.state == into.state:
                threads.merge_threads(thread=thread, into=into, by=by, reason="The same question.")
        for thread in self._threads(self.count(8), last_seq__gte=4):
            shown = thread.posts.filter(seq__gt=1, state=Post.State.SHOWN).values_list("seq", flat=True)[:2]
            if shown:
                threads.split_thread(thread=thread, seqs=list(shown), title="Another subject", by=by)
        for thread in self._threads(self.count(5), lesson=None):
            threads.move_thread(thread=thread, by=by, lesson=lesson)
        for thread in self._threads(self.count(6)):
            threads.edit_thread(
                thread=thread, by=by, title=f"{thread.title[:100]} (renamed)", kind=thread.kind, tags=[]
            )
        for thread in self._threads(self.count(20)):
            threads.set_closed(thread=thread, by=by)
        for thread in self._threads(self.count(3)):
            threads.set_pinned(thread=thread, by=by)

    def settle_questions(self, users: list[User]) -> None:
        by = self.by
        for thread in self._threads(self.count(250), kind=Kind.QUESTION, last_seq__gt=1):
            answer = thread.posts.filter(seq__gt=1, state=Post.State.SHOWN).last()
            if answer:
                questions.mark_answer(post=answer, by=by if self.pick.random() < 0.5 else thread.author)
        for thread in self._threads(self.count(100), kind=Kind.QUESTION):
            for user in self.pick.sample(users, 2):
                questions.set_me_too(thread=thread, by=user)
        for thread in Thread.objects.select_related("course").filter(kind=Kind.ANNOUNCEMENT):
            notifications.notify_announcement(post=thread.posts.get(seq=1), thread=thread)
