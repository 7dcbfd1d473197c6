"""Whether every note has its position in the text that readers see."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from lessons.annotations.models import Annotation
from lessons.annotations.services.publishing import place_again, unplaced
from lessons.models import Lesson
from lessons.operations.findings import Finding, fail, ok


def check_placements(fix: bool) -> Iterator[Finding]:
    """Compare the positions of notes and highlights with the text of their lessons."""
    count, total = unplaced().count(), Annotation.objects.count()
    if not count:
        yield ok(_("All %(total)s notes and highlights have their positions.") % {"total": total})
    elif not fix:
        yield fail(
            _("%(count)s of %(total)s notes and highlights have no position, or a wrong one. Repair them with --fix.")
            % {"count": count, "total": total}
        )
    else:
        lessons = Lesson.objects.filter(pk__in=unplaced().values("lesson")).order_by("pk")
        placed = sum(place_again(lesson) for lesson in lessons)
        yield ok(
            _("%(placed)s of %(total)s notes and highlights had no position, or a wrong one. They have been repaired.")
            % {"placed": placed, "total": total}
        )
