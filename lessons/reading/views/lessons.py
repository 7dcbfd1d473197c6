"""A lesson or a case study: as it stands, as it stood, as it will stand, and how far one has read."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons import dates
from lessons.annotations.margin.counts import annotation_counts, text_fingerprint
from lessons.annotations.revision_highlight import highlight_in_revision
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.ids import parse_id
from lessons.discussions.rendering.thread_list import EMPTY_PAGE, ThreadPage, thread_page
from lessons.discussions.selectors.thread_list import lesson_thread_rows
from lessons.markup import plain_text
from lessons.models import Lesson, Module, Revision, lesson_url_slug
from lessons.permissions import (
    can_annotate,
    can_discuss,
    can_edit_course,
    can_track_progress,
    is_member,
    require,
)
from lessons.progress.models import Progress
from lessons.reading import structured_data
from lessons.reading.enrichment import EnrichedHtml, enriched
from lessons.reading.etag import lesson_etag
from lessons.reading.links import cached_reverse, lesson_url, module_url, tag_url
from lessons.reading.rendering import cached_fragment, outline_items
from lessons.reading.selectors.outline import Outline, OutlineEntry, outline_of_module
from lessons.reading.selectors.published_lesson import published_lesson
from lessons.reading.selectors.sidebar import SIDEBAR_COLUMNS, Sidebar
from lessons.services import prepare_html, resolve_subclass

# A place nearer to either end than this is not worth going back to.
RESUME_MARGIN = 40


class ProgressForm(forms.Form):
    """How far one has read, in thousandths, or that one is done with it (or is not)."""

    position = forms.IntegerField(min_value=0, max_value=1000, required=False)
    done = forms.TypedChoiceField(
        choices=[("true", "true"), ("false", "false")], coerce=lambda v: v == "true", empty_value=None, required=False
    )

    def changes(self) -> dict:
        given = self.cleaned_data
        done = {} if given["done"] is None else {"completed_at": timezone.now() if given["done"] else None}
        return done | ({} if given["position"] is None else {"position": given["position"]})


@login_not_required
def lesson(request, pk, slug):
    lesson = _lesson_for(request.user, pk)
    if slug != lesson_url_slug(lesson.slug):
        # Not for good: browsers would keep it, and turn in circles when the text gets its old address back.
        return redirect(lesson)
    _mark_opened(request.user, lesson)
    talk, notes = _latest_threads(request.user, lesson), _annotation_counts(request.user, lesson)
    etag = lesson_etag(request, lesson, talk, notes)
    answer = get_conditional_response(request, etag=etag) or _render_lesson(request, lesson, talk, notes)
    if etag:
        answer.headers["ETag"] = etag
    return answer


def _mark_opened(user, lesson: Lesson) -> None:
    if can_track_progress(user, lesson.module.course):
        Progress.objects.record_visit(user=user, lesson=lesson, seen_at=lesson.seen_at)


def _latest_threads(user, lesson: Lesson) -> ThreadPage | None:
    """The latest of what is said about it, for those who may talk here. One query, none where nothing is said."""
    course = lesson.module.course
    if not can_discuss(user, course):
        return None
    threads = lesson_thread_rows(lesson.pk, course, user) if lesson.is_talked_about else None
    return thread_page(threads, reader=user.pk, course_slug=course.slug) if threads else EMPTY_PAGE


def _annotation_counts(user, lesson: Lesson) -> dict[int, int] | None:
    """Of the module's lessons, for the course's members. One query."""
    module = lesson.module
    return annotation_counts(module.pk, module.course, user) if is_member(user, module.course) else None


def _render_lesson(request, lesson: Lesson, talk: ThreadPage | None, notes: dict[int, int] | None) -> HttpResponse:
    page = _page(request, lesson, lesson.current_revision, notes) | {"talk": talk}
    if notes is not None:
        page["notes"] = _annotation_config(request, lesson)
    page["json_ld"] = structured_data.lesson_json_ld(page["root"], lesson, lesson.current_revision, page["tags"])
    return render(request, "reading/lesson.html", page)


@login_not_required
def revision(request, pk, number):
    """What was published once, from the store: an old revision is never rendered again. With `note` the passage of
    that note is highlighted, if it stood here and the person may read it."""
    lesson = _lesson_for(request.user, pk)
    old = get_object_or_404(Revision, lesson=lesson, number=number)
    page = _page(request, lesson, old) | {"keeps_progress": False, "is_old": old.pk != lesson.current_revision_id}
    page["shown_note"] = highlight_in_revision(request.user, old, request.GET.get("note", ""))
    return render(request, "reading/lesson.html", page)


@login_not_required
def preview(request, pk):
    """The draft as a learner would see it, for those who may edit it; for others it does not exist."""
    lesson = get_object_or_404(Lesson.objects.select_related("module__course").annotate(**SIDEBAR_COLUMNS), pk=pk)
    if not can_edit_course(request.user, lesson.module.course):
        raise Http404
    # Nobody reads the other lessons of a module that is a draft itself, so it has no outline to go by.
    is_hidden = lesson.module.state == Module.State.DRAFT
    lesson.outline = Outline([]) if is_hidden else outline_of_module(lesson.module_id, request.user)
    lesson.beside = Sidebar.from_json(*(getattr(lesson, name) for name in SIDEBAR_COLUMNS))
    page = _page(request, lesson, _draft(resolve_subclass(lesson))) | {"keeps_progress": False, "is_preview": True}
    return render(request, "reading/lesson.html", page)


@require_POST
@login_not_required
def progress(request, pk):
    """A place alone comes from the page's script and is answered without a body; the button leads back to the page."""
    lesson = _lesson_for(request.user, pk)
    if lesson.module.course.is_closed and request.user.is_authenticated:
        messages.info(request, _("This course is closed: what you read in it is no longer kept."))
        return redirect(lesson)
    require(can_track_progress(request.user, lesson.module.course))
    form = ProgressForm(request.POST)
    if not form.is_valid() or not form.changes():
        return HttpResponseBadRequest(_("Send a place from 0 to 1000, or done as true or false."))
    Progress.objects.save_progress(user=request.user, lesson=lesson, **form.changes())
    if form.cleaned_data["done"] is None:
        return HttpResponse(status=204)
    return redirect(f"{lesson.get_absolute_url()}#onward")


