"""Export as a zip file; import in two steps: the zip file, and a preview of what it would create and change."""

from collections import Counter
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lessons.accounts.models import User
from lessons.authoring.access import get_module, get_user, render_page
from lessons.authoring.breadcrumbs import Parent
from lessons.authoring.files.forms import FilesForm, reason_to_refuse
from lessons.courses.models import Course
from lessons.db.idempotency import earlier_result, submit_once
from lessons.importing.markdown_folder.changes import Changes
from lessons.importing.markdown_folder.export import ExportedFile, export_course, export_module
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.importing.markdown_folder.load import Publication
from lessons.importing.markdown_folder.parse import CourseFolder, ModuleFolder
from lessons.importing.markdown_folder.services import Loaded, opened_upload, prepared_import, read_files
from lessons.importing.markdown_folder.store import write_zip
from lessons.importing.uploads import UNRECORDED_AFTER, delete_kept_file, keep_file, open_kept_file
from lessons.models import Asset, GlossaryTerm, Lesson, Prompt, TimelineEvent
from lessons.participation.models import ParticipationRule
from lessons.permissions import can_exchange_files, require

SALT = "lessons.authoring.files"
# Encoding an image takes a moment: a request should not take longer than its server allows.
MAX_NEW_IMAGES = 100
MAX_NOTICES = 10
ITEMS = (GlossaryTerm, TimelineEvent, Prompt)


def urls(guard) -> list:
    """Return the URL patterns. guard: the admin site's `admin_view`."""
    return [
        path("files/new/", guard(import_files), name="import_files"),
        path("files/preview/", guard(preview_files), name="preview_files"),
    ]


@require_safe
def export_course_page(request: HttpRequest, pk: int) -> FileResponse:
    course = get_object_or_404(Course.objects.editable_by(request.user), pk=pk)
    require(can_exchange_files(get_user(request), course))
    return _download(export_course(course), course.slug)


@require_safe
def export_module_page(request: HttpRequest, pk: int) -> FileResponse:
    module = get_module(request, pk)
    require(can_exchange_files(get_user(request), module.course))
    return _download(export_module(module), module.slug)


def _download(files: Iterable[ExportedFile], name: str) -> FileResponse:
    """Return a zip file, which is made in a temporary file."""
    target = TemporaryFile()  # noqa: SIM115, the response closes it
    try:
        write_zip(files, target, name)
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")
    except BaseException:
        target.close()
        raise


class _Upload(NamedTuple):
    """A zip file that waits for its import. name: in the storage. course: for a module."""

    name: str
    course: Course | None


class _ModuleRow(NamedTuple):
    title: str
    status: str
    lessons: list["_LessonRow"]


class _LessonRow(NamedTuple):
    title: str
    status: str
    is_published: bool


def import_files(request: HttpRequest) -> HttpResponse:
    """Take a zip file, keep it for a day, and lead to its preview."""
    user = get_user(request)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FilesForm(*data, user=user, initial={"course": request.GET.get("course")})
    if not (form.is_bound and form.is_valid()):
        context = {"title": _("Import files"), "form": form}
        return render_page(request, "authoring/import_files.html", context, 422 if form.is_bound else 200)
    course = form.cleaned_data["course"]
    name = keep_file(form.cleaned_data["file"])
    token = signing.dumps([user.pk, name, course.pk if course else None], salt=SALT)
    return redirect(f"{reverse('admin:preview_files')}?{urlencode({'files': token})}")


def preview_files(request: HttpRequest) -> HttpResponse:
    """Show what an import would do; POST does it."""
    user = get_user(request)
    if done := earlier_result(request):
        return redirect(done)
    upload = _upload(user, request.GET.get("files", ""))
    try:
        if upload is None:
            raise FileNotFoundError
        file = open_kept_file(upload.name)
    except FileNotFoundError:
        messages.error(request, _("These files were kept for a day and are no longer here. Choose them again."))
        return redirect("admin:import_files")
    with file:
        return _answer(request, user, upload, opened_upload(file))


def _answer(request: HttpRequest, user: User, upload: _Upload, files: Files) -> HttpResponse:
    try:
        folder = read_files(files)
        _field, refusal = reason_to_refuse(user, folder, upload.course)
        if refusal:
            raise InvalidFolder(refusal)
        if request.method == "POST":
            return redirect(_load(request, user, upload, files, folder))
        return _preview(request, _rehearse(user, upload, files, folder), folder)
    except InvalidFolder as error:
        context = {"title": _("Import files"), "parents": _parents(), "error": str(error)}
        return render_page(request, "authoring/preview_files.html", context, 422)


