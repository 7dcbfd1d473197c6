"""My notebook: everything I marked and noted, and taking it along."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lessons.annotations.notebook import entries, exports
from lessons.annotations.notebook.wishes import Wish, whole
from lessons.annotations.protocol.http import JSON_LD

FORMATS = {
    "md": (exports.markdown, "text/markdown; charset=utf-8", _("Markdown")),
    "jsonld": (exports.json_ld, JSON_LD, _("JSON-LD, for other programs")),
    "csv": (exports.spreadsheet, "text/csv; charset=utf-8", _("CSV, for a spreadsheet")),
}


@require_safe
def notebook(request):
    """Fifty by keyset, in the order of reading."""
    wish = Wish.read(request.GET)
    shown, later = entries.page(request.user, wish, whole(request.GET, "after"))
    context = {
        "entries": shown,
        "later": wish.query(after=later) if later else "",
        "wish": wish,
        "is_begun": bool(whole(request.GET, "after")),
        "formats": [(key, name) for key, (_write, _type, name) in FORMATS.items()],
        "query": wish.query(),
        **entries.choices(request.user),
    }
    return render(request, "annotations/notebook.html", context)


@require_safe
def export(request, format):
    """What the list would show, whole, as a file."""
    if format not in FORMATS:
        raise Http404
    write, content_type, _name = FORMATS[format]
    root = f"{request.scheme}://{request.get_host()}"
    headers = {
        "Content-Disposition": f'attachment; filename="notebook.{format}"',
        "Cache-Control": "private, no-store",
    }
    lines = write(request.user, Wish.read(request.GET), root)
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)
