"""The learners of the staff inbox who have stopped, with the forms to write to them."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest
from django.utils.safestring import SafeString

from lessons.courses.models import Course
from lessons.db.models import UnsentText
from lessons.db.templatetags.unsent_text import render_unsent_text
from lessons.discussions.rendering.form_fields import hidden_fields
from lessons.discussions.selectors.inactive_learners import InactiveLearner
from lessons.markup.row_templates import render_rows


def render_inactive_learners(
    request: HttpRequest,
    course: Course,
    learners: Iterable[InactiveLearner],
    unsent: Mapping[str, UnsentText],
    here: str,
) -> SafeString:
    """Return the learners with their forms. unsent: what staff have begun to write to them, by draft key. here: the
    address of the page that the forms lead back to.
    """
    lines, fields = [], hidden_fields(request)
    for learner in learners:
        text = unsent.get(learner.draft_key)
        draft = render_unsent_text(request.user, learner.draft_key, restored=text is not None)
        lines.append((learner, text, fields(), draft))
    return render_rows("discussions/inactive_learners.html", lines=lines, course_slug=course.slug, here=here)
