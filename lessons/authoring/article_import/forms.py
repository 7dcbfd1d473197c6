from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Course
from lessons.importing import readers
from lessons.importing.document import ParsedArticle
from lessons.markup.sanitise import InvalidText

MAX_BYTES = 10 * 1024 * 1024
FORMATS = ".txt,.text,.md,.markdown,.html,.htm,.xhtml"


class ArticleForm(forms.Form):
    """An article, pasted or in a file; after a valid form `reading` is what a reader made of it.

    `rich` is the HTML that came along with a paste; a script fills it in.
    """

    parsed: ParsedArticle

    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Course"),
        empty_label=None,
        error_messages={"invalid_choice": _("This course is gone, or no longer yours. Choose another.")},
    )
    text = forms.CharField(
        label=_("Paste the article"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        error_messages={"null_characters_not_allowed": _("This is not text: it holds NUL characters.")},
    )
    pasted_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("Plain text (.txt), Markdown (.md) or a saved web page (.html). 2,000,000 characters at most."),
        widget=forms.FileInput(attrs={"accept": FORMATS}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.editable_by(user)

    @property
    def name(self) -> str:
        file = self.cleaned_data.get("file")
        return file.name if file else ""

    def clean(self):
        values = super().clean()
        if not self.errors:
            try:
                self.parsed = self._read(values)
            except InvalidText as refusal:
                self.add_error("file" if values.get("file") else "text", str(refusal))
        return values

    def _read(self, values) -> ParsedArticle:
        file, text = values.get("file"), values["text"].replace("\r\n", "\n")
        if file and file.size > MAX_BYTES:
            raise InvalidText(_("This file is larger than 10 MB. Split it and send the parts one by one."))
        if file:
            return readers.read_upload(file.name, file.read())
        if not text.strip() and not values["rich"].strip():
            raise InvalidText(_("There is nothing here yet. Paste the article, or choose a file."))
        return readers.read_paste(text, values["rich"])
