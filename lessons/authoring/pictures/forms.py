from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.models import Asset
from lessons.pictures import UnusableImage, encoded


class PictureForm(forms.ModelForm):
    """A new picture; after a valid form `picture` is what will be stored."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, 10 MB at most. Of an animation the first picture is kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = Asset
        fields = ["course", "file", "alt"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.picture = encoded(file, file.size)
        except UnusableImage as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return file


class DescriptionForm(forms.ModelForm):
    """Of a picture that is there, only its words can be changed."""

    class Meta:
        model = Asset
        fields = ["alt"]
