"""Starting a thread: in the forum, under a lesson, from a module's prompts."""

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
from lessons.discussions.forms import ThreadForm
from lessons.discussions.models import Draft, Thread
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import prepare_post, start_thread
from lessons.discussions.views.access import get_course, get_lesson, get_moderated_course, preserve_submitted_text
from lessons.discussions.views.compose_api import draft_initial, save_draft_from
from lessons.markup import plain_text
from lessons.models import Lesson, Module, Prompt
from lessons.permissions import can_moderate, can_post_anonymously

Audience = Thread.Audience


@preserve_submitted_text
def create_thread(request, slug):
    """The form for a thread in the forum."""
    course = get_course(request.user, slug)
    return _create(request, course) if request.method == "POST" else _render_form(request, course)


@preserve_submitted_text
def create_comment(request, pk):
    """Takes a thread that hangs on a lesson; the form stands on the page of its comments."""
    lesson = get_lesson(request.user, pk)
    if request.method == "POST":
        return _create(request, lesson.module.course, lesson)
    return redirect("discussions:lesson_comments", lesson.pk)


def compose_context(request, course: Course, lesson: Lesson | None = None, form=None) -> dict:
    """The form and its buttons: each says who will read what is sent by it. Three queries at most."""
    group = own_group(request.user, course)
    draft_key = f"lesson-{lesson.pk}" if lesson else f"course-{course.pk}"
    if form is None:
        kept = Draft.objects.filter(user=request.user, draft_key=draft_key).first()
        kind = request.GET.get("kind", "")
        form = _form(request, course, lesson, group, initial=draft_initial(kept) | ({"kind": kind} if kind else {}))
    groups = _groups(request, course)
    buttons = audience_choices(course, None if groups else group, bool(lesson))
    # Who will read is said only when a button is pressed: until then, those whom the first reaches.
    people = reverse("discussions:new_thread_mentions", args=[course.slug]) + f"?audience={buttons[0][0]}"
    return {"form": form, "buttons": buttons, "draft_key": draft_key, "people": people, "groups": groups}


def _groups(request, course: Course) -> list[tuple[int, str]]:
    """Those that staff may write to: all. One query, none for learners."""
    if not can_moderate(request.user, course):
        return []
    return list(course.groups.values_list("pk", "name"))


def _target_group(request, course: Course, own: ReadingGroup | None) -> ReadingGroup | None:
    """The group that staff have chosen, or one's own."""
    wanted = parse_id(request.POST.get("group"))
    if wanted and can_moderate(request.user, course):
        return course.groups.filter(pk=wanted).first()
    return own


def audience_choices(course: Course, group: ReadingGroup | None, on_lesson: bool) -> list[tuple[str, str]]:
    """What may be sent to whom, `(audience, words)`. The first is what Enter sends: under a lesson one's group, in the
    forum the course."""
    everybody = [(Audience.COURSE, _("Post to everybody in “%(course)s”") % {"course": course.title})]
    mine = [(Audience.GROUP, _("Post to %(group)s") % {"group": group.name})] if group else []
    first = mine + everybody if on_lesson else everybody + mine
    return [*first, (Audience.STAFF, _("Ask the instructors")), (Audience.ME, _("Save, only for me"))]


def own_group(user, course: Course) -> ReadingGroup | None:
    """The person's reading group in the course. At most one query."""
    seat = active_memberships(user).get(course.pk)
    return ReadingGroup.objects.filter(pk=seat.group_id).first() if seat and seat.group_id else None


def _form(request, course: Course, lesson: Lesson | None, group: ReadingGroup | None, **kwargs) -> ThreadForm:
    readers = [(value, label) for value, label in Audience.choices if group or value != Audience.GROUP]
    staff = can_moderate(request.user, course)
    may_hide = can_post_anonymously(request.user, course)
    return ThreadForm(
        course=course, lesson=lesson, audiences=readers, staff=staff, may_be_anonymous=may_hide, **kwargs
    )


def _create(request, course: Course, lesson: Lesson | None = None) -> HttpResponse:
    """Words are given back whatever happens."""
    group = _target_group(request, course, own_group(request.user, course))
    form = _form(request, course, lesson, group, data=_readable(request.POST), files=request.FILES)
    draft_key = f"lesson-{lesson.pk}" if lesson else f"course-{course.pk}"
    if "draft" in request.POST:
        save_draft_from(request, draft_key)
        messages.success(request, _("Your draft is kept."))
        return (
            redirect("discussions:lesson_comments", lesson.pk)
            if lesson
            else redirect("discussions:create_thread", course.slug)
        )
    if not form.is_valid():
        return _render_form(request, course, lesson, form, status=400)
    if "preview" in request.POST:
        return _render_form(request, course, lesson, form, preview=form.prepared.html)
    given = form.cleaned_data
    try:
        thread = start_thread(
            by=request.user,
            course=course,
            lesson=lesson,
            prepared=form.prepared,
            group=group,
            draft_key=draft_key,
            **{name: given[name] for name in ("kind", "audience", "title", "tags", "anonymous") if name in given},
        )
    except ActionRefused as refusal:
        save_draft_from(request, draft_key)
        form.add_error(None, str(refusal))
        return _render_form(request, course, lesson, form, status=409)
    if thread.state == Thread.State.HELD:
        messages.info(request, _("Your post has a link and your account is new: staff will look at it first."))
    return redirect(thread)


def _readable(data):
    """A preview is asked for without saying yet who will read."""
    if "audience" in data:
        return data
    data = data.copy()
    data["audience"] = Audience.COURSE if "preview" in data else ""
    return data


def _render_form(request, course: Course, lesson=None, form=None, *, status=200, preview="") -> HttpResponse:
    context = {"course": course, "lesson": lesson, "preview": mark_safe(preview)}
    context |= compose_context(request, course, lesson, form)
    if course.is_closed:
        context["form"].words_kept = context["form"]["source"].value() or ""
    return render(request, "discussions/thread_create.html", context, status=status)


def open_prompts_page(request, slug):
    """Staff open a module's prompts as threads; each once."""
    course = get_moderated_course(request.user, slug)
    if request.method == "POST":
        module = get_object_or_404(course.modules, pk=parse_id(request.POST.get("module")))

        def open_all() -> str:
            messages.success(request, _("%(n)d threads are open.") % {"n": open_prompts(module, request.user)})
            return reverse("discussions:forum", args=[course.slug])

        return redirect(submit_once(request, open_all).address)
    waiting = Prompt.objects.filter(module__course=course, threads=None).select_related("module", "lesson")
    context = {"course": course, "prompts": waiting.order_by("module__position", "position")}
    return render(request, "discussions/open_prompts.html", context)


@transaction.atomic
def open_prompts(module: Module, by) -> int:
    """Makes a thread for every group to read of each prompt that has none yet; returns how many."""
    # Two staff who press at once would open each twice.
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    waiting = list(module.prompts.filter(threads=None))
    for prompt in waiting:
        words = prepare_post(prompt.text, course=module.course)
        title = plain_text.excerpt(words.html)
        start_thread(by=by, course=module.course, lesson=prompt.lesson, prompt=prompt, prepared=words, title=title)
    if waiting:
        record(by=by, verb="open prompts", course=module.course, target=module, opened=len(waiting))
    return len(waiting)
