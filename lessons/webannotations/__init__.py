"""Notes as the W3C's Web Annotation Data Model has them, out and in.

    addresses.py   the IRI of each annotation, and back
    contents.py    what somebody may read of a lesson's notes and replies, as rows
    describing.py  pure: such rows as JSON-LD
    shapes.py      pure: the annotations in a file, whoever wrote it
    reading.py     pure: one of them, checked

A position counts code points in the element `#text` of the revision's page, which is the target's source: there the
selectors hold for good, whatever is published later. Where the note stands elsewhere in the revision on show, that
passage is a second target. A bare mark has no body; the words of a note are its Markdown.
"""
