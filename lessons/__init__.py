"""Commonplace: a course's texts are the core; each package is a feature built on them.

    urls.py          every address of the site
    admin.py         registers the pages of the admin
    management/      quickstart: the whole site from one command
    operations/      backup, restore, drill, moving to another database, health, doctor
    privacy/         data export, erasure, retention, the pages of the audit log
    reading/         the course website: library, course, module, lesson, glossary, timeline, tags, feeds
    enrolment/       staff pages about people: members, groups, invitations, roster, view as learner, permission matrix
    notebook/        a user's own annotations, and their exports
    unsent/          what people have written and not sent: the list, and returning it after an ended session
    authoring/       the admin for instructors: forms, previews, publishing, import review
    search/          finding what one may read: the query language, results with their passages, and their page
    webannotations/  the W3C Web Annotation model and protocol, and the exchange of files
    demo/            a class that has worked through the sample course: loaded by quickstart, and removed again
    insight/         where the class struggles: passage maps, confusion board, lecture note, one learner's page
    importing/       an article of any format becomes a module; courses and modules as files, out and in
    copying/         a module or a course copied for the next term
    participation/   what learners are asked to contribute, by a rule in words, and what each has done
    annotations/     Annotation, Placement: anchoring, the margin, publishing and its preview
    discussions/     Thread, Post and related models: forum, comments, moderation, notifications and digests
    practice/        KnowledgeCheck, Answer, ReviewCard: checks in a text, and their review after growing intervals
    progress/        Progress, CompletionRule: how far somebody has read, and what completes a lesson
    services.py      writes to a course's texts beyond one row
    indexed_texts/   the rows of the search index for texts: written by whatever changes what readers see
    models/          Module, Lesson, CaseStudy, Revision, DraftVersion, GlossaryTerm, TimelineEvent, Prompt, Asset
    permissions.py   every rule of who may do what
    courses/         Course, Membership, ReadingGroup, Invitation, AuditEntry: enrolling, groups, rosters, audit log
    accounts/        User: sign-up, sign-in, e-mail verification, profile, sessions, middleware
    tagging/         Tag, and the base class of models that link a tag to a text
    mail/            OutgoingEmail: every e-mail of the site, built, queued, and sent in the background
    indexing/        the search index: terms of texts, scope tokens, tables; knows no other model
    jobs/            JobState, JobRun: the registry and runner of background jobs, behind run_scheduled
    markup/          pure: sanitised HTML, plain text, Markdown, formulas, highlighted code, encodings, differences
    time_zones.py    pure: time zones by their names, local times in them, and moments shown in them
    dates.py         dates as EDTF strings, sorted and formatted
    images.py        pure: any image becomes a WebP, within bounds and without metadata
    stored_files.py  sends an uploaded file, or a part of it, from wherever it is stored
    db/              needs no other package: compiled queries, ids, pages, repeated forms, edit conflicts, triggers
    memo.py          slow pure functions called before a transaction, and again inside it for what they returned

Imports point down this list, never up. `reading`, `enrolment`, `notebook` and `unsent` do not import each other, nor
do `authoring`, `webannotations` and `search`, `importing` and `copying`,
`accounts` and `tagging`; `reading` does not import `authoring`. import-linter checks it (`pyproject.toml`),
`tests/test_architecture.py` foreign keys.
"""
