"""Send uploaded files from wherever they are stored, after the view has checked who asks."""

import re
from hashlib import blake2b
from typing import Any

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

CHUNK = 1 << 16
# One part. The digits are limited, because converting very long numbers is slow, and then refused.
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def send_file(
    request: HttpRequest, file: FieldFile, *, content_type: str, cache_control: str, download_as: str = ""
) -> HttpResponseBase:
    """Send a stored file, or the part that a Range header asks for; 304 without opening it if the browser has it.

    Its ETag is made of its name, because what is stored under a name never changes. download_as: the name under which
    browsers save it. Raise Http404 if the file is gone, StorageUnavailable.
    """
    name = file.name or ""
    headers = {
        "ETag": f'"{blake2b(name.encode(), digest_size=16).hexdigest()}"',
        "Cache-Control": cache_control,
        "X-Content-Type-Options": "nosniff",
    }
    response: HttpResponseBase | None = get_conditional_response(request, etag=headers["ETag"])
    if response is None:
        headers |= {"Content-Type": content_type, "Accept-Ranges": "bytes"}
        if download_as:
            headers["Content-Disposition"] = content_disposition_header(True, download_as)
        response = _send(request, _open(file), headers)
    for header, value in headers.items():
        response.headers.setdefault(header, value)
    return response


def _open(file: FieldFile) -> File:
    try:
        return file.storage.open(file.name or "", "rb")
    except FileNotFoundError:
        raise Http404 from None


def _send(request: HttpRequest, file: File, headers: dict[str, Any]) -> HttpResponseBase:
    size = file.size
    part = _requested_part(request, size, headers["ETag"])
    if part is None:
        return FileResponse(file, headers=headers)
    start, stop = part
    if start >= stop:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(start)
    part_headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Content-Length": str(stop - start)}
    return StreamingHttpResponse(_Part(file, stop - start), status=206, headers=headers | part_headers)


def _requested_part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return where the part that is asked for starts and stops, or None to send all; it is empty if there is none."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip()) if request.method == "GET" else None
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if first:
        if last and int(last) < int(first):  # no range at all
            return None
        return int(first), min(int(last) + 1, size) if last else size
    return (max(size - int(last), 0), size) if last else None


class _Part:
    """The next `length` bytes of a file, in chunks; closes it with the response."""

    def __init__(self, file: File, length: int):
        self.file, self.left = file, length

    def __iter__(self) -> "_Part":
        return self

    def __next__(self) -> bytes:
        chunk = self.file.read(min(CHUNK, self.left))
        if not chunk:
            raise StopIteration
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.file.close()