def _lesson_for(user, pk: int) -> Lesson:
    """A published lesson with all that stands around it, in one query; raises Http404."""
    lesson = published_lesson(user, pk)
    if lesson is None:
        raise Http404
    remember_membership(user, lesson.module.course.pk, lesson)
    return lesson


def _draft(lesson: Lesson) -> Revision:
    """The draft as the revision it would become; not saved."""
    html = prepare_html(lesson.body)
    number = lesson.current_revision.number + 1 if lesson.current_revision else 1
    words = len(plain_text.text_by_block(html).split())
    return Revision(title=lesson.title, facts=lesson.facts(), html=html, number=number, word_count=words)


def _annotation_config(request, lesson: Lesson) -> dict:
    """What `<lesson-annotations>` begins with; `wanted` is the note whose address brought the reader here."""
    length, checksum = text_fingerprint(lesson.current_revision.html)
    return {
        "readers": [
            ("all", _("Everybody")),
            *([("group", _("My group"))] if lesson.membership_group_id else []),
            ("mine", _("Mine")),
        ],
        "length": length,
        "checksum": checksum,
        "wanted": str(parse_id(request.GET.get("note")) or ""),
    }


def _page(request, lesson: Lesson, revision: Revision, notes: dict[int, int] | None = None) -> dict:
    """What the page says about the lesson, as `revision` has it, with the counts of notes of its module's lessons,
    None for those who read none. No query: `lesson` brings all that it needs."""
    root, course, aside, outline = (
        structured_data.site_root(request),
        lesson.module.course,
        lesson.beside,
        lesson.outline,
    )
    before, after = outline.neighbours(lesson.pk)
    takes_notes = notes is not None and can_annotate(request.user, course)
    note_address = reverse("annotations:create", args=[lesson.pk]) if takes_notes else ""
    body = enriched(revision.html, aside.terms, note_address and f"{note_address}?revision={revision.number}")
    notes = notes or {}
    mine = outline.entry(lesson.pk)
    tags = tuple((name, tag_url(slug, course)) for name, slug in aside.tags)
    return {
        "lesson": lesson,
        "module": lesson.module,
        "course": course,
        "revision": revision,
        "mine": mine,
        "resume": body.heading_before(mine.position)
        if mine and RESUME_MARGIN < (mine.position or 0) < 1000 - RESUME_MARGIN
        else None,
        "body": body,
        "note_address": note_address,
        "tags": tags,
        "outline": outline,
        "items": outline_items(outline, lesson.pk, notes),
        "before": before,
        "after": after,
        "keeps_progress": can_track_progress(request.user, course),
        "edit_address": _edit_url(lesson, revision) if can_edit_course(request.user, course) else "",
        "licence_address": structured_data.licence_url(lesson.module.licence),
        "addresses": _urls(lesson),
        "root": root,
        "canonical": root + lesson_url(lesson.pk, lesson.slug),
        **_fragments(lesson, revision, mine, body, tags, aside.prompts, notes.get(lesson.pk, 0)),
    }


