"""Which languages the interface can be in."""

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import to_locale

from portal.environment import WrongSetting


def require_translations(codes: Iterable[str], folders: Iterable[Path]) -> None:
    """Raise WrongSetting for a language that none of the folders translates the site's own texts into.

    The texts are English. Django and other packages have translations of theirs into a hundred languages, so that
    pages would otherwise be in two.
    """
    folders = list(folders)
    for code in codes:
        locale = to_locale(code)
        names = {locale, locale.partition("_")[0]}
        catalogues = [folder / name / "LC_MESSAGES" / "django.mo" for folder in folders for name in names]
        if "en" not in names and not any(map(Path.exists, catalogues)):
            raise WrongSetting(
                f"LANGUAGE_CODE and LANGUAGES: the interface is not translated into “{code}”. Leave it out, "
                f"or add the translation as lessons/locale/{locale}/LC_MESSAGES/django.mo."
            )
