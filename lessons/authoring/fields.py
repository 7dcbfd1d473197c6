"""Form fields and widgets that several pages of the admin use."""

from django import forms


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker of day and time. One field, where Django's admin has two and a script."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
