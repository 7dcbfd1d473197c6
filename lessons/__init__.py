"""Commonplace: the trunk is what a course text is; each folder is what people do with it.

    urls.py          every address of the portal
    privacy/         what is kept of people: given to them, erased, let go when a course is over; a course's log
    reading/         the course website, and what a reader has opened and done
    authoring/       the admin for instructors: every text's form, preview, publishing, import review
    joining/         getting in, and who is in: invitations, rosters, members, groups, who may do what
    copying/         a module or a course once more, for the next term; a lesson's pictures follow it
    importing/       an article, or a folder of Markdown, becomes a module
    annotations/     notes in the margin: marked passages, their place in every revision; publishing
    discussions/     every conversation, wherever it hangs: threads, posts, questions, order in the room, being told
    actions.py       every write to a text beyond one row: freeze a revision, withdraw, reorder
    models.py        Module, Lesson, CaseStudy, Revision, GlossaryTerm, TimelineEvent, Prompt, Asset
    permissions.py   every rule of who may do what
    people/          User, Course, Membership, ReadingGroup, Invitation, AuditEntry; accounts and their pages
    tagging/         Tag, and the base of what joins a tag to a text
    dates.py         dates as EDTF strings, sorted and worded
    text.py          pure: sanitise, plain text, Markdown, heading addresses
    queries/         knows no model: querysets compiled once, rows gathered inside a row
    pictures.py      pure: any image becomes a WebP, within bounds and without metadata
    management/      quickstart: the whole portal from one command; tick: what is due by the clock
    immutability.py  migration operations: columns and rows that the database refuses to change

Imports point down this list, never up; `reading`, `authoring` and `joining` do not know each other, nor do `people`
and `tagging`. import-linter checks it (`pyproject.toml`), `tests/test_architecture.py` checks foreign keys.
"""
