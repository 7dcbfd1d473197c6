"""Zip files for the tests, written by code."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile


def zipped(members, compression=ZIP_DEFLATED):
    """Return a zip file of `members`, a dictionary or a list of pairs: the name and the text or bytes of each."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return file.getvalue()
