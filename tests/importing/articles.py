"""The sample articles of `tests/articles`, parsed and analysed."""

from pathlib import Path

from lessons.importing.analysis import analyse
from lessons.importing.readers import read_here, read_paste

ARTICLES = Path(__file__).parent.parent / "articles"


def read(name):
    """Read a sample in this process, which is faster than in a child process."""
    return read_here(name, (ARTICLES / name).read_bytes())


def outline_of(name):
    return analyse(read(name)).outline


def outline_of_text(text):
    return analyse(read_paste(text)).outline


def headings_of_text(text):
    return [section.heading for section in outline_of_text(text).walk()]


def tree(outline):
    """Return (level, kind, heading) of every section, in order."""
    return [(section.level, section.kind, section.heading) for section in outline.walk()]


def headings(parsed):
    """Return (level, text) of every heading."""
    return [(block.level, block.text) for block in parsed.blocks if block.type == "heading"]


def texts(parsed, kind="paragraph"):
    return [block.text for block in parsed.blocks if block.type == kind]


def reasons(parsed):
    """Return why each text was left out."""
    return {omission.text: str(omission.reason) for omission in parsed.omissions}


def types(blocks):
    return [block.type for block in blocks]


SALT = """# Salt on the Table

## What Salt Does

Salt keeps food from spoiling, because it draws the water out. People have known this longer than they have written.

## Where Salt Comes From

Some salt is dug out of the ground. Some is left behind in flat pans when the sea has dried in the sun.

## Who Paid for Salt

Kings taxed salt, since nobody could do without it. The tax was hated and it was paid.

## How Salt Is Sold

It is sold in blue boxes, and nobody remembers what the boxes were for in the beginning.
"""
# SALT, but one paragraph changed, one heading renamed, one section added, one dropped.
SALT_AGAIN = """# Salt on the Table

## What Salt Does

Salt keeps meat from spoiling, because it draws the water out. People have known this longer than they have written.

## Mines and Pans

Some salt is dug out of the ground. Some is left behind in flat pans when the sea has dried in the sun.

## Salt on the Roads

In winter it is thrown on roads, where it melts the ice and eats the cars that drive over it.

## Who Paid for Salt

Kings taxed salt, since nobody could do without it. The tax was hated and it was paid.
"""
BRINE = """
Brine refers to water that holds as much salt as it can. In 1790, France ended the tax on salt.
"""
