"""A lesson or a case study: as it is published, an earlier revision, and a preview of its draft."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from lessons import dates
from lessons.annotations.margin.counts import LessonCounts, lesson_counts, text_fingerprint
from lessons.annotations.revision_highlight import highlight_in_revision
from lessons.courses.due_dates import DueDate
from lessons.db.ids import parse_id
from lessons.discussions.rendering.page_etag import render_unless_known
from lessons.discussions.rendering.thread_list import EMPTY_PAGE, ThreadPage, thread_page
from lessons.discussions.selectors.course_counts import course_counts
from lessons.discussions.selectors.thread_list import lesson_thread_rows
from lessons.markup import plain_text
from lessons.markup.lesson_markdown import link_addresses
from lessons.markup.row_templates import url
from lessons.markup.scripts import count_words
from lessons.markup.translations import gettext as _
from lessons.models import Lesson, Module, Revision, lesson_url_slug
from lessons.permissions import (
    can_annotate,
    can_discuss,
    can_edit_course,
    can_track_progress,
    can_view_insight,
    is_member,
)
from lessons.practice.publishing import draft_checks, frozen_checks
from lessons.practice.shown import ShownCheck, shown_checks
from lessons.progress.models import Progress
from lessons.reading import structured_data
from lessons.reading.checks import check_context, earlier_context, place_checks
from lessons.reading.completion import complete_if_met, completion_context
from lessons.reading.enrichment import EnrichedHtml, enrich_cached
from lessons.reading.etag import ReaderState, lesson_etag
from lessons.reading.lesson_lists import due_dates
from lessons.reading.links import lesson_url, module_url, tag_url
from lessons.reading.rendering import cached_fragment, outline_items
from lessons.reading.selectors.outline import Outline, OutlineEntry, outline_of_module
from lessons.reading.selectors.published_lesson import PublishedLesson, get_published_lesson
from lessons.reading.selectors.resume import resume_heading
from lessons.reading.selectors.sidebar import SIDEBAR_COLUMNS, Sidebar
from lessons.services import prepare_html, resolve_subclass


@login_not_required
def lesson(request, pk, slug):
    published = get_published_lesson(request.user, pk)
    if slug != lesson_url_slug(published.lesson.slug):
        # A permanent redirect would stay in browsers, and loop when the lesson gets its old slug back.
        return redirect(published.lesson)
    _record_visit(request.user, published)
    if complete_if_met(request.user, published):
        published = get_published_lesson(request.user, pk)
    state = _reader_state(request.user, published)
    etag = lesson_etag(request, published, state)
    return render_unless_known(request, etag, lambda: _render_lesson(request, published, state))


def _record_visit(user, published: PublishedLesson) -> None:
    if can_track_progress(user, published.lesson.module.course):
        Progress.objects.record_visit(user=user, lesson=published.lesson, seen_at=published.seen_at)


def _reader_state(user, published: PublishedLesson) -> ReaderState:
    """Return what the page shows of the reader's course. Two queries at most, none for visitors."""
    course = published.lesson.module.course
    return ReaderState(
        _latest_threads(user, published),
        _lesson_counts(user, published.lesson),
        due_dates(published.outline, course, user) if published.has_due_dates else {},
    )


def _latest_threads(user, published: PublishedLesson) -> ThreadPage | None:
    """Return the latest comments, None for those who may not discuss here. One query, none if there are no threads."""
    course = published.lesson.module.course
    if not can_discuss(user, course):
        return None
    if not published.has_threads:
        return EMPTY_PAGE
    lesson = published.lesson.pk
    threads = lesson_thread_rows(lesson, course, user)
    return thread_page(threads, reader=user.pk, course_slug=course.slug, level=3, lesson=lesson)


def _lesson_counts(user, lesson: Lesson) -> LessonCounts:
    """Return how many notes and unread conversations the reader sees. One query, none for visitors."""
    module, course = lesson.module, lesson.module.course
    if is_member(user, course):
        return lesson_counts(module.pk, course, user)
    return LessonCounts(course=course_counts(course, user))


def _render_lesson(request, published: PublishedLesson, state: ReaderState) -> HttpResponse:
    notes = state.counts.notes
    context = _context(
        request,
        published.lesson,
        published.revision,
        published.outline,
        published.sidebar,
        notes,
        state.due_dates,
        state.threads,
        is_current=True,
    )
    shown = shown_checks(published.checks, published.answers, request.GET.get("again", ""))
    context |= {
        "threads": state.threads,
        "course_counts": state.counts.course,
        "text": _with_checks(request, published.lesson, context["body"].html, shown),
        "has_checks": bool(shown),
        **completion_context(request.user, published),
    }
    if notes is not None:
        context["notes"] = _annotation_config(request, published)
    context["json_ld"] = structured_data.lesson_json_ld(
        context["root"], published.lesson, published.revision, context["tags"]
    )
    return render(request, "reading/lesson.html", context)


