"""Static files under hashed names, compressed, which browsers may keep for ever."""

from pathlib import Path

from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

JS_PREFIX = "js/"


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrite `import … from "…";` in ES modules, so that none is served stale, and minify our own.

    Only imports that end in a semicolon are rewritten: Django's pattern requires it.
    """

    support_js_module_import_aggregation = True
    # `collectstatic --ignore '*.map'` leaves source maps out, so references to them are left as they are.
    patterns = tuple(
        (files, tuple(pattern for pattern in found if "sourceMappingURL" not in str(pattern)))
        for files, found in CompressedManifestStaticFilesStorage.patterns
    )

    def post_process(self, paths, dry_run=False, **options):
        own = {} if dry_run else {name: (self, name) for name in paths if name.startswith(JS_PREFIX)}
        for file in (Path(self.path(name)) for name in own):
            file.write_text(jsmin(file.read_text("utf-8")), "utf-8")
        yield from super().post_process(paths | own, dry_run, **options)
