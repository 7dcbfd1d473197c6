"""Notes and highlights on passages of a lesson, which follow their passage from revision to revision.

models.py              Annotation, Placement, CourseLabel, Origin
anchoring/             pure: the position of a passage of an old text in a new one
passages.py            a passage of a revision, found by offsets and by its quote
services/              publish lessons and re-anchor their annotations; create, change and delete annotations
publish_preview.py     what publishing a draft would change for annotations
revision_highlight.py  an annotation in the page of an earlier revision
margin/                positions and cards of a lesson's annotations, for the page's script and for the list
views/                 creating and editing annotations, the margin and the list over HTTP
completing.py          lessons that are completed by a note on them
personal_data.py       export and erasure of a person's annotations
"""
