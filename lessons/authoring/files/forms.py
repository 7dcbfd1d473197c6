"""The form for the zip file that is imported."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.authoring.base import offer_courses
from lessons.courses.models import Course
from lessons.importing.markdown_folder.files import InvalidFolder
from lessons.importing.markdown_folder.parse import CourseFolder, ModuleFolder
from lessons.importing.markdown_folder.services import find_course, opened_upload, read_files
from lessons.importing.readers.limits import DOCUMENT_MEGABYTES, MEGABYTE
from lessons.permissions import can_create_courses, can_exchange_files


class FilesForm(forms.Form):
    """A zip file with a course or a module. Once the form is valid, the file can be read without an error."""

    file = forms.FileField(
        label=_("Zip file"),
        help_text=_(
            "A course or module from “Export as files”, or a zipped folder of the same structure. 50 MB at most."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip", "aria-describedby": "id_file_helptext"}),
    )
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Course for a module"),
        required=False,
        empty_label="—",
        help_text=_("Not needed for a whole course: its files contain its address."),
        error_messages={"invalid_choice": _("This course was deleted, or you no longer teach it. Choose another.")},
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self._user = user
        offer_courses(self, user)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > DOCUMENT_MEGABYTES * MEGABYTE:
            raise forms.ValidationError(
                _("This file is larger than %(max)d MB. Import the modules one by one.") % {"max": DOCUMENT_MEGABYTES}
            )
        return file

    def clean(self):
        super().clean()
        if self.errors:
            return self.cleaned_data
        try:
            folder = read_files(opened_upload(self.cleaned_data["file"]))
        except InvalidFolder as error:
            self.add_error("file", str(error))
        else:
            field, refusal = reason_to_refuse(self._user, folder, self.cleaned_data["course"])
            if refusal:
                self.add_error(field, refusal)
        return self.cleaned_data


def reason_to_refuse(user: User, folder: CourseFolder | ModuleFolder, course: Course | None) -> tuple[str, str]:
    """Return why the user may not import these files, and the form's field that it concerns; empty if they may."""
    if isinstance(folder, ModuleFolder):
        if course is None:
            return "course", str(_("This file contains a module. Choose the course to import it into."))
        return ("", "") if can_exchange_files(user, course) else ("course", str(_("You do not teach this course.")))
    existing = find_course(folder)
    if existing is None and not can_create_courses(user):
        message = _(
            "This course is not on the site yet, and you cannot create courses. Import one of its modules instead."
        )
        return "file", str(message)
    if existing is not None and not can_exchange_files(user, existing):
        message = _("There is already a course with the address “%(slug)s”. Change the slug in course.md.")
        return "file", message % {"slug": existing.slug}
    return "", ""
