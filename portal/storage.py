"""Static files under hashed names, compressed, for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import … from "…";` inside ES modules, so that no module is served stale.

    Only imports that end in a semicolon are rewritten: Django's pattern asks for it.
    """

    support_js_module_import_aggregation = True
    # `collectstatic --ignore '*.map'` leaves source maps out, so what names them is left as it is.
    patterns = tuple(
        (files, tuple(pattern for pattern in found if "sourceMappingURL" not in str(pattern)))
        for files, found in CompressedManifestStaticFilesStorage.patterns
    )
