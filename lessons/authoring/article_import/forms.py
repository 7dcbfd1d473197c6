"""The forms for importing an article, and for reading its file again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import offer_courses
from lessons.courses.models import Course
from lessons.importing import readers
from lessons.importing.document import PASTED_PAGE, PASTED_TEXT, ParsedArticle
from lessons.importing.readers import formats, limits
from lessons.markup.sanitise import InvalidText, check_size

ACCEPTED_EXTENSIONS = ",".join([*readers.DOCUMENT_FORMATS, *readers.TEXT_FORMATS])


class ArticleForm(forms.Form):
    """An article, pasted or as a file.

    Once the form is valid, `parsed` is the parsed article, or None if it will be read in the background. `upload` has
    the bytes of the file, or of a paste that is read later; `name` is its name. `pasted_html` is the HTML of what was
    pasted, as edited since; a script fills it in.
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
            if not is_read_later(self.name, self.upload):
                self.parsed = readers.read_upload(self.name, self.upload)
            return
        html = self.cleaned_data["pasted_html"]
        if not text.strip() and not html.strip():
            raise InvalidText(_("Paste the article, or choose a file."))
        pasted = html if "<" in html else text
        check_size(pasted)
        if limits.is_large(pasted.encode()):
            self.name, self.upload = (PASTED_PAGE if pasted is html else PASTED_TEXT), pasted.encode()
        else:
            self.parsed = readers.read_paste(text, html)


def is_read_later(name: str, data: bytes) -> bool:
    """Return whether reading the file may take long. Raise InvalidText for an unsupported format."""
    return formats.recognise(name, data) in readers.DOCUMENT_FORMATS or limits.is_large(data)
