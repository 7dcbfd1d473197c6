"""Every address of the portal: the table of contents of the product."""

from django.contrib import admin
from django.urls import include, path, register_converter

from lessons.annotations.notebook import pages as notebook
from lessons.annotations.pages import changing, listing, making, margin
from lessons.annotations.protocol import annotation, container, exchange
from lessons.discussions.pages import desk, forum, posts, staff, threads, told
from lessons.discussions.pages.writing import meanwhile, naming, starting
from lessons.joining.pages import groups, invitations, members, roles, rosters, seats, seeing
from lessons.people.pages import codes, profile, sessions
from lessons.privacy.pages import closing, erasing, log, mine
from lessons.reading.addresses import WordsConverter
from lessons.reading.pages import courses, feeds, files, lessons, modules, reference

register_converter(WordsConverter, "uslug")

reading_urls = [
    # The library and its courses
    path("", courses.library, name="library"),
    path("courses/<uslug:slug>/", courses.course, name="course"),
    path("courses/<uslug:slug>/membership/", courses.membership, name="join_or_leave"),
    path("courses/<uslug:slug>/glossary/", reference.glossary, name="glossary"),
    path("courses/<uslug:slug>/timeline/", reference.timeline, name="timeline"),
    path("courses/<uslug:slug>/feed/", feeds.new_lessons, name="lesson_feed"),
    path("courses/<uslug:course_slug>/modules/<uslug:slug>/", modules.module, name="module"),
    path("tags/<uslug:slug>/", reference.tag, name="tag"),
    # A lesson or a case study
    path("lessons/<int:pk>/preview/", lessons.preview, name="preview"),
    path("lessons/<int:pk>/progress/", lessons.progress, name="progress"),
    path("lessons/<int:pk>/revisions/<int:number>/", lessons.revision, name="revision"),
    path("lessons/<int:pk>/<uslug:slug>/", lessons.lesson, name="lesson"),
    # Files
    path("assets/<uuid:uid>/", files.asset, name="asset"),
    path("favicon.ico", files.favicon, name="favicon"),
    # For machines
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("health/live/", files.live, name="health_live"),
    path("health/ready/", files.ready, name="health_ready"),
]

discussions_urls = [
    # Course discussions
    path("courses/<uslug:slug>/discussions/", forum.forum, name="forum"),
    path("courses/<uslug:slug>/discussions/new/", starting.new, name="create_thread"),
    path("courses/<uslug:slug>/discussions/mentions/", meanwhile.future_people, name="new_thread_mentions"),
    path("courses/<uslug:slug>/discussions/read/", forum.reading, name="mark_all_read"),
    path("courses/<uslug:slug>/discussions/subscription/", forum.following, name="follow"),
    path("courses/<uslug:slug>/discussions/prompts/", starting.prompts, name="prompts"),
    path("courses/<uslug:slug>/discussions/inbox/", desk.inbox, name="moderator_inbox"),
    path("courses/<uslug:slug>/discussions/log/", desk.log, name="moderation_log"),
    path("courses/<uslug:slug>/discussions/log/<int:pk>/undo/", desk.undoing, name="undo"),
    # Comments on a lesson
    path("lessons/<int:pk>/comments/", forum.comments, name="lesson_comments"),
    path("lessons/<int:pk>/comments/new/", starting.comment, name="create_comment"),
    path("lessons/<int:pk>/comments/policy/", forum.rule, name="comment_policy"),
    # A thread
    path("threads/<int:pk>/", threads.thread, name="thread"),
    path("threads/<int:pk>/unread/", threads.first_unread, name="first_unread"),
    path("threads/<int:pk>/next/", threads.next_unread, name="next_unread"),
    path("threads/<int:pk>/mentions/", meanwhile.people, name="mentions"),
    path("threads/<int:pk>/new-posts/", threads.news, name="new_posts"),
    path("threads/<int:pk>/subscription/", threads.attention, name="subscription"),
    path("threads/<int:pk>/me-too/", staff.asking, name="me_too"),
    path("threads/<int:pk>/status/", staff.status, name="question_status"),
    path("threads/<int:pk>/audience/", staff.audience, name="widen_audience"),
    path("threads/<int:pk>/edit/", naming.naming, name="edit_thread"),
    path("threads/<int:pk>/moderation/", staff.order_of, name="moderate"),
    path("threads/<int:pk>/pin/", staff.pinning, name="pin"),
    path("threads/<int:pk>/closure/", staff.closing, name="close"),
    path("threads/<int:pk>/move/", staff.moving, name="move"),
    path("threads/<int:pk>/merge/", staff.merging, name="merge"),
    path("threads/<int:pk>/split/", staff.splitting, name="split"),
    # A post
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/actions/", posts.acts, name="post_actions"),
    path("posts/<int:pk>/edit/", posts.editing, name="edit_post"),
    path("posts/<int:pk>/history/", posts.history, name="post_history"),
    path("posts/<int:pk>/deletion/", posts.deletion, name="delete_post"),
    path("posts/<int:pk>/thanks/", posts.thanks, name="thanks"),
    path("posts/<int:pk>/answer/", posts.answer, name="accept_answer"),
    path("posts/<int:pk>/report/", posts.report, name="report"),
    path("posts/<int:pk>/visibility/", staff.hiding, name="hide_post"),
    path("posts/<int:pk>/warning/", staff.warning, name="warn_author"),
    path("posts/<int:pk>/author/", staff.author, name="reveal_author"),
    path("posts/images/<uuid:uid>/", posts.image, name="image"),
    # While writing
    path("drafts/", meanwhile.draft, name="draft"),
    path("preview/", meanwhile.preview, name="preview"),
    # Notifications
    path("notifications/", told.bell, name="notifications"),
    path("notifications/settings/", told.preferences, name="notification_settings"),
    path("unsubscribe/<str:token>/", told.unsubscribe, name="unsubscribe"),
    path("feeds/<str:token>/", told.feed, name="activity_feed"),
]

