"""`{% edit_version form %}`: what a form that edits a row carries, so that it overwrites nothing unseen."""

from typing import Any

from django import template

from lessons.db.edit_conflicts import VersionedForm

register = template.Library()


@register.inclusion_tag("_edit_version.html", takes_context=True)
def edit_version(
    context,
    forms: VersionedForm | list[VersionedForm],
    button: str = "",
    value: str = "1",
    keep: str = "",
    with_input: bool = True,
) -> dict[str, Any]:
    """Show the hidden versions of the forms and, after a conflict, both texts, with a button to save one's own.

    `button` and `value` are the name and value of the form's button to save, `keep` is where the link to keep
    the saved version leads, this page by default. Without `with_input` the page itself shows the form's
    hidden fields.
    """
    forms = forms if isinstance(forms, list) else [forms]
    conflicts = [field for form in forms for field in getattr(form, "conflict", ())]
    inputs = [form.version_input for form in forms] if with_input else []
    keep = keep or context["request"].get_full_path()
    return {"inputs": inputs, "conflicts": conflicts, "button": button, "value": value, "keep": keep}
