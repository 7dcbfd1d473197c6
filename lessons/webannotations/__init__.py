"""Annotations as the W3C's Web Annotation Data Model and Protocol have them: given out, taken in, exchanged as files.

iris.py                the IRI of each annotation, and back
selectors.py           the annotations and replies of a lesson that somebody may read
serialize.py           pure: their rows as JSON-LD
parse.py               pure: the annotations in a document, whoever wrote it
deserialize.py         pure: one of them, checked
from_jsonld.py         creates or changes an annotation or a reply from that
import_plan.py         what importing a file would do
import_annotations.py  does it
protocol.py            HTTP as the protocol has it: content negotiation, ETags, problems
annotation_views.py    one annotation or reply at its IRI
container_views.py     a lesson's annotations as a container, in pages
exchange_views.py      export and import of a lesson's annotations as a file

A position counts code points in the element `#text` of the revision's page, which is the target's source: there the
selectors hold for good, whatever is published later. Where an annotation has another position in the published
revision, that passage is a second target. A highlight has no body; the comment of a note is its Markdown.
"""
