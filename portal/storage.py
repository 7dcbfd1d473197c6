"""Static files under hashed names, compressed, which browsers may keep for ever."""

import re
from pathlib import Path

from django.conf import settings
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

JS_PREFIX, CSS_PREFIX = "js/", "css/"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LINE_END = re.compile(r"\s*\n\s*")


def minify_css(css: str) -> str:
    """Remove comments, indentation and empty lines, a sixth of what is sent.

    Libraries do more and break nested rules: rcssmin 1.3 joins `.field :is(input)` to one selector.
    """
    return LINE_END.sub("\n", COMMENT.sub("", css)).strip()


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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name, force=False):
        """Return the URL of the file under its hashed name, found once: a page asks for a dozen."""
        if settings.DEBUG or force:
            return super().url(name, force)
        if name not in self._urls:
            self._urls[name] = super().url(name)
        return self._urls[name]

    def post_process(self, paths, dry_run=False, **options):
        own = {} if dry_run else {name: (self, name) for name in paths if name.startswith((JS_PREFIX, CSS_PREFIX))}
        for name in own:
            file, minify = Path(self.path(name)), jsmin if name.startswith(JS_PREFIX) else minify_css
            file.write_text(minify(file.read_text("utf-8")), "utf-8")
        yield from super().post_process(paths | own, dry_run, **options)
