"""The forms for importing an article, and for reading its file again."""

import re
from base64 import b64encode

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import offer_courses
from lessons.courses.models import Course
from lessons.importing import readers
from lessons.importing.document import PASTED_PAGE, PASTED_TEXT, ParsedArticle
from lessons.importing.readers import formats, limits, quick_checks
from lessons.markup.sanitise import InvalidText, check_size

# The address of an image in what was pasted, whose file is sent beside it.
PASTED_IMAGE = re.compile(r'src="pasted:(\d{1,6})"')
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
ACCEPTED_EXTENSIONS = ",".join([*readers.DOCUMENT_FORMATS, *readers.TEXT_FORMATS])


class ImagesInput(forms.FileInput):
    """The files of pasted images, which a script fills in."""

    allow_multiple_selected = True


class ImagesField(forms.FileField):
    """Any number of files, as a list."""

    widget = ImagesInput(attrs={"hidden": True, "multiple": True})

    def clean(self, data, initial=None):
        return [super(ImagesField, self).clean(one, initial) for one in data or []]


class ArticleForm(forms.Form):
    """An article, pasted or as a file.

    Once the form is valid, `parsed` is the parsed article, or None if it will be read in the background. `upload` has
    the bytes of the file, or of a paste that is read later; `name` is its name. `pasted_html` is the HTML of what was
    pasted, as edited since, and `pasted_images` the files of the images in it, called `pasted-1` and so on; a script
    fills them in.
    """

    parsed: ParsedArticle | None = None
    upload = b""
    name = ""

    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Course"),
        empty_label=None,
        error_messages={"invalid_choice": _("This course was deleted, or you no longer teach it. Choose another.")},
    )
    text = forms.CharField(
        label=_("Paste the article"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        error_messages={"null_characters_not_allowed": _("This is not text: it contains NUL characters.")},
    )
    pasted_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    pasted_images = ImagesField(required=False, label="")
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_EXTENSIONS, "aria-describedby": "id_file_helptext"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_courses(self, user)

    def clean(self):
        super().clean()
        if not self.errors:
            try:
                self._read()
            except InvalidText as error:
                self.add_error("file" if self.cleaned_data.get("file") else "text", str(error))
        return self.cleaned_data

    def _read(self) -> None:
        file, text = self.cleaned_data.get("file"), self.cleaned_data["text"].replace("\r\n", "\n")
        if file:
            limits.check_upload(file.size)
            self.name, self.upload = file.name, file.read()
            if not _is_read_later(self.name, self.upload):
                self.parsed = readers.read_upload(self.name, self.upload)
            return
        html = self.cleaned_data["pasted_html"]
        if not text.strip() and not html.strip():
            raise InvalidText(_("Paste the article, or choose a file."))
        pasted = html if "<" in html else text
        check_size(pasted)
        images = self.cleaned_data["pasted_images"] if pasted is html else []
        data = _with_images(html, images).encode() if images else pasted.encode()
        if limits.is_large(data):
            limits.check_bytes(".html", len(data))
            self.name, self.upload = (PASTED_PAGE if pasted is html else PASTED_TEXT), data
        elif images:
            self.parsed = readers.read_upload(PASTED_PAGE, data, "utf-8")
        else:
            self.parsed = readers.read_paste(text, html)


def _with_images(html: str, images: list[UploadedFile]) -> str:
    """Return the HTML with its images in it, as a page may have them."""
    files = {file.name: file for file in images if file.content_type in IMAGE_TYPES}

    def embed(match: re.Match) -> str:
        file = files.get(f"pasted-{match[1]}")
        if file is None:
            return match[0]
        file.seek(0)
        return f'src="data:{file.content_type};base64,{b64encode(file.read()).decode()}"'

    return PASTED_IMAGE.sub(embed, html)


def _is_read_later(name: str, data: bytes) -> bool:
    """Return whether reading the file may take long. Raise InvalidText for one that cannot be read."""
    extension = formats.recognise(name, data)
    limits.check_bytes(extension, len(data))
    if extension not in readers.DOCUMENT_FORMATS:
        return limits.is_large(data)
    quick_checks.check_document(extension, data)
    return True