def _urls(lesson: Lesson) -> dict[str, str]:
    course = lesson.module.course
    return {
        "course": cached_reverse("course", course.slug),
        "module": module_url(lesson.module),
        "feed": cached_reverse("lesson_feed", course.slug),
        "progress": cached_reverse("progress", lesson.pk),
    }


def _fragments(
    lesson: Lesson, revision: Revision, reading_progress: OutlineEntry | None, body: EnrichedHtml, tags, prompts, notes
) -> dict:
    """What is the same for every reader, but for whether they have read it and how many notes they may read."""
    module, course = lesson.module, lesson.module.course
    return {
        "title": cached_fragment(
            "reading/_lesson_title.html",
            kind=reading_progress.kind_label if reading_progress else _kind_label(revision),
            title=revision.title,
            standfirst=revision.facts.get("summary", ""),
            minutes=revision.reading_minutes,
            number=revision.number,
            published_at=revision.published_at,
            due_at=lesson.due_at,
            is_done=bool(reading_progress and reading_progress.completed_at),
            notes=notes,
            notes_address=f"/lessons/{lesson.pk}/notes/",
            facts=_facts(revision.facts),
        ),
        "beneath": cached_fragment(
            "reading/_lesson_footer.html",
            questions=(*revision.facts.get("questions", []), *prompts),
            terms=body.terms,
            tags=tags,
            credit=module.credit,
            source=module.source,
            licence=module.licence,
            licence_address=structured_data.licence_url(module.licence),
        ),
        "margin": cached_fragment(
            "reading/_lesson_aside.html",
            terms=body.terms,
            headings=body.headings,
            language=course.language,
        ),
    }


def _kind_label(revision: Revision) -> str:
    return _("Case study") if revision.facts.get("kind") == "case_study" else _("Lesson")


def _facts(facts: dict) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A case study's facts for its table: what, and its lines. Empty ones are left out."""
    ends = [dates.format_edtf(facts[end]) for end in ("began", "ended") if facts.get(end)]
    rows = [
        (_("Where"), (facts.get("location"),)),
        (_("When"), (" – ".join(ends),)),
        (_("Parties"), tuple(facts.get("parties", []))),
        (_("Outcome"), (facts.get("outcome"),)),
    ]
    return tuple((name, lines) for name, lines in rows if any(lines))


def _edit_url(lesson: Lesson, revision: Revision) -> str:
    kind = "casestudy" if revision.facts.get("kind") == "case_study" else "lesson"
    return reverse(f"admin:lessons_{kind}_change", args=[lesson.pk])
