"""Export and import of a lesson's annotations, with their replies, as one file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.discussions.models import Thread
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import get_lesson
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson
from lessons.permissions import can_annotate, can_moderate, require
from lessons.webannotations import deserialize, iris, parse, protocol, selectors
from lessons.webannotations.import_annotations import import_annotations
from lessons.webannotations.import_plan import ImportPlan
from lessons.webannotations.import_planner import plan_import
from lessons.webannotations.serialize import CONTEXT

MAX_BYTES = 5_000_000
Audience = Thread.Audience


@require_safe
@protocol.answer_api_clients
def export_annotations(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Return everything in the lesson that the user may read, as a file."""
    lesson = get_lesson(request.user, pk)
    annotations = selectors.readable_annotations(request.user).filter(lesson=lesson)
    replies, root = selectors.readable_replies(request.user, lesson.pk), iris.site_root(request)
    rows = selectors.annotation_rows(annotations), selectors.reply_rows(replies, request.user)
    documents = selectors.serialize_rows(*rows, request.user, root)
    items = sorted(documents.values(), key=lambda item: item["created"])
    iri = f"{iris.container_iri(root, lesson.pk)}export/"
    document = {
        "@context": CONTEXT,
        "id": iri,
        "type": "AnnotationCollection",
        "label": collection_label(lesson),
        "total": len(items),
    }
    if items:
        document["first"] = {"id": f"{iri}#items", "type": "AnnotationPage", "partOf": iri, "items": items}
    headers = {"Content-Disposition": f'attachment; filename="notes-lesson-{lesson.pk}.jsonld"'}
    return HttpResponse(protocol.to_json_bytes(document), content_type=protocol.JSON_LD, headers=headers)


def collection_label(lesson: Lesson) -> str:
    """Return the name of a lesson's collection; a lesson that was never published has no title for readers yet."""
    return _("Notes on %(lesson)s") % {"lesson": (lesson.current_revision or lesson).title}


class ImportForm(forms.Form):
    """A file, or its content from the step before (`uploaded_json`). A valid form has its annotations as `items`."""

    file = forms.FileField(
        label=gettext_lazy("File with notes"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("Exported from here, from another portal, or from Hypothesis (JSON). At most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".json,.jsonld,application/ld+json,application/json"}),
    )
    uploaded_json = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    audience = forms.ChoiceField(
        label=gettext_lazy("Widest audience"),
        choices=[
            (Audience.COURSE, gettext_lazy("Everybody in the course")),
            (Audience.STAFF, gettext_lazy("The instructors")),
            (Audience.ME, gettext_lazy("Only me")),
        ],
        initial=Audience.COURSE,
        help_text=gettext_lazy(
            "Notes that had a smaller audience before keep it. Notes for one person, or for an audience or group that "
            "this course doesn’t have, are imported as “Only me”."
        ),
    )

    def clean(self):
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.document = self._document(data)
                self.items = list(map(deserialize.deserialize, parse.extract_annotations(self.document)))
            except InvalidText as error:
                self.add_error("file", str(error))
        return data

    def _document(self, data: dict[str, Any]) -> object:
        file, uploaded_json = data.get("file"), data["uploaded_json"]
        if not file and not uploaded_json:
            raise InvalidText(_("Choose a file first."))
        if (file.size if file else len(uploaded_json)) > MAX_BYTES:
            raise InvalidText(_("This file is larger than 5 MB. Split it and upload the parts one by one."))
        return parse.parse_json(file.read() if file else uploaded_json.encode("utf-8", "ignore"))


def import_page(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Let staff choose a file, show what importing it would do, and import it when they confirm."""
    lesson = get_lesson(request.user, pk)
    course = lesson.module.course
    require(can_moderate(request.user, course) and can_annotate(request.user, course))
    if lesson.state != Lesson.State.PUBLISHED:
        messages.error(request, _("This lesson isn’t published. Publish it before you import notes."))
        return redirect("webannotations:container", lesson.pk)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if not form.is_bound or not form.is_valid():
        return _render_page(request, lesson, form, status=422 if form.is_bound else 200)
    root, audience = iris.site_root(request), form.cleaned_data["audience"]
    plan = plan_import(items=form.items, lesson=lesson, by=request.user, root=root, audience=audience)
    if "confirm" not in request.POST:
        return _render_page(request, lesson, form, plan)
    return _import(request, lesson, form, plan)


def _import(request: AuthenticatedHttpRequest, lesson: Lesson, form: ImportForm, plan: ImportPlan) -> HttpResponse:
    try:
        import_annotations(plan=plan, lesson=lesson, by=request.user)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return _render_page(request, lesson, form, plan, status=409)
    messages.success(request, _("Imported %(summary)s.") % {"summary": _summary(plan)})
    return redirect(lesson)


def _render_page(
    request, lesson: Lesson, form: ImportForm, plan: ImportPlan | None = None, *, status=200
) -> HttpResponse:
    context = {
        "lesson": lesson,
        "course": lesson.module.course,
        "form": form,
        "plan": plan,
    }
    if plan:
        context |= {
            "summary": _summary(plan),
            "audiences": plan.audiences(),
            "uploaded_json": protocol.to_json_bytes(form.document).decode(),
        }
    return render(request, "webannotations/import.html", context, status=status)


def _summary(plan: ImportPlan) -> str:
    """Return “12 notes and 30 replies”."""
    notes = ngettext("%(n)d note", "%(n)d notes", len(plan.notes)) % {"n": len(plan.notes)}
    replies = ngettext("%(n)d reply", "%(n)d replies", len(plan.replies)) % {"n": len(plan.replies)}
    return _("%(notes)s and %(replies)s") % {"notes": notes, "replies": replies}
