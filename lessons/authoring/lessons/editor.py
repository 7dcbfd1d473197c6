"""The rich-text editor in the admin: what we add to django-prose-editor, and what it needs under our CSP."""

from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget, importmap, prose_editor_js
from js_asset import Media, Script

from lessons.markup.highlighting import LANGUAGES
from lessons.markup.sanitise import CALLOUT_KINDS

# Nodes and marks that a lesson may have and the package does not know (static/js/authoring/editor/), and our tools.
OWN_EXTENSIONS = {
    "Anchors": True,
    "Callout": True,
    "Check": True,
    "Details": True,
    "Summary": True,
    "Ruby": True,
    "Definitions": True,
    "Term": True,
    "Detail": True,
    "Footnotes": True,
    "FootnoteReference": True,
    "Formula": True,
    "Paste": True,
    "ImagePlace": True,
    "Underline": True,
    "Keyboard": True,
    "Quotation": True,
    "Citation": True,
    "Abbreviation": True,
    "PassthroughBlock": True,
    "Glossary": True,
    "Shortcuts": True,
}
PLACEHOLDER = _("Write the text, or paste it")
SOURCE_TEXT = _("This text has markup that the editor does not support. You see its HTML, so that nothing is lost.")
# What each kind of callout is called. A new one begins with this word, because colour alone does not tell everybody.
CALLOUT_NAMES = {
    "note": _("Note"),
    "tip": _("Tip"),
    "important": _("Important"),
    "warning": _("Warning"),
    "caution": _("Caution"),
    "example": _("Example"),
}
# The style that tiptap adds to the page's head, allowed on pages with the editor only: version 0.28 accepts no nonce.
# If a new version changes it, tests/browser/authoring/test_authoring.py reports the violation.
INJECTED_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


class LessonTextWidget(AdminProseEditorWidget):
    """The editor with our own extensions, which replace those of the package that have the same name.

    Its toolbar is ours (`templates/authoring/_editor_toolbar.html`), so neither menu nor style sheets of the package
    are loaded.
    """

    @property
    def media(self):
        return Media(
            importmap=importmap,
            js=[prose_editor_js, Script("django_prose_editor/configurable.js", type="module")],
        )

    def get_config(self):
        config = super().get_config()
        extensions = {
            name: value for name, value in config["extensions"].items() if name not in ("Menu", "NoSpellCheck")
        }
        return config | {
            "extensions": extensions | OWN_EXTENSIONS | {"Placeholder": {"placeholder": str(PLACEHOLDER)}},
            "js_modules": [static("js/authoring/editor/extensions.js")],
        }

    def render(self, name, value, attrs=None, renderer=None):
        """Return the field inside the element that guards the editor (`static/js/authoring/lesson-editor.js`)."""
        field = super().render(name, value, attrs, renderer)
        return format_html("<lesson-editor{}>{}</lesson-editor>", flatatt({"data-source": str(SOURCE_TEXT)}), field)


def with_nonce(media, request):
    """Return the form's media with the page's nonce, which allows their import map."""
    return Media.from_media(media).with_nonce(str(request.csp_nonce))


def toolbar_context() -> dict:
    """Return what the toolbar offers: the languages of code, and the kinds of callouts with their names."""
    return {
        "code_languages": sorted(set(LANGUAGES.values())),
        "callouts": [(kind, CALLOUT_NAMES[kind]) for kind in CALLOUT_KINDS],
    }
