"""A zip file is opened only if it is harmless."""

import pytest

from lessons.importing.readers.archives import open_archive
from lessons.markup.sanitise import InvalidText
from tests.importing.archives import zipped

TEXT = zipped({"a.txt": "The tide turns twice a day. " * 20})


def test_the_members_of_an_archive_are_read_by_their_names():
    archive = open_archive(zipped({"text/a.xhtml": "tide", "b\\c.xhtml": "ebb"}))
    assert archive.names == ["text/a.xhtml", "b/c.xhtml"]
    assert archive.read("b/c.xhtml") == b"ebb"
    assert archive.size("text/a.xhtml") == 4


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../outside", "..\\outside", "C:/outside", ".."])
def test_an_archive_with_a_member_that_leads_outside_is_refused(name):
    with pytest.raises(InvalidText, match="leads outside"):
        open_archive(zipped({name: "", "inside": ""}))


def test_folders_are_no_members_and_names_may_have_colons():
    assert open_archive(zipped({"a/": "", "12:30 noon.html": "", "..a/b": ""})).names == ["12:30 noon.html", "..a/b"]


@pytest.mark.parametrize("name", ["./a.txt", "b/../a.txt", "b//../a.txt"])
def test_a_path_within_the_archive_is_normalised(name):
    assert open_archive(zipped({name: "tide"})).read("a.txt") == b"tide"


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (TEXT[:-30], {}, "damaged"),
        (b"", {}, "damaged"),
        (zipped({str(n): "" for n in range(12)}), {"max_members": 10}, "more than 10 files"),
        (zipped({"a": "tide" * 30, "b": "tide" * 30}), {"max_total": 200}, "would be too large"),
        (zipped({"a": "tide" * 30, "b": ""}), {"max_member": 100}, "would be too large"),
    ],
)
def test_an_archive_beyond_the_limits_is_refused(data, limits, message):
    with pytest.raises(InvalidText, match=message):
        open_archive(data, **limits)


def test_a_directory_that_states_fewer_members_than_it_has_is_refused():
    data = zipped({f"{'long-name-' * 90}{n}": "" for n in range(40)})
    end = data.rindex(b"PK\x05\x06")
    lying = data[: end + 8] + b"\x01\x00\x01\x00" + data[end + 12 :]
    with pytest.raises(InvalidText, match="more than 30 files"):
        open_archive(lying, max_members=30)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"PK\x03\x04", b"PK\x03\x05", 1),
        lambda data: data[:40] + b"\xff\xff\xff\xff" + data[44:],
        # The uncompressed size, in the directory: smaller than it is.
        lambda data: data[: (at := data.index(b"PK\x01\x02") + 24)] + b"\x02\x00\x00\x00" + data[at + 4 :],
    ],
)
def test_a_damaged_member_is_refused_when_it_is_read(damage):
    archive = open_archive(damage(TEXT))
    with pytest.raises(InvalidText, match="damaged"):
        archive.read("a.txt")
