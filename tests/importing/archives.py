"""Build zip files for the tests."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def zipped(members, compression=ZIP_DEFLATED):
    """Return a zip file of `members`, a dictionary or a list of pairs: the name and the text or bytes of each.

    Its members have no date, so that the same ones give the same file.
    """
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(ZipInfo(name), content, compression)
    return file.getvalue()
