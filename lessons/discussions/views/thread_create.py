"""Start threads: in the forum, on a lesson, or from a module's prompts."""

from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.courses.models import Course, ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.services import record
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.db.unsent_texts import UnsentTextNotSaved, filled_fields
from lessons.discussions.forms import ThreadForm
from lessons.discussions.models import Thread
from lessons.discussions.selectors.audience_readers import with_readers
from lessons.discussions.selectors.new_thread import new_thread_context
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import PreparedPost, prepare_post, start_thread
from lessons.discussions.views.access import get_course, get_lesson, get_moderated_course, preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused, save_draft_from
from lessons.markup import plain_text
from lessons.markup.markdown_text import escape_markdown
from lessons.models import Lesson, Module, Prompt
from lessons.permissions import can_announce, can_moderate, can_post_anonymously

Audience = Thread.Audience
MAX_QUOTE = 1000
"""In characters, of a passage that an address quotes."""


@preserve_submitted_text
def create_thread(request, slug):
    """Show the form for a thread in the forum; POST starts the thread."""
    course = get_course(request.user, slug)
    return _create(request, course) if request.method == "POST" else _render_form(request, course)


@preserve_submitted_text
def create_comment(request, pk):
    """Post a comment on a lesson. The form is on the page of the lesson's comments."""
    lesson = get_lesson(request.user, pk)
    if request.method == "POST":
        return _create(request, lesson.module.course, lesson)
    return redirect("discussions:lesson_comments", lesson.pk)


def compose_context(request, course: Course, lesson: Lesson | None = None, form=None) -> dict:
    """Return the form and its buttons, whose labels say who will read the thread. One query.

    `?kind=` chooses the kind, and `?quote=` begins the text with a quoted passage.
    """
    draft_key = f"lesson-{lesson.pk}" if lesson else f"course-{course.pk}"
    offered, group, unsent, readers = new_thread_context(course, request.user, draft_key)
    is_draft = form is None and unsent is not None
    if form is None:
        kind = request.GET.get("kind", "")
        quote = " ".join(request.GET.get("quote", "")[:MAX_QUOTE].split())
        initial = {"source": f"> {escape_markdown(quote)}\n\n"} if quote else {}
        initial |= filled_fields(unsent or {}) | ({"kind": kind} if kind else {})
        form = _thread_form(request, course, lesson, offered, group, initial=initial)
    groups = list(form.groups.values()) if can_moderate(request.user, course) else []
    buttons = audience_choices(course, None if groups else group, bool(lesson))
    return {
        "form": form,
        "buttons": with_readers(buttons, readers),
        "draft_key": draft_key,
        "is_draft": is_draft,
        "groups": [(one.pk, one.name) for one in groups],
        "group": None if groups else group,
    }


def audience_choices(course: Course, group: ReadingGroup | None, on_lesson: bool) -> list[tuple[str, str]]:
    """Return audience and label of each button. The Enter key presses the first button: on a lesson that of
    the user's group, in the forum that of the course.
    """
    everybody = [(Audience.COURSE, _("Post to everybody in the course"))]
    own = [(Audience.GROUP, _("Post to %(group)s") % {"group": group.name})] if group else []
    first = own + everybody if on_lesson else everybody + own
    return [*first, (Audience.STAFF, _("Ask the instructors")), (Audience.ME, _("Save, only for me"))]


def own_group(user, course: Course) -> ReadingGroup | None:
    """Return the user's reading group in the course. At most one query."""
    membership = active_memberships(user).get(course.pk)
    if membership is None or membership.group_id is None:
        return None
    return ReadingGroup.objects.filter(pk=membership.group_id).first()


def _thread_form(
    request,
    course: Course,
    lesson: Lesson | None,
    groups: list[ReadingGroup],
    group: ReadingGroup | None,
    **kwargs,
) -> ThreadForm:
    return ThreadForm(
        course=course,
        author=request.user,
        lesson=lesson,
        audiences=[(value, label) for value, label in Audience.choices if groups or value != Audience.GROUP],
        groups=groups,
        own_group=group,
        can_announce=can_announce(request.user, course),
        may_be_anonymous=can_post_anonymously(request.user, course),
        **kwargs,
    )


