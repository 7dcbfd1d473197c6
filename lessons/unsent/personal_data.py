"""Export, erase and redact unsent texts. `privacy` calls this in its transaction."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.courses.redaction import Redactor
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import Fields
from lessons.discussions.models import Post
from lessons.discussions.personal_data.export import without_lines
from lessons.unsent.form_pages import course_id_of, split_key

CHUNK_SIZE = 500


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the section of the user's data export."""
    yield ExportSection("drafts", _("Your unsent texts"), _rows(user))


def _rows(user: User) -> Iterator[dict]:
    for unsent in UnsentText.objects.filter(user=user).order_by("pk").iterator(chunk_size=CHUNK_SIZE):
        fields = _map_values(unsent.fields, partial(without_lines, is_quoted=_quote_check(unsent.draft_key, user)))
        if "source" in fields:
            fields["markdown"] = fields.pop("source")
        yield fields | {"form": unsent.draft_key, "changed": unsent.updated_at}


def _quote_check(draft_key: str, user: User) -> Callable[[str], bool]:
    """Return a function that says whether a line is in somebody else's post in the thread: the text names no post."""
    kind, thread = split_key(draft_key)
    posts = Post.objects.filter(thread=thread).exclude(author=user)
    return lambda line: kind == "thread" and posts.filter(source__contains=line).exists()


def erase(redactor: Redactor, course: Course | None = None) -> None:
    """Delete these people's unsent texts, in one course or all, and redact their names in the texts of others."""
    own = UnsentText.objects.filter(user__in=redactor.user_ids)
    if course is None:
        own.delete()
    else:
        in_course = [pk for pk, key in own.values_list("pk", "draft_key") if course_id_of(key) == course.pk]
        UnsentText.objects.filter(pk__in=in_course).delete()
    _redact_others(redactor, course)


def _redact_others(redactor: Redactor, course: Course | None) -> None:
    """Redact what others have begun to write, except texts that are known to be in another course."""
    redact = partial(redactor.redact, course_id=None)
    for unsent in UnsentText.objects.exclude(user__in=redactor.user_ids).iterator(chunk_size=CHUNK_SIZE):
        fields = _map_values(unsent.fields, redact)
        if fields != unsent.fields and (course is None or course_id_of(unsent.draft_key) in (course.pk, None)):
            UnsentText.objects.filter(pk=unsent.pk).update(fields=fields)


def _map_values(fields: Fields, change: Callable[[str], str]) -> Fields:
    return {
        name: change(value) if isinstance(value, str) else [change(part) for part in value]
        for name, value in fields.items()
    }
