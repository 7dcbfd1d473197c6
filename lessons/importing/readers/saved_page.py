"""Read a web page saved with its images: a zip file of the page and its folder, or a web archive (MHTML)."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from posixpath import basename, dirname, join, normpath
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers import broken_bytes, html
from lessons.importing.readers.archives import MEGABYTE, Archive, open_archive
from lessons.markup import decoding
from lessons.markup.characters import clean_text
from lessons.markup.sanitise import InvalidText

PAGES = (".html", ".htm", ".xhtml")
# The localised suffixes that browsers add to a page's name for the folder with its files.
FOLDER_ENDS = tuple(
    "_files -files _file .files _dateien -dateien _fichiers _archivos _bestanden _pliki _ficheiros _arquivos "
    "_elementos _dosyalar _filer _tiedostot".split()
)
MAX_MEMBERS = 2_000
MAX_TOTAL = 100 * MEGABYTE
MAX_MEMBER = 20 * MEGABYTE
MAX_PAGES_LISTED = 50
IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")
SAVED_FROM = "<!-- saved from url=({length:04}){address} -->\n"


def read_zip(data: bytes) -> ParsedArticle:
    """Read the page in a zip file. Raise InvalidText for a file that is too large, damaged, or has no page."""
    archive = open_zip(data)
    pages = pages_in(archive)
    folders = {part for name in archive.names for part in _folders(name.lower())}
    main = min(pages, key=lambda name: _order(name, folders, archive))
    parsed = _read(archive.read(main), _finder(archive, main))
    others = [name for name in pages if name != main and not _is_in_page_folder(name)]
    reason = _("Another page in the zip file: import it separately.")
    parsed.omissions += [Omission(name, reason) for name in others[:MAX_PAGES_LISTED]]
    return parsed


def open_zip(data: bytes) -> Archive:
    return open_archive(data, max_members=MAX_MEMBERS, max_total=MAX_TOTAL, max_member=MAX_MEMBER)


def pages_in(archive: Archive) -> list[str]:
    """Return the names of the pages. Raise InvalidText if there is none."""
    pages = [name for name in archive.names if name.lower().endswith(PAGES) and not _is_system_file(name)]
    if not pages:
        raise InvalidText(
            _(
                "This zip file contains no web page. Save the page in your browser with all its files, and put the "
                "page and its folder into the zip file."
            )
        )
    return pages


def read_web_archive(data: bytes) -> ParsedArticle:
    """Read an MHTML page. Raise InvalidText for a file without a page."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError):
        raise InvalidText(no_archive()) from None
    page = next((part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
    if page is None or len(parts) > MAX_MEMBERS:
        raise InvalidText(no_archive())
    address = _header(page, "Content-Location") or _header(message, "Snapshot-Content-Location")
    files: dict[str, EmailMessage] = {}
    for part in parts:
        identifier = _header(part, "Content-ID").strip("<>")
        for name in (_header(part, "Content-Location"), f"cid:{identifier}" if identifier else ""):
            if name:
                files.setdefault(name, part)

    def find(wanted: str) -> bytes | None:
        part = files.get(wanted) or files.get(_joined(address, wanted))
        return _image(_payload(part)) if part else None

    is_address = address.startswith(("http://", "https://")) and ">" not in address
    start = SAVED_FROM.format(length=len(address), address=address) if is_address else ""
    return _read(_page_bytes(page), find, start)


def _read(data: bytes, find: Callable[[str], bytes | None], start: str = "") -> ParsedArticle:
    decoded = decoding.decode(data, declared=True)
    decoding.reject_control_characters(decoded.text)
    parsed = html.read_page(start + clean_text(decoded.text), find)
    parsed.original = clean_text(decoded.text)
    parsed.encoding = decoded.encoding
    parsed.omissions[:0] = broken_bytes.notice(decoded)
    return parsed


def _folders(name: str) -> list[str]:
    """Return the paths of the folders that contain a file."""
    return [name[:n] for n, c in enumerate(name) if c == "/"]


def _order(name: str, folders: set[str], archive: Archive) -> tuple[bool, int, bool, bool, int]:
    """Return the key that sorts the pages of an archive, beginning with the saved one. folders: in lower case."""
    stem = name.rpartition(".")[0].lower()
    has_folder = any(stem + end in folders for end in FOLDER_ENDS)
    is_index = basename(name).lower().startswith("index.")
    return _is_in_page_folder(name), name.count("/"), not has_folder, not is_index, -archive.size(name)


def _is_in_page_folder(name: str) -> bool:
    return any(part.lower().endswith(FOLDER_ENDS) for part in name.split("/")[:-1])


def _is_system_file(name: str) -> bool:
    return name.startswith("__MACOSX/") or basename(name).startswith(".")


def _finder(archive: Archive, page: str) -> Callable[[str], bytes | None]:
    """Return a function that finds the images of a page in its archive: by path, or by name if that is unique."""
    by_name: dict[str, list[str]] = {}
    for name in archive.names:
        by_name.setdefault(basename(name), []).append(name)

    def find(address: str) -> bytes | None:
        try:
            path = unquote(urlsplit(address).path)
        except ValueError:
            return None
        name = normpath(join(dirname(page), path)) if "://" not in address else ""
        same_name = by_name.get(basename(path), []) if basename(path) else []
        found = name if name in archive else same_name[0] if len(same_name) == 1 else ""
        return _image(archive.read(found)) if found else None

    return find


def _image(data: bytes) -> bytes | None:
    return data if data.startswith(IMAGES) else None


def _header(part: EmailMessage, name: str) -> str:
    return str(part.get(name) or "").strip()


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _page_bytes(part: EmailMessage) -> bytes:
    """Return the page in UTF-8 if the archive declares its encoding, otherwise unchanged."""
    data = _payload(part)
    try:
        return data.decode(part.get_content_charset() or "").encode()
    except (LookupError, ValueError):
        return data


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def no_archive() -> str:
    return _("This web archive contains no readable page. Save it as a complete web page, then import that.")
