"""Acts of people in a generated world, at random, through the services. The search index must follow them."""

from random import Random

from django.db.models import Q

from lessons.accounts.models import User
from lessons.authoring.bin.emptying import delete_for_good
from lessons.authoring.bin.services import move_to_bin
from lessons.authoring.moving.services import move_lesson
from lessons.copying.services import copy_course
from lessons.courses.models import AuditEntry, Membership, ReadingGroup
from lessons.courses.services.memberships import EnrolmentRefused, change_membership, remove_member
from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.services import moderation, posting, questions, threads
from lessons.discussions.services.comment_policy import comment_policy_of, set_comment_policy
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.undo import UNDO_HANDLERS, undo
from lessons.models import Lesson, Module
from lessons.privacy.course_retention import close_course, reopen_course
from lessons.privacy.erasure import erase_user
from tests.generated_world import GeneratedWorld

WORDS = "ebb flow moon sun tide neap spring wave salt harbour".split()
TAGS = ("moon", "Gezeiten", "sea level")
Audience, State = Thread.Audience, Post.State


class Acts:
    """`run` does one of the acts whose names begin with `do_`, and may undo it. Who may do what, views check: not
    these.
    """

    def __init__(self, world: GeneratedWorld, random: Random):
        self.world, self.random = world, random
        self.names = sorted(name for name in dir(self) if name.startswith("do_"))
        self.done: list[str] = []

    def run(self, name: str = "") -> None:
        name = name or self.random.choice(self.names)
        last = AuditEntry.objects.order_by("pk").last()
        try:
            getattr(self, name)()
            entry = AuditEntry.objects.filter(verb__in=UNDO_HANDLERS, pk__gt=last.pk if last else 0).last()
            if entry and self.random.random() < 0.5:
                undo(entry=entry, by=self.world.people[0])
        except (ActionRefused, EnrolmentRefused):
            name = f"{name} (refused)"
        self.done.append(name)

    def _one(self, rows):
        """Return one of the rows, or refuse the act if there are none."""
        rows = list(rows.order_by("pk"))
        if not rows:
            raise ActionRefused
        return self.random.choice(rows)

    def _post(self, state=State.SHOWN, **fields) -> Post:
        posts = Post.objects.filter(state=state, thread__merged_into=None, **fields)
        return self._one(posts.exclude(author=None).select_related("thread__course", "author"))

    def _thread(self, **fields) -> Thread:
        return self._one(Thread.objects.filter(merged_into=None, **fields).select_related("course"))

    def _prepared(self, course) -> posting.PreparedPost:
        text = " ".join(self.random.choices(WORDS, k=5))
        return posting.prepare_post(text, course=course)

    def do_start(self):
        membership = self._one(Membership.objects.active().filter(course__closed_at=None).select_related("course"))
        audience = self.random.choice([*Audience.values, Audience.COURSE, Audience.GROUP])
        lessons = Lesson.objects.filter(module__course=membership.course)
        lesson = self.random.choice([None, *lessons.order_by("pk")])
        posting.start_thread(
            by=membership.user,
            course=membership.course,
            prepared=self._prepared(membership.course),
            kind=self.random.choice([Thread.Kind.QUESTION, Thread.Kind.DISCUSSION]),
            audience=Audience.COURSE if audience == Audience.GROUP and not membership.group else audience,
            group=membership.group,
            title=self.random.choice(["", *WORDS]),
            tags=self.random.sample(TAGS, 2),
            lesson=lesson,
            quote="the range" if lesson else "",
            lesson_anchor="note-1" if lesson else "",
            anonymous=membership.role == Membership.Role.LEARNER and self.random.random() < 0.3,
        )

    def do_reply(self):
        membership = self._one(Membership.objects.active().filter(course__closed_at=None).select_related("course"))
        thread = self._thread(course=membership.course, closed=False)
        posting.reply(thread=thread, by=membership.user, prepared=self._prepared(thread.course), named=True)

    def do_edit(self):
        post = self._post(thread__course__closed_at=None)
        posting.edit_post(post=post, by=post.author, prepared=self._prepared(post.thread.course))

    def do_delete(self):
        post = self._post(self.random.choice([State.SHOWN, State.HELD]))
        moderation.delete_post(post=post, by=post.author)

    def do_restore(self):
        post = self._post(State.DELETED)
        moderation.restore_post(post=post, by=post.author)

    def do_hide(self):
        post = self._post(self.random.choice([State.SHOWN, State.HELD, State.HIDDEN]))
        moderation.hide_post(post=post, by=self.world.people[0])

    def do_approve(self):
        post = self._post(self.random.choice([State.HELD, State.HIDDEN]))
        moderation.approve_post(post=post, by=self.world.people[0])

    def do_report(self):
        post = self._post()
        for person in self.random.sample(list(User.objects.order_by("pk")), 3):
            moderation.report_post(post=post, by=person, reason="Rude")

    def do_widen(self):
        thread = self._thread(audience=Audience.ME, author__isnull=False)
        group = self.random.choice([None, ReadingGroup.objects.filter(course=thread.course).first()])
        audience = Audience.GROUP if group else Audience.COURSE
        posting.widen_audience(thread=thread, by=thread.author, audience=audience, group=group)

    def do_edit_thread(self):
        thread, tags = self._thread(), self.random.sample(TAGS, self.random.randrange(3))
        title = self.random.choice(WORDS)
        threads.edit_thread(thread=thread, by=self.world.people[0], title=title, kind=thread.kind, tags=tags)

    def do_move(self):
        is_note = {"lesson_anchor__gt": ""} if self.random.random() < 0.7 else {}
        thread = self._thread(visible_post_count__gt=0, **is_note)
        lessons = Lesson.objects.filter(module__course=thread.course).order_by("pk")
        lesson = self.random.choice([None, *lessons])
        threads.move_thread(thread=thread, by=self.world.people[0], lesson=lesson)

    def do_merge(self):
        thread = self._thread()
        same = Thread.objects.filter(course=thread.course, audience=thread.audience, group=thread.group)
        into = self._one(same.filter(state=thread.state, merged_into=None).exclude(pk=thread.pk))
        threads.merge_threads(thread=thread, into=into, by=self.world.people[0])

    def do_split(self):
        thread = self._thread(last_seq__gt=1)
        seqs = self.random.sample(range(2, thread.last_seq + 1), min(2, thread.last_seq - 1))
        threads.split_thread(thread=thread, seqs=seqs, title="Neaps", by=self.world.people[0])

    def do_undo(self):
        recent = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[:20]
        entries = AuditEntry.objects.filter(verb__in=UNDO_HANDLERS, pk__in=list(recent))
        undo(entry=self._one(entries), by=self.world.people[0])

    def do_answer(self):
        post = self._post(thread__kind=Thread.Kind.QUESTION)
        by = self.random.choice([self.world.people[0], post.thread.author or post.author])
        questions.mark_answer(post=post, by=by)

    def do_unmark(self):
        questions.unmark_answer(thread=self._thread(answer__isnull=False), by=self.world.people[0])

    def do_set_policy(self):
        shared = Q(threads__audience__in=(Audience.COURSE, Audience.GROUP), threads__visible_post_count__gt=0)
        lesson, rules = self._one(Lesson.objects.filter(shared).distinct()), CommentPolicy.Rule
        policy = rules.OPEN if comment_policy_of(lesson) == rules.POST_FIRST else rules.POST_FIRST
        set_comment_policy(lesson=lesson, policy=policy, by=self.world.people[0])

    def do_move_lesson(self):
        lesson = self._one(Lesson.objects.filter(threads__isnull=False).distinct().select_related("module"))
        module = self._one(Module.objects.filter(course=lesson.module.course_id).exclude(pk=lesson.module_id))
        move_lesson(lesson=lesson, module=module, position=None, by=self.world.people[0])

    def do_delete_lesson(self):
        lesson = self._one(Lesson.objects.filter(threads__isnull=False).distinct())
        delete_for_good(entry=move_to_bin(row=lesson, by=self.world.people[0]), by=None)

    def do_change_membership(self):
        member = self._one(Membership.objects.active().select_related("course", "group"))
        change_membership(
            membership=member,
            version_token=member.version_token,
            role=self.random.choice([Membership.Role.LEARNER, Membership.Role.ASSISTANT]),
            group=self.random.choice([None, *ReadingGroup.objects.filter(course=member.course)]),
            by=self.world.people[0],
        )

    def do_remove_member(self):
        member = self._one(Membership.objects.active().select_related("course"))
        remove_member(membership=member, version_token=member.version_token, by=self.world.people[0])

    def do_close_course(self):
        course = self.random.choice(self.world.courses)
        close_course(course=course, by=self.world.people[0])
        if self.random.random() < 0.5:
            reopen_course(course=course, by=self.world.people[0])

    def do_copy_course(self):
        course, slug = self.random.choice(self.world.courses), f"copy-{len(self.done)}"
        copy_course(by=self.world.people[0], course=course, title="Next term", slug=slug)

    def do_erase(self):
        person = self._one(User.objects.filter(erased_at=None, is_superuser=False))
        if Membership.objects.active().filter(user=person, role=Membership.Role.INSTRUCTOR).exists():
            raise ActionRefused
        erase_user(user=person, by=self.world.people[0], delete_posts=self.random.random() < 0.5)
