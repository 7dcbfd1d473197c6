"""The question that is open in the inbox: its whole text, the form for an answer, or its replies."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import initial_values
from lessons.discussions.forms import ReplyForm
from lessons.discussions.identity import Identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.rendering.posts import author_of
from lessons.discussions.selectors.inbox import QuestionRow, QuestionText
from lessons.discussions.selectors.reported_posts import shown_replies


def answer_key(thread: int) -> str:
    """Return the draft key of what is written in a thread."""
    return f"thread-{thread}"


@dataclass(frozen=True)
class OpenQuestion:
    """A question with the form for its answer or, if `replies` are shown, its replies and their authors."""

    row: QuestionRow
    group_id: int | None
    html: SafeString
    form: ReplyForm
    is_draft: bool
    preview: SafeString
    replies: list[tuple[Post, Identity, SafeString]] | None

    @property
    def draft_key(self) -> str:
        return answer_key(self.row.pk)

    @property
    def is_marked(self) -> bool:
        """Return whether the answer is to be marked as such: by default it is."""
        return not self.form.is_bound or bool(self.form.data.get("mark"))

    @property
    def button(self) -> str:
        """Return the label of the button, which says who will read the answer."""
        labels: dict[str, str] = {
            Thread.Audience.STAFF: _("Post answer to the author and the staff"),
            Thread.Audience.GROUP: _("Post answer to %(group)s") % {"group": self.row.group_name or ""},
        }
        return labels.get(self.row.audience, _("Post answer to the course"))


def open_question(
    request,
    course: Course,
    question: QuestionText,
    *,
    form: ReplyForm | None,
    preview: str,
    unsent: UnsentText | None,
    shows_replies: bool,
) -> OpenQuestion:
    """Return the question, which the user may read. unsent: what they have begun to answer. One query for replies."""
    draft = initial_values(unsent) if form is None else {}
    replies = shown_replies(question.row.pk, request.user) if shows_replies else None
    return OpenQuestion(
        row=question.row,
        group_id=question.group_id,
        html=mark_safe(question.html),
        form=form or answer_form(request, course, initial={"source": "", **draft}),
        is_draft=bool(draft.get("source")),
        preview=mark_safe(preview),
        replies=None
        if replies is None
        else [(post, author_of(post, request.user.pk), mark_safe(post.html)) for post in replies],
    )


def answer_form(request, course: Course, **kwargs) -> ReplyForm:
    return ReplyForm(course=course, author=request.user, **kwargs)
