"""The rich-text editor in the admin: what we add to django-prose-editor, and what it needs under our policy."""

from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media

# Kept by the editor as they are, though it has no button for them: see static/js/authoring/editor/passthrough.js.
PASSTHROUGH_EXTENSIONS = {
    "Anchors": True,
    "Definitions": True,
    "Term": True,
    "Detail": True,
    "Footnotes": True,
    "Underline": True,
    "Keyboard": True,
    "Quotation": True,
    "Citation": True,
    "Abbreviation": True,
    "PassthroughBlock": True,
    "HTML": True,
}
# Buttons in a row: the package's menu of paragraph and headings cannot be reached by keyboard.
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
    "source": _("This text has markup that the editor cannot show. You see its HTML, so that nothing of it is lost."),
    "tools": _("Text tools"),
    "picture": _("Picture"),
    "alt": _("What the picture shows, for those who do not see it"),
    "footnote": _("Footnote"),
}
# What tiptap writes into the page's head, let through on pages with the editor only: version 0.28 takes no nonce for
# it. A new version may change it; tests/browser/managing/test_authoring.py would see the violation.
INJECTED_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


class LessonTextWidget(AdminProseEditorWidget):
    """Our own extensions beside the package's, those of the same name in their place."""

    def get_config(self):
        config = super().get_config()
        return config | {
            "extensions": config["extensions"] | PASSTHROUGH_EXTENSIONS | {"Menu": MENU},
            "js_modules": [static("js/authoring/editor/extensions.js")],
        }

    def render(self, name, value, attrs=None, renderer=None):
        """Within the element that guards the editor and has its messages (`static/js/authoring/lesson-editor.js`)."""
        field = super().render(name, value, attrs, renderer)
        words = {f"data-{name}": str(sentence) for name, sentence in EDITOR_TEXTS.items()}
        return format_html("<lesson-editor{}>{}</lesson-editor>", flatatt(words), field)


def with_nonce(media, request):
    """The form's media, its import map allowed by the page's nonce."""
    return Media.from_media(media).with_nonce(str(request.csp_nonce))