def _with_checks(request, lesson: Lesson, html: SafeString, shown: Sequence[ShownCheck], **more) -> SafeString:
    """Return the text with its checks at their places."""
    return place_checks(html, shown, check_context(request, lesson, lesson.get_absolute_url()) | more, request)


@login_not_required
def revision(request, pk, number):
    """Show a revision exactly as it was published.

    With `annotation` in the query, the passage of that note is highlighted if it is in this revision and the reader
    may see it.
    """
    published = get_published_lesson(request.user, pk)
    old = get_object_or_404(Revision, lesson=published.lesson, number=number)
    context = _context(request, published.lesson, old, published.outline, published.sidebar)
    context |= {"is_old": old.pk != published.revision.pk}
    shown = shown_checks(frozen_checks(old.pk), published.answers) if "data-check" in old.html else []
    earlier = earlier_context(published) if context["is_old"] else {}
    old_text = _with_checks(request, published.lesson, context["body"].html, shown, **earlier)
    context |= {"text": old_text, "has_checks": bool(shown)}
    if context["is_old"]:
        context["version_label"] = _("Revision %(number)s") % {"number": old.number}
    context["highlighted_annotation"] = highlight_in_revision(request.user, old, request.GET.get("annotation", ""))
    return render(request, "reading/lesson.html", context)


@login_not_required
def preview(request, pk):
    """Show the draft as learners would see it, to those who may edit it; for others it does not exist."""
    lesson = get_object_or_404(Lesson.objects.select_related("module__course").annotate(**SIDEBAR_COLUMNS), pk=pk)
    if not can_edit_course(request.user, lesson.module.course):
        raise Http404
    # Nobody can read the other lessons of a draft module, so it has no outline.
    is_draft_module = lesson.module.state == Module.State.DRAFT
    outline = Outline([]) if is_draft_module else outline_of_module(lesson.module_id, request.user)
    sidebar = Sidebar.from_json(*(getattr(lesson, name) for name in SIDEBAR_COLUMNS))
    draft = _draft_revision(resolve_subclass(lesson))
    context = _context(request, lesson, draft, outline, sidebar)
    shown = shown_checks(draft_checks(lesson.pk, draft.html))
    text = _with_checks(request, lesson, context["body"].html, shown, is_preview=True)
    context |= {"text": text, "has_checks": bool(shown)}
    context |= {"is_preview": True, "version_label": _("Preview")}
    return render(request, "reading/lesson.html", context)


def _draft_revision(lesson: Lesson) -> Revision:
    """Return the draft as the revision it would become, not saved."""
    html = prepare_html(lesson.body)
    number = lesson.current_revision.number + 1 if lesson.current_revision else 1
    word_count = count_words(plain_text.text_by_block(html))
    return Revision(title=lesson.title, facts=lesson.facts(), html=html, number=number, word_count=word_count)


def _annotation_config(request, published: PublishedLesson) -> dict:
    """Return the data of `<lesson-annotations>`; `annotation` is the id of the note that the URL names, or empty."""
    length, checksum = text_fingerprint(published.revision.html)
    return {
        "scopes": [
            ("all", _("Everybody")),
            *([("group", _("My group"))] if published.membership_group_id else []),
            ("mine", _("Mine")),
        ],
        "length": length,
        "checksum": checksum,
        "annotation": str(parse_id(request.GET.get("annotation")) or ""),
    }