def _upload(user: User, token: str) -> _Upload | None:
    """Return the user's own upload, with a course that they may still edit; None if there is none."""
    try:
        pk, name, course = signing.loads(token, salt=SALT, max_age=UNRECORDED_AFTER)
    except signing.BadSignature:
        return None
    if pk != user.pk:
        return None
    found = Course.objects.editable_by(user).filter(pk=course).first() if course else None
    return None if course and found is None else _Upload(name, found)


def _rehearse(user: User, upload: _Upload, files: Files, folder: CourseFolder | ModuleFolder) -> Loaded:
    with prepared_import(
        files,
        folder,
        course=upload.course,
        by=user,
        publication=Publication.NOTHING,
        is_rehearsal=True,
        max_new_images=MAX_NEW_IMAGES,
    ) as prepared:
        return prepared.load()


def _load(request: HttpRequest, user: User, upload: _Upload, files: Files, folder: CourseFolder | ModuleFolder) -> str:
    """Import the files, once, and return the address of the module or, if they are several, of the courses."""
    publication = Publication.AS_FILES if request.POST.get("publish") else Publication.NOTHING
    with prepared_import(
        files,
        folder,
        course=upload.course,
        by=user,
        publication=publication,
        max_new_images=MAX_NEW_IMAGES,
        enrols=True,
    ) as prepared:
        done: list[Loaded] = []

        def work() -> str:
            loaded = prepared.load()
            done.append(loaded)
            delete_kept_file(upload.name)
            if len(loaded.modules) == 1:
                return reverse("admin:lessons_module_change", args=[loaded.modules[0].pk])
            return reverse("admin:index")

        outcome = submit_once(request, work)
    for loaded in done:
        _report(request, loaded.changes)
    return outcome.address


def _report(request: HttpRequest, changes: Changes) -> None:
    count = sum(changes.published.values())
    values = {"created": changes.created, "changed": changes.changed, "published": count}
    if count:
        message = _("The files were imported: %(created)s new, %(changed)s changed, %(published)s lessons published.")
    else:
        message = _("The files were imported: %(created)s new, %(changed)s changed. Nothing was published.")
    messages.success(request, message % values)
    for notice in _first(changes.notices):
        messages.warning(request, notice)


def _first(notices: list[str]) -> list[str]:
    """Return the first notices, and how many more there are."""
    if len(notices) <= MAX_NOTICES:
        return notices
    return [*notices[:MAX_NOTICES], _("And %(count)s more.") % {"count": len(notices) - MAX_NOTICES}]


def _preview(request: HttpRequest, loaded: Loaded, folder: CourseFolder | ModuleFolder) -> HttpResponse:
    modules = folder.modules if isinstance(folder, CourseFolder) else [folder]
    rows = [_module_row(module, loaded.changes) for module in modules]
    lessons = [lesson for row in rows for lesson in row.lessons]
    is_new_course = any(change.model == "course" for change in loaded.changes.rows)
    context: dict[str, Any] = {
        "title": _("Import “%(title)s”") % {"title": loaded.course.title if len(rows) != 1 else rows[0].title},
        "parents": _parents(),
        "course": loaded.course,
        "is_new_course": is_new_course,
        "modules": rows,
        "counts": Counter(lesson.status for lesson in lessons),
        "published_count": sum(lesson.is_published for lesson in lessons),
        "new_items": loaded.changes.count(*ITEMS, is_new=True),
        "changed_items": loaded.changes.count(*ITEMS, is_new=False),
        "new_rules": loaded.changes.count(ParticipationRule, is_new=True),
        "changed_rules": loaded.changes.count(ParticipationRule, is_new=False),
        "new_images": loaded.changes.count(Asset, is_new=True),
        "notices": _first(loaded.changes.notices),
        "has_changes": bool(loaded.changes.rows),
    }
    return render_page(request, "authoring/preview_files.html", context)


def _parents() -> list[Parent]:
    return [Parent(_("Import files"), reverse("admin:import_files"))]


def _module_row(module: ModuleFolder, changes: Changes) -> _ModuleRow:
    lessons = [
        _LessonRow(lesson.title, changes.status_of(lesson.file), lesson.state == Lesson.State.PUBLISHED)
        for lesson in module.lessons
    ]
    return _ModuleRow(module.fields["title"], changes.status_of(module.file), lessons)