def _create(request, course: Course, lesson: Lesson | None = None) -> HttpResponse:
    """Start a thread. If it is refused, the text is shown again and saved as a draft."""
    group = own_group(request.user, course)
    own = [group] if group else []
    # Staff may post to any group.
    groups = list(course.groups.all()) if can_moderate(request.user, course) else own
    data = _with_audience(request.POST)
    form = _thread_form(request, course, lesson, groups, group, data=data, files=request.FILES)
    draft_key = f"lesson-{lesson.pk}" if lesson else f"course-{course.pk}"
    if "draft" in request.POST:
        try:
            save_draft_from(request, draft_key)
        except UnsentTextNotSaved as refusal:
            form.full_clean()
            form.add_error(None, str(refusal))
            return _render_form(request, course, lesson, form, status=409)
        messages.success(request, _("Your draft has been saved."))
        if lesson:
            return redirect("discussions:lesson_comments", lesson.pk)
        return redirect("discussions:create_thread", course.slug)
    if not form.is_valid():
        return _render_form(request, course, lesson, form, status=400)
    if "preview" in request.POST:
        return _render_form(request, course, lesson, form, preview=form.post.html)
    data = form.cleaned_data
    try:
        thread = start_thread(
            by=request.user,
            course=course,
            lesson=lesson,
            prepared=form.post,
            group=form.chosen_group,
            draft_key=draft_key,
            **{name: data[name] for name in ("kind", "audience", "title", "tags", "anonymous") if name in data},
        )
    except ActionRefused as refusal:
        status = keep_refused(request, draft_key, refusal)
        form.add_error(None, str(refusal))
        return _render_form(request, course, lesson, form, status=status)
    if thread.state == Thread.State.HELD:
        messages.info(request, _("Your post contains a link and your account is new, so staff will review it first."))
    return redirect(thread)


def _with_audience(data):
    """Add an audience if a preview was requested: only the buttons that post choose one."""
    if "audience" in data:
        return data
    data = data.copy()
    data["audience"] = Audience.COURSE if "preview" in data else ""
    return data


def _render_form(request, course: Course, lesson=None, form=None, *, status=200, preview="") -> HttpResponse:
    context = {"course": course, "lesson": lesson, "preview": mark_safe(preview)}
    context |= compose_context(request, course, lesson, form)
    if course.is_closed:
        context["submitted_text"] = context["form"]["source"].value() or ""
    return render(request, "discussions/thread_create.html", context, status=status)


def open_prompts_page(request, slug):
    """Show the prompts that have no thread yet; POST starts threads for those of a module."""
    course = get_moderated_course(request.user, slug)
    if request.method == "POST":
        module = get_object_or_404(course.modules, pk=parse_id(request.POST.get("module")))
        prepared = prepare_prompts(module)

        def open_all() -> str:
            messages.success(
                request,
                _("%(n)d discussions have been started.") % {"n": open_prompts(module, request.user, prepared)},
            )
            return reverse("discussions:forum", args=[course.slug])

        return redirect(submit_once(request, open_all).address)
    prompts = Prompt.objects.filter(module__course=course, threads=None).select_related("module", "lesson")
    context = {"course": course, "prompts": prompts.order_by("module__position", "position")}
    return render(request, "discussions/open_prompts.html", context)


def prepare_prompts(module: Module) -> dict[int, PreparedPost]:
    """Render the prompts of the module that have no thread yet; return them by their ids. One query."""
    prompts = module.prompts.filter(threads=None)
    return {prompt.pk: prepare_post(prompt.text, course=module.course) for prompt in prompts}


@transaction.atomic
def open_prompts(module: Module, by, prepared: Mapping[int, PreparedPost]) -> int:
    """Start a thread for the whole course from each prompt of the module that has none yet, and return how many.

    prepared: what `prepare_prompts` returned.
    """
    # Without the lock, two staff members at the same time would start each thread twice.
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    prompts = list(module.prompts.filter(threads=None, pk__in=prepared))
    for prompt in prompts:
        post = prepared[prompt.pk]
        title = plain_text.excerpt(post.html)
        start_thread(by=by, course=module.course, lesson=prompt.lesson, prompt=prompt, prepared=post, title=title)
    if prompts:
        record(by=by, verb="open prompts", course=module.course, target=module, opened=len(prompts))
    return len(prompts)
