"""The sample articles of `tests/articles`, read and understood."""

from pathlib import Path

from lessons.importing.article import understand
from lessons.importing.readers import read_paste, read_upload

ARTICLES = Path(__file__).parent.parent / "articles"


def read(name):
    return read_upload(name, (ARTICLES / name).read_bytes())


def outline_of(name):
    return understand(read(name)).outline


def outline_of_text(text):
    return understand(read_paste(text)).outline


def tree(outline):
    """(level, kind, heading) of every section, in order."""
    return [(section.level, section.kind, section.heading) for section in outline.walk()]


def types(blocks):
    return [block.type for block in blocks]