def _context(
    request,
    lesson: Lesson,
    revision: Revision,
    outline: Outline,
    sidebar: Sidebar,
    counts: Mapping[int, int] | None = None,
    dues: Mapping[int, DueDate] | None = None,
    threads: ThreadPage | None = None,
    *,
    is_current: bool = False,
) -> dict:
    """Return the context of the page that shows `lesson` as `revision` has it. No query.

    is_current: this is the lesson as it is published, whose readers' progress is saved.

    `counts` are the numbers of notes on the module's lessons; None for those who may not read notes. `dues` are when
    they are due, if the caller knows. `threads` are the latest discussions; None for those who may not discuss.
    """
    root, course = structured_data.site_root(request), lesson.module.course
    before, after = outline.neighbours(lesson.pk)
    may_annotate = counts is not None and can_annotate(request.user, course)
    create_url = reverse("annotations:create", args=[lesson.pk]) if may_annotate else ""
    tracks_progress = is_current and can_track_progress(request.user, course)
    annotate_url = create_url and f"{create_url}?revision={revision.number}"
    body = enrich_cached(revision.html, sidebar.terms, annotate_url, with_read_buttons=tracks_progress)
    counts = counts or {}
    entry = outline.entry(lesson.pk)
    dues = due_dates(outline, course, request.user) if dues is None else dues
    has_insight = is_current and can_view_insight(request.user, course)
    insight_url = url("insight:lesson", lesson.pk) if has_insight else ""
    tags = tuple((name, tag_url(slug, course)) for name, slug in sidebar.tags)
    return {
        "lesson": lesson,
        "module": lesson.module,
        "course": course,
        "revision": revision,
        "progress": entry,
        "resume_heading": resume_heading(entry, body.headings),
        "body": body,
        "create_url": create_url,
        "tags": tags,
        "outline": outline,
        "items": outline_items(outline, lesson.pk, body.headings, counts, dues),
        "before": before,
        "after": after,
        "tracks_progress": tracks_progress,
        "edit_url": _edit_url(lesson, revision) if can_edit_course(request.user, course) else "",
        "licence_url": structured_data.licence_url(lesson.module.licence),
        "urls": _urls(lesson),
        "root": root,
        "canonical": root + lesson_url(lesson.pk, lesson.slug),
        "title": _title_fragment(lesson, revision, entry, dues.get(lesson.pk), counts, threads, insight_url),
        "footer": _footer_fragment(lesson.module, revision, body, tags, sidebar.prompts),
        "aside": cached_fragment(
            "reading/_lesson_aside.html", terms=body.terms, headings=body.headings, language=course.language
        ),
    }


def _urls(lesson: Lesson) -> dict[str, str]:
    course = lesson.module.course
    return {
        "course": url("reading:course", course.slug),
        "module": module_url(lesson.module),
        "feed": url("reading:lesson_feed", course.slug),
        "progress": url("reading:progress", lesson.pk),
    }


def _title_fragment(
    lesson: Lesson,
    revision: Revision,
    entry: OutlineEntry | None,
    due: DueDate | None,
    counts: Mapping[int, int],
    threads: ThreadPage | None,
    insight_url: str,
):
    """Render the title: the same for all readers with the same progress, numbers of notes and discussions, due date
    and time zone, except that staff have a link to the lesson's insight.
    """
    return cached_fragment(
        "reading/_lesson_title.html",
        kind=entry.kind_label if entry else _kind_label(revision),
        title=revision.title,
        summary=revision.facts.get("summary", ""),
        minutes=revision.reading_minutes,
        number=revision.number,
        published_at=revision.published_at,
        due=due,
        is_completed=bool(entry and entry.completed_at),
        discussion_count=threads.total if threads else 0,
        discussions_url=url("discussions:lesson_comments", lesson.pk) if threads is not None else "",
        annotation_count=counts.get(lesson.pk, 0),
        annotations_url=url("annotations:annotation_list", lesson.pk),
        insight_url=insight_url,
        facts=_facts(revision.facts),
    )


def _footer_fragment(module: Module, revision: Revision, body: EnrichedHtml, tags: tuple, prompts: tuple[str, ...]):
    return cached_fragment(
        "reading/_lesson_footer.html",
        questions=(*revision.facts.get("questions", []), *prompts),
        terms=body.terms,
        tags=tags,
        credit=module.credit,
        source=link_addresses(module.source),
        licence=module.licence,
        licence_url=structured_data.licence_url(module.licence),
    )


def _kind_label(revision: Revision) -> str:
    return _("Case study") if revision.facts.get("kind") == "case_study" else _("Lesson")


def _facts(facts: dict) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the rows of a case study's table of facts: a label and its lines. Empty ones are left out."""
    ends = [dates.format_edtf(facts[end]) for end in ("began", "ended") if facts.get(end)]
    rows = [
        (_("Where"), (facts.get("location", ""),)),
        (_("When"), (" – ".join(ends),)),
        (_("Parties"), tuple(facts.get("parties", []))),
        (_("Outcome"), (facts.get("outcome", ""),)),
    ]
    return tuple((name, lines) for name, lines in rows if any(lines))


def _edit_url(lesson: Lesson, revision: Revision) -> str:
    model = "casestudy" if revision.facts.get("kind") == "case_study" else "lesson"
    return reverse(f"admin:lessons_{model}_change", args=[lesson.pk])