annotations_urls = [
    # Annotations of a lesson
    path("lessons/<int:pk>/notes/", listing.notes, name="annotation_list"),
    path("lessons/<int:pk>/notes/positions/", margin.places, name="positions"),
    path("lessons/<int:pk>/notes/cards/", margin.cards, name="cards"),
    path("lessons/<int:pk>/notes/new/", making.new, name="create"),
    # An annotation
    path("notes/<int:pk>/", margin.note, name="annotation"),
    path("notes/<int:pk>/edit/", changing.edit, name="edit"),
]

notebook_urls = [
    path("notebook/", notebook.notebook, name="notebook"),
    path("notebook/export/<str:format>/", notebook.export, name="export"),
]

# The W3C Web Annotation Protocol, for other programs
webannotations_urls = [
    path("annotations/<uuid:uid>/", annotation.annotation, name="annotation"),
    path("lessons/<int:pk>/annotations/", container.container, name="container"),
    path("lessons/<int:pk>/annotations/export/", exchange.export, name="export"),
    path("lessons/<int:pk>/annotations/import/", exchange.upload, name="import"),
    path("lessons/<int:pk>/annotations/<uuid:uid>/", annotation.annotation, name="contained"),
    path("lessons/<int:pk>/annotations/<int:post>/", annotation.reply, name="reply"),
]

privacy_urls = [
    # Personal data
    path("accounts/data/", mine.data, name="data_export"),
    path("accounts/data/<uuid:uid>/", mine.archive, name="download_export"),
    path("accounts/erasure/", erasing.erasure, name="erase_me"),
    # For course staff
    path("courses/<uslug:slug>/audit-log/", log.log, name="audit_log"),
    path("courses/<uslug:slug>/closure/", closing.closing, name="course_closing"),
]

enrolment_urls = [
    # Members, invitations and groups, for course staff
    path("courses/<uslug:slug>/members/", members.members, name="members"),
    path("courses/<uslug:slug>/members/export/", members.export, name="export"),
    path("courses/<uslug:slug>/members/new/", seats.new, name="add_member"),
    path("courses/<uslug:slug>/members/<int:pk>/", seats.seat, name="membership"),
    path("courses/<uslug:slug>/members/roster/", rosters.roster, name="roster"),
    path("courses/<uslug:slug>/invitations/", invitations.invitations, name="invitations"),
    path("courses/<uslug:slug>/invitations/<int:pk>/revocation/", invitations.ending, name="revoke_invitation"),
    path("courses/<uslug:slug>/groups/", groups.groups, name="groups"),
    path("courses/<uslug:slug>/groups/moves/", groups.moves, name="move_members"),
    path("courses/<uslug:slug>/groups/allocation/", groups.dealing, name="allocate_groups"),
    path("courses/<uslug:slug>/groups/<int:pk>/", groups.group, name="group"),
    # A member's profile
    path("members/<uuid:uid>/", profile.person, name="member_profile"),
    # View as learner
    path("courses/<uslug:slug>/learner-view/", seeing.beginning, name="start_learner_view"),
    path("learner-view/end/", seeing.ending, name="end_learner_view"),
    # Invitation codes and the permission matrix
    path("invitations/", invitations.code, name="enter_code"),
    path("invitations/<str:code>/", invitations.invitation, name="invitation"),
    path("permissions/", roles.roles, name="permission_matrix"),
]

accounts_urls = [
    # Profile and sessions
    path("accounts/profile/", profile.profile, name="profile"),
    path("accounts/sessions/", sessions.sessions, name="sessions"),
]

urlpatterns = [
    path("", include((annotations_urls, "annotations"))),
    path("", include((notebook_urls, "notebook"))),
    path("", include((webannotations_urls, "webannotations"))),
    path("", include((discussions_urls, "discussions"))),
    path("", include((reading_urls, "reading"))),
    path("", include((privacy_urls, "privacy"))),
    path("", include((enrolment_urls, "enrolment"))),
    # Accounts: their pages; signing in, up and out
    path("", include((accounts_urls, "accounts"))),
    path("accounts/confirm-email/", codes.code, name="account_email_verification_sent"),
    path("accounts/", include("allauth.urls")),
    # Authoring
    path("admin/", admin.site.urls),
]
