"""The question that is open in the inbox: its whole text, the form for an answer, or its replies."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import initial_values
from lessons.discussions.forms import ReplyForm
from lessons.discussions.identity import Identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.rendering.posts import author_of
from lessons.discussions.selectors.inbox import QuestionRow
from lessons.discussions.selectors.reported_posts import shown_replies


def answer_key(thread: int) -> str:
    """Return the draft key of what is written in a thread."""
    return f"thread-{thread}"


@dataclass(frozen=True)
class OpenQuestion:
    """A question with the form for its answer or, if `replies` are shown, its replies and their authors."""

    row: QuestionRow
    thread: Thread
    html: SafeString
    form: ReplyForm
    is_draft: bool
    preview: SafeString
    replies: list[tuple[Post, Identity, SafeString]] | None

    @property
    def draft_key(self) -> str:
        return answer_key(self.thread.pk)

    @property
    def is_marked(self) -> bool:
        """Return whether the answer is to be marked as such: by default it is."""
        return not self.form.is_bound or bool(self.form.data.get("mark"))

    @property
    def button(self) -> str:
        """Return the label of the button, which says who will read the answer."""
        labels: dict[str, str] = {
            Thread.Audience.STAFF: _("Post answer to the author and the staff"),
            Thread.Audience.GROUP: _("Post answer to %(group)s")
            % {"group": self.thread.group.name if self.thread.group else ""},
        }
        return labels.get(self.thread.audience, _("Post answer to the course"))


def open_question(
    request,
    course: Course,
    row: QuestionRow,
    *,
    form: ReplyForm | None,
    preview: str,
    unsent: UnsentText | None,
    shows_replies: bool,
) -> OpenQuestion:
    """Return the question of `row`, which the user may read. unsent: what they have begun to answer. One query, and
    one for replies.
    """
    opening = Post.objects.filter(thread=OuterRef("pk"), seq=1, state=Post.State.SHOWN).values("html")
    thread = Thread.objects.select_related("group").annotate(opening=Subquery(opening)).get(pk=row.pk)
    thread.course = course
    draft = initial_values(unsent) if form is None else {}
    replies = shown_replies(row.pk, request.user) if shows_replies else None
    return OpenQuestion(
        row=row,
        thread=thread,
        html=mark_safe(thread.opening or ""),
        form=form or answer_form(request, thread, initial={"source": "", **draft}),
        is_draft=bool(draft.get("source")),
        preview=mark_safe(preview),
        replies=None
        if replies is None
        else [(post, author_of(post, request.user.pk), mark_safe(post.html)) for post in replies],
    )


def answer_form(request, thread: Thread, **kwargs) -> ReplyForm:
    return ReplyForm(course=thread.course, author=request.user, **kwargs)
