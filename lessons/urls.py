"""Every address of the portal: the table of contents of the product."""

from django.contrib import admin
from django.urls import include, path, register_converter

from lessons.accounts import email_verification
from lessons.accounts import views as accounts_views
from lessons.annotations.views import annotation_list, create, edit, margin
from lessons.discussions.notifications import views as notifications
from lessons.discussions.views import (
    compose_api,
    forum,
    moderation,
    moderator_inbox,
    posts,
    thread_create,
    thread_edit,
    threads,
)
from lessons.enrolment import permission_matrix, view_as_learner
from lessons.enrolment.views import groups, invitations, members, memberships, roster
from lessons.notebook import views as notebook
from lessons.privacy.views import audit_log, course_closing, data_export, erasure
from lessons.reading.views import courses, feeds, files, lessons, modules, reference
from lessons.webannotations import annotation_views, container_views, exchange_views


class WordsConverter:
    """A slug of any script: `alliances`, `déterrence`, `ردع`."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


register_converter(WordsConverter, "words")

reading = [
    # The library and its courses
    path("", courses.library, name="library"),
    path("courses/<words:slug>/", courses.course, name="course"),
    path("courses/<words:slug>/membership/", courses.membership, name="membership"),
    path("courses/<words:slug>/glossary/", reference.glossary, name="glossary"),
    path("courses/<words:slug>/timeline/", reference.timeline, name="timeline"),
    path("courses/<words:slug>/feed/", feeds.new_lessons, name="feed"),
    path("courses/<words:course_slug>/modules/<words:slug>/", modules.module, name="module"),
    path("tags/<words:slug>/", reference.tag, name="tag"),
    # A lesson or a case study
    path("lessons/<int:pk>/preview/", lessons.preview, name="preview"),
    path("lessons/<int:pk>/progress/", lessons.progress, name="progress"),
    path("lessons/<int:pk>/revisions/<int:number>/", lessons.revision, name="revision"),
    path("lessons/<int:pk>/<words:slug>/", lessons.lesson, name="lesson"),
    # Files
    path("assets/<uuid:uid>/", files.asset, name="asset"),
    path("favicon.ico", files.favicon, name="favicon"),
    # For machines
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("health/live/", files.live, name="live"),
    path("health/ready/", files.ready, name="ready"),
]

discussions = [
    # A course's conversations
    path("courses/<words:slug>/discussions/", forum.forum, name="forum"),
    path("courses/<words:slug>/discussions/new/", thread_create.new, name="new"),
    path("courses/<words:slug>/discussions/people/", compose_api.future_people, name="future_people"),
    path("courses/<words:slug>/discussions/reading/", forum.reading, name="reading"),
    path("courses/<words:slug>/discussions/following/", forum.following, name="following"),
    path("courses/<words:slug>/discussions/prompts/", thread_create.prompts, name="prompts"),
    path("courses/<words:slug>/discussions/inbox/", moderator_inbox.inbox, name="inbox"),
    path("courses/<words:slug>/discussions/log/", moderator_inbox.log, name="log"),
    path("courses/<words:slug>/discussions/log/<int:pk>/undoing/", moderator_inbox.undoing, name="undoing"),
    # What is said about a lesson
    path("lessons/<int:pk>/talk/", forum.comments, name="comments"),
    path("lessons/<int:pk>/talk/new/", thread_create.comment, name="comment"),
    path("lessons/<int:pk>/talk/rule/", forum.rule, name="rule"),
    # A thread
    path("threads/<int:pk>/", threads.thread, name="thread"),
    path("threads/<int:pk>/unread/", threads.first_unread, name="first_unread"),
    path("threads/<int:pk>/next/", threads.next_unread, name="next_unread"),
    path("threads/<int:pk>/people/", compose_api.people, name="people"),
    path("threads/<int:pk>/news/", threads.news, name="news"),
    path("threads/<int:pk>/attention/", threads.attention, name="attention"),
    path("threads/<int:pk>/asking/", threads.asking, name="asking"),
    path("threads/<int:pk>/status/", threads.status, name="status"),
    path("threads/<int:pk>/audience/", threads.audience, name="audience"),
    path("threads/<int:pk>/naming/", thread_edit.naming, name="naming"),
    path("threads/<int:pk>/order/", moderation.order_of, name="order"),
    path("threads/<int:pk>/pinning/", moderation.pinning, name="pinning"),
    path("threads/<int:pk>/closing/", moderation.closing, name="closing"),
    path("threads/<int:pk>/moving/", moderation.moving, name="moving"),
    path("threads/<int:pk>/merging/", moderation.merging, name="merging"),
    path("threads/<int:pk>/splitting/", moderation.splitting, name="splitting"),
    # A post
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/acts/", posts.acts, name="acts"),
    path("posts/<int:pk>/edit/", posts.editing, name="edit"),
    path("posts/<int:pk>/history/", posts.history, name="history"),
    path("posts/<int:pk>/deletion/", posts.deletion, name="deletion"),
    path("posts/<int:pk>/thanks/", posts.thanks, name="thanks"),
    path("posts/<int:pk>/answer/", posts.answer, name="answer"),
    path("posts/<int:pk>/report/", posts.report, name="report"),
    path("posts/<int:pk>/hiding/", moderation.hiding, name="hiding"),
    path("posts/<int:pk>/warning/", moderation.warning, name="warning"),
    path("posts/<int:pk>/author/", moderation.author, name="author"),
    path("posts/images/<uuid:uid>/", posts.image, name="image"),
    # While one writes
    path("drafts/", compose_api.draft, name="draft"),
    path("preview/", compose_api.preview, name="preview"),
    # Being told
    path("bell/", notifications.bell, name="bell"),
    path("bell/preferences/", notifications.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
    path("feeds/<str:token>/", notifications.feed, name="feed"),
]

annotations = [
    # Notes on a lesson
    path("lessons/<int:pk>/notes/", annotation_list.notes, name="notes"),
    path("lessons/<int:pk>/notes/places/", margin.places, name="places"),
    path("lessons/<int:pk>/notes/cards/", margin.cards, name="cards"),
    path("lessons/<int:pk>/notes/new/", create.new, name="new"),
    # A note
    path("notes/<int:pk>/", margin.note, name="note"),
    path("notes/<int:pk>/edit/", edit.edit, name="edit"),
    # Everything one has marked and noted
    path("notebook/", notebook.notebook, name="notebook"),
    path("notebook/export/<str:format>/", notebook.export, name="notebook_export"),
    # For other programs: the W3C's Web Annotation Protocol
    path("annotations/<uuid:uid>/", annotation_views.annotation, name="annotation"),
    path("lessons/<int:pk>/annotations/", container_views.container, name="container"),
    path("lessons/<int:pk>/annotations/export/", exchange_views.export, name="export"),
    path("lessons/<int:pk>/annotations/import/", exchange_views.upload, name="import"),
    path("lessons/<int:pk>/annotations/<uuid:uid>/", annotation_views.annotation, name="contained"),
    path("lessons/<int:pk>/annotations/<int:post>/", annotation_views.reply, name="reply"),
]

privacy = [
    # What the portal keeps of one
    path("accounts/data/", data_export.data, name="data"),
    path("accounts/data/<uuid:uid>/", data_export.archive, name="archive"),
    path("accounts/erasure/", erasure.erasure, name="erasure"),
    # A course's staff
    path("courses/<words:slug>/people/log/", audit_log.log, name="log"),
    path("courses/<words:slug>/people/closing/", course_closing.closing, name="closing"),
]

people = [
    # Who learns with whom, for a course's staff
    path("courses/<words:slug>/people/", members.members, name="members"),
    path("courses/<words:slug>/people/export/", members.export, name="export"),
    path("courses/<words:slug>/people/new/", memberships.new, name="new"),
    path("courses/<words:slug>/people/seats/<int:pk>/", memberships.seat, name="seat"),
    path("courses/<words:slug>/people/roster/", roster.roster, name="roster"),
    path("courses/<words:slug>/people/invitations/", invitations.invitations, name="invitations"),
    path("courses/<words:slug>/people/invitations/<int:pk>/end/", invitations.ending, name="ending"),
    path("courses/<words:slug>/people/groups/", groups.groups, name="groups"),
    path("courses/<words:slug>/people/groups/moves/", groups.moves, name="moves"),
    path("courses/<words:slug>/people/groups/dealing/", groups.dealing, name="dealing"),
    path("courses/<words:slug>/people/groups/<int:pk>/", groups.group, name="group"),
    # Seeing as a learner does
    path("courses/<words:slug>/people/view/", view_as_learner.beginning, name="view"),
    path("view/end/", view_as_learner.ending, name="view_end"),
    # Getting in with a code, and who may do what
    path("invitations/", invitations.code, name="code"),
    path("invitations/<str:code>/", invitations.invitation, name="invitation"),
    path("roles/", permission_matrix.roles, name="roles"),
]

accounts = [
    # Oneself, and others as their fellow members see them
    path("accounts/profile/", accounts_views.profile, name="profile"),
    path("accounts/sessions/", accounts_views.sessions, name="sessions"),
    path("people/<uuid:uid>/", members.person, name="person"),
]

urlpatterns = [
    path("", include((annotations, "annotations"))),
    path("", include((discussions, "discussions"))),
    path("", include((reading, "reading"))),
    path("", include((privacy, "privacy"))),
    path("", include((people, "people"))),
    # Accounts: their pages; signing in, up and out
    path("", include((accounts, "accounts"))),
    path("accounts/confirm-email/", email_verification.code, name="account_email_verification_sent"),
    path("accounts/", include("allauth.urls")),
    # Authoring
    path("admin/", admin.site.urls),
]
