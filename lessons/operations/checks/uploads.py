"""Whether uploaded files can be stored, and whether those that the database names are there."""

from collections.abc import Iterator

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils.translation import gettext as _

from lessons.operations.backups import stored_files
from lessons.operations.findings import Finding, fail, ok

PROBE = "doctor"


def check_uploads(fix: bool) -> Iterator[Finding]:
    """Store a file and delete it again, and look for the file of each row that has one."""
    try:
        name = default_storage.save(PROBE, ContentFile(b"doctor"))
        is_public = _is_public(name)
        default_storage.delete(name)
        stored = set(stored_files())
    except Exception as error:  # each storage has its own errors
        yield fail(
            _("Files cannot be uploaded (%(kind)s). Check the folder or the server that stores them.")
            % {"kind": type(error).__name__}
        )
        return
    yield ok(_("Files can be uploaded."))
    if is_public:
        yield fail(_("Anybody can read uploaded files, in the bucket of MEDIA_STORAGE_URL. Make the bucket private."))
    named = set(_named_files())
    if missing := sorted(named - stored):
        yield fail(
            _(
                "%(count)s of %(total)s uploaded files are missing, for example %(example)s. Restore them from a "
                "backup."
            )
            % {"count": len(missing), "total": len(named), "example": missing[0]}
        )
    else:
        yield ok(_("All %(count)s uploaded files are there.") % {"count": len(named)})


def _is_public(name: str) -> bool:
    """Return whether anybody can read a stored file without asking the site. A folder cannot be asked."""
    ask = getattr(default_storage, "is_public", None)
    return bool(ask and ask(name))


def _named_files() -> Iterator[str]:
    """Return the names of all files that rows have. A query for each field."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                yield from model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
