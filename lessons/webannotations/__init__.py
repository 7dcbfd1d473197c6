"""Annotations in the W3C's Web Annotation Data Model and Protocol: served, accepted, and exchanged as files.

iris.py                the IRI of each annotation, and back
selectors.py           the annotations and replies of a lesson that somebody may read
serialize.py           pure: their rows as JSON-LD
parse.py               pure: the annotations in a document, in any supported format
access.py              pure: who could read an annotation, in the words of every format
deserialize.py         pure: check one of them
from_jsonld.py         create or change an annotation or a reply from it
existing_items.py      what the lesson has, for importing a file
import_plan.py         what importing a file would do
import_planner.py      finding that out
import_annotations.py  importing it
protocol.py            the protocol's HTTP: content negotiation, ETags, problems
annotation_views.py    one annotation or reply at its IRI
container_views.py     a lesson's annotations as a container, in pages
exchange_views.py      export and import of a lesson's annotations as a file

A position counts code points in the element `#text` of the revision's page, which is the target's source: there the
selectors stay valid, whatever is published later. Where an annotation has another position in the published
revision, that passage is a second target. A highlight has no body; the comment of a note is its Markdown.
"""
