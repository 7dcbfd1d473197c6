"""Static files under hashed names, compressed, for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import … from "…";` inside ES modules, so that no module is served stale.

    Only imports that end in a semicolon are rewritten: Django's pattern asks for it.
    """

    support_js_module_import_aggregation = True
