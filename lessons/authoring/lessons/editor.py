"""The rich-text editor in the admin: what we add to django-prose-editor, and what it needs under our CSP."""

from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media

# The editor keeps these as they are, though it has no buttons for them: static/js/authoring/editor/passthrough.js.
PASSTHROUGH_EXTENSIONS = {
    "Anchors": True,
    "Callout": True,
    "Details": True,
    "Summary": True,
    "Ruby": True,
    "Definitions": True,
    "Term": True,
    "Detail": True,
    "Footnotes": True,
    "Formula": True,
    "OfficePaste": True,
    "Underline": True,
    "Keyboard": True,
    "Quotation": True,
    "Citation": True,
    "Abbreviation": True,
    "PassthroughBlock": True,
    "HTML": True,
}
# All block types as buttons: the package's menu of paragraph and headings cannot be used with the keyboard.
MENU = {
    "groups": [
        {"group": "blockType -lists"},
        {"group": "lists"},
        {"group": "nodes -blockType -lists"},
        {"group": "marks"},
        {"group": "link"},
        {"group": "table"},
        {"group": "history"},
        {"group": "utility"},
    ]
}
EDITOR_TEXTS = {
    "source": _("This text has markup that the editor does not support. You see its HTML, so that nothing is lost."),
    "tools": _("Formatting"),
    "image": _("Image"),
    "alt": _("Alternative text: what the image shows, for people who cannot see it"),
    "footnote": _("Footnote"),
    "formula": _("Formula"),
}
# The style that tiptap adds to the page's head, allowed on pages with the editor only: version 0.28 accepts no nonce.
# If a new version changes it, tests/browser/authoring/test_authoring.py reports the violation.
INJECTED_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


class LessonTextWidget(AdminProseEditorWidget):
    """The editor with our own extensions, which replace those of the package that have the same name."""

    def get_config(self):
        config = super().get_config()
        return config | {
            "extensions": config["extensions"] | PASSTHROUGH_EXTENSIONS | {"Menu": MENU},
            "js_modules": [static("js/authoring/editor/extensions.js")],
        }

    def render(self, name, value, attrs=None, renderer=None):
        """Return the field inside the element that guards the editor (`static/js/authoring/lesson-editor.js`)."""
        field = super().render(name, value, attrs, renderer)
        texts = {f"data-{key}": str(text) for key, text in EDITOR_TEXTS.items()}
        return format_html("<lesson-editor{}>{}</lesson-editor>", flatatt(texts), field)


def with_nonce(media, request):
    """Return the form's media with the page's nonce, which allows their import map."""
    return Media.from_media(media).with_nonce(str(request.csp_nonce))
