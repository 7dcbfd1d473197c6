"""The form for importing an article."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import offer_courses
from lessons.courses.models import Course
from lessons.importing import readers
from lessons.importing.document import ParsedArticle
from lessons.markup.sanitise import InvalidText

ACCEPTED_EXTENSIONS = ",".join([*readers.TEXT_FORMATS, *readers.DOCUMENT_FORMATS])


class ArticleForm(forms.Form):
    """An article, pasted or as a file; once the form is valid, `parsed` is the article as a reader parsed it.

    `pasted_html` is the HTML of what was pasted; a script fills it in.
    """

    parsed: ParsedArticle

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
        help_text=_("Plain text (.txt), Markdown (.md) or a saved web page (.html)."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_EXTENSIONS}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_courses(self, user)

    @property
    def name(self) -> str:
        """Return the name of the file; empty for an article that was pasted."""
        file = self.cleaned_data.get("file")
        return file.name if file else ""

    def clean(self):
        super().clean()
        if not self.errors:
            try:
                self.parsed = self._read()
            except InvalidText as error:
                self.add_error("file" if self.cleaned_data.get("file") else "text", str(error))
        return self.cleaned_data

    def _read(self) -> ParsedArticle:
        data = self.cleaned_data
        file, text = data.get("file"), data["text"].replace("\r\n", "\n")
        if file:
            readers.limits.check_upload(file.size)
            return readers.read_upload(file.name, file.read())
        if not text.strip() and not data["pasted_html"].strip():
            raise InvalidText(_("Paste the article, or choose a file."))
        return readers.read_paste(text, data["pasted_html"])
