"""Every address of the site: the table of contents of the product."""

from allauth.account import views as allauth_views
from allauth.mfa.recovery_codes.views import view_recovery_codes
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.views import add_webauthn
from django.contrib import admin
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter
from django.views.decorators.cache import cache_control

from lessons.accounts import email_verification
from lessons.accounts import views as accounts_views
from lessons.accounts.confirm_identity import ConfirmByPasskeyView, identity_confirmed
from lessons.annotations.views import annotation_list, create, edit, from_the_text, margin, question, restore
from lessons.db.ids import MAX_DIGITS
from lessons.discussions.notifications import calendars
from lessons.discussions.notifications import views as notifications
from lessons.discussions.views import (
    compose_api,
    forum,
    inbox_actions,
    moderation,
    moderator_inbox,
    posts,
    thread_create,
    thread_edit,
    threads,
)
from lessons.enrolment import permission_matrix, view_as_learner
from lessons.enrolment.views import groups, invitations, members, memberships, roster
from lessons.insight.views import decisions, learners, lecture_note, maps, work
from lessons.notebook import views as notebook
from lessons.operations import views as operations
from lessons.participation.views import learners as participating_learners
from lessons.participation.views import rules as participation_rules
from lessons.participation.views import staff as participating_staff
from lessons.participation.views import standings
from lessons.privacy.views import audit_log, course_closing, data_export, erasure
from lessons.reading.views import checks, courses, feeds, files, lessons, library, modules, progress, reference, review
from lessons.search import ask_once, suggestions
from lessons.search import views as search
from lessons.unsent import views as unsent
from lessons.webannotations import annotation_views, container_views, exchange_views


class UnicodeSlugConverter:
    """A slug of any script: `alliances`, `déterrence`, `ردع`."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


class IdConverter(IntConverter):
    """An id: a number too large for its column matches no URL, and never reaches a query."""

    regex = f"[0-9]{{1,{MAX_DIGITS}}}"


# Pages that show a secret are not kept for “Back”.
no_store = cache_control(private=True, no_store=True)
register_converter(UnicodeSlugConverter, "uslug")
register_converter(IdConverter, "id")

reading_urls = [
    # The library and its courses
    path("", library.library, name="library"),
    path("courses/<uslug:slug>/", courses.course, name="course"),
    path("courses/<uslug:slug>/lessons/", courses.lessons, name="lessons"),
    path("courses/<uslug:slug>/membership/", courses.join_or_leave, name="join_or_leave"),
    path("courses/<uslug:slug>/glossary/", reference.glossary, name="glossary"),
    path("courses/<uslug:slug>/timeline/", reference.timeline, name="timeline"),
    path("courses/<uslug:slug>/feed/", feeds.lesson_feed, name="lesson_feed"),
    path("courses/<uslug:course_slug>/modules/<uslug:slug>/", modules.module, name="module"),
    path("tags/<uslug:slug>/", reference.tag, name="tag"),
    # A lesson or a case study
    path("lessons/<id:pk>/preview/", lessons.preview, name="preview"),
    path("lessons/<id:pk>/progress/", progress.progress, name="progress"),
    path("lessons/<id:pk>/checks/", checks.checks, name="checks"),
    path("lessons/<id:pk>/checks/<uuid:uid>/", checks.answer_check, name="answer_check"),
    path("lessons/<id:pk>/checks/<uuid:uid>/comparison/", checks.compare_answer, name="compare_answer"),
    path("lessons/<id:pk>/revisions/<id:number>/", lessons.revision, name="revision"),
    path("lessons/<id:pk>/<uslug:slug>/", lessons.lesson, name="lesson"),
    # What comes back for review
    path("review/", review.review, name="review"),
    path("review/settings/", review.change_review, name="change_review"),
    path("review/cards/", review.cards, name="review_cards"),
    path("review/cards.csv", review.export, name="review_export"),
    path("review/cards/<id:pk>/", review.change_card, name="change_card"),
    path("review/cards/<id:pk>/grade/", review.grade, name="grade_recall"),
    # Files
    path("assets/<uuid:uid>/", files.asset, name="asset"),
    path("favicon.ico", files.favicon, name="favicon"),
    # For machines
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
]

operations_urls = [
    path("health/live/", operations.health_live, name="health_live"),
    path("health/ready/", operations.health_ready, name="health_ready"),
    path("admin/operations/", operations.operations, name="overview"),
]

discussions_urls = [
    # Course discussions
    path("courses/<uslug:slug>/discussions/", forum.forum, name="forum"),
    path("courses/<uslug:slug>/discussions/new/", thread_create.create_thread, name="create_thread"),
    path("courses/<uslug:slug>/discussions/mentions/", compose_api.new_thread_suggestions, name="new_thread_mentions"),
    path("courses/<uslug:slug>/discussions/images/", compose_api.upload_image, name="upload_image"),
    path("courses/<uslug:slug>/discussions/read/", forum.mark_all_read, name="mark_all_read"),
    path("courses/<uslug:slug>/discussions/subscription/", forum.follow, name="follow"),
    path("courses/<uslug:slug>/discussions/prompts/", thread_create.open_prompts_page, name="prompts"),
    path("courses/<uslug:slug>/discussions/inbox/", moderator_inbox.inbox, name="moderator_inbox"),
    path("courses/<uslug:slug>/discussions/inbox/learners/<id:pk>/", inbox_actions.message, name="message_learner"),
    path("courses/<uslug:slug>/discussions/log/", moderator_inbox.moderation_log, name="moderation_log"),
    path("courses/<uslug:slug>/discussions/log/<id:pk>/undo/", moderator_inbox.undo_entry, name="undo"),
    # Comments on a lesson
    path("lessons/<id:pk>/comments/", forum.lesson_comments, name="lesson_comments"),
    path("lessons/<id:pk>/comments/new/", thread_create.create_comment, name="create_comment"),
    path("lessons/<id:pk>/comments/policy/", forum.comment_policy, name="comment_policy"),
    # A thread
    path("threads/<id:pk>/", threads.thread, name="thread"),
    path("threads/<id:pk>/unread/", threads.first_unread, name="first_unread"),
    path("threads/<id:pk>/next/", threads.next_unread, name="next_unread"),
    path("threads/<id:pk>/mentions/", compose_api.mention_suggestions, name="mentions"),
    path("threads/<id:pk>/new-posts/", threads.new_posts, name="new_posts"),
    path("threads/<id:pk>/subscription/", threads.subscription, name="subscription"),
    path("threads/<id:pk>/me-too/", threads.me_too, name="me_too"),
    path("threads/<id:pk>/status/", threads.question_status, name="question_status"),
    path("threads/<id:pk>/audience/", threads.widen_audience, name="widen_audience"),
    path("threads/<id:pk>/edit/", thread_edit.edit_thread, name="edit_thread"),
    path("threads/<id:pk>/moderation/", moderation.moderate, name="moderate"),
    path("threads/<id:pk>/pin/", moderation.pin, name="pin"),
    path("threads/<id:pk>/closure/", moderation.close, name="close"),
    path("threads/<id:pk>/move/", moderation.move, name="move"),
    path("threads/<id:pk>/answers/", inbox_actions.answer, name="answer_question"),
    path("threads/<id:pk>/resolution/", inbox_actions.resolve, name="resolve_question"),
    path("threads/<id:pk>/merge/", moderation.merge, name="merge"),
    path("threads/<id:pk>/split/", moderation.split, name="split"),
    # A post
    path("posts/<id:pk>/", posts.post, name="post"),
    path("posts/<id:pk>/actions/", posts.post_actions, name="post_actions"),
    path("posts/<id:pk>/edit/", posts.edit, name="edit_post"),
    path("posts/<id:pk>/history/", posts.history, name="post_history"),
    path("posts/<id:pk>/deletion/", posts.delete, name="delete_post"),
    path("posts/<id:pk>/thanks/", posts.thanks, name="thanks"),
    path("posts/<id:pk>/answer/", posts.accept_answer, name="accept_answer"),
    path("posts/<id:pk>/report/", posts.report, name="report"),
    path("posts/<id:pk>/decision/", inbox_actions.decide, name="decide_post"),
    path("posts/<id:pk>/visibility/", moderation.hide, name="hide_post"),
    path("posts/<id:pk>/warning/", moderation.warn, name="warn_author"),
    path("posts/<id:pk>/author/", moderation.reveal_author, name="reveal_author"),
    path("posts/images/<uuid:uid>/", posts.image, name="image"),
    # While writing
    path("preview/", compose_api.preview, name="preview"),
    # Notifications
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/settings/", no_store(notifications.notification_settings), name="notification_settings"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
    path("feeds/<str:token>/", notifications.activity_feed, name="activity_feed"),
    path("calendars/<str:token>/<uslug:slug>/", calendars.due_dates, name="calendar"),
]

annotations_urls = [
    # The notes of a course
    path("courses/<uslug:slug>/discussions/text/", from_the_text.from_the_text, name="from_the_text"),
    # Annotations of a lesson
    path("lessons/<id:pk>/notes/", annotation_list.annotation_list, name="annotation_list"),
    path("lessons/<id:pk>/notes/positions/", margin.positions, name="positions"),
    path("lessons/<id:pk>/notes/cards/", margin.cards, name="cards"),
    path("lessons/<id:pk>/notes/new/", create.create_annotation, name="create"),
    path("lessons/<id:pk>/notes/restore/", restore.restore, name="restore"),
    # An annotation
    path("notes/<id:pk>/", margin.annotation_permalink, name="annotation"),
    path("notes/<id:pk>/edit/", edit.edit, name="edit"),
    path("notes/<uuid:uid>/question/", question.question, name="question"),
]

participation_urls = [
    # What a course's learners are asked to contribute, and what each has done
    path("courses/<uslug:slug>/participation/", standings.participation, name="overview"),
    path("courses/<uslug:slug>/participation/rules/new/", participation_rules.create_rule, name="create_rule"),
    path("courses/<uslug:slug>/participation/staff/", participating_staff.staff, name="staff"),
    path("courses/<uslug:slug>/participation/<id:pk>/", standings.participation, name="standings"),
    path("courses/<uslug:slug>/participation/<id:pk>/rule/", participation_rules.edit_rule, name="edit_rule"),
    path("courses/<uslug:slug>/participation/<id:pk>/deletion/", participation_rules.delete, name="delete_rule"),
    path("courses/<uslug:slug>/participation/<id:pk>/restoration/", participation_rules.restore, name="restore_rule"),
    path("courses/<uslug:slug>/participation/<id:pk>/export/", standings.export, name="export"),
    path("courses/<uslug:slug>/participation/<id:pk>/confirmation/", standings.confirm, name="confirm"),
    path("courses/<uslug:slug>/participation/<id:pk>/decisions/<uuid:batch>/undo/", standings.undo, name="undo"),
    path(
        "courses/<uslug:slug>/participation/<id:pk>/learners/<id:membership>/",
        participating_learners.learner,
        name="learner",
    ),
]

notebook_urls = [
    path("notebook/", notebook.notebook, name="notebook"),
    path("notebook/export/<str:format>/", notebook.export, name="export"),
]

search_urls = [
    path("search/", search.search, name="search"),
    path("courses/<uslug:slug>/search/", search.search_course, name="search_course"),
    # As one types
    path("courses/<uslug:slug>/search/suggestions/", suggestions.suggestions, name="suggestions"),
    # Ask once
    path("courses/<uslug:slug>/search/answers/", ask_once.possible_answers, name="possible_answers"),
    path("courses/<uslug:slug>/search/unasked-questions/", ask_once.unasked_questions, name="unasked_questions"),
]

unsent_urls = [
    # What one has written and not sent
    path("drafts/", unsent.unsent_texts, name="unsent_texts"),
    path("drafts/<id:pk>/deletion/", unsent.delete_unsent_text, name="delete_unsent_text"),
]

insight_urls = [
    # Where the class struggles, for course staff
    path("courses/<uslug:slug>/insight/", maps.board, name="board"),
    path("courses/<uslug:slug>/insight/lecture/", lecture_note.lecture_note, name="lecture_note"),
    path("courses/<uslug:slug>/insight/lecture.md", lecture_note.download, name="download_lecture_note"),
    path("lessons/<id:pk>/insight/", maps.lesson, name="lesson"),
    path("lessons/<id:pk>/insight/learners/", learners.learners, name="learners"),
    # A passage of a lesson
    path("lessons/<id:pk>/insight/<slug:key>/lecture/", decisions.lecture, name="lecture_item"),
    path("lessons/<id:pk>/insight/<slug:key>/dismissal/", decisions.dismissal, name="dismissal"),
    path("lessons/<id:pk>/insight/<slug:key>/restoration/", decisions.restoration, name="restoration"),
    # What one member has done
    path("courses/<uslug:slug>/work/", work.own_work, name="own_work"),
    path("courses/<uslug:slug>/members/<id:pk>/work/", work.member_work, name="member_work"),
]

# The W3C Web Annotation Protocol, for other programs
webannotations_urls = [
    path("annotations/<uuid:uid>/", annotation_views.annotation, name="annotation"),
    path("lessons/<id:pk>/annotations/", container_views.container, name="container"),
    path("lessons/<id:pk>/annotations/export/", exchange_views.export_annotations, name="export"),
    path("lessons/<id:pk>/annotations/import/", exchange_views.import_page, name="import"),
    path("lessons/<id:pk>/annotations/<uuid:uid>/", annotation_views.annotation, name="contained"),
    path("lessons/<id:pk>/annotations/<id:post>/", annotation_views.reply, name="reply"),
]

privacy_urls = [
    # Personal data
    path("accounts/data/", data_export.data_export, name="data_export"),
    path("accounts/data/<uuid:uid>/", data_export.download_export, name="download_export"),
    path("accounts/erasure/", erasure.erase_me, name="erase_me"),
    # For course staff
    path("courses/<uslug:slug>/audit-log/", audit_log.audit_log, name="audit_log"),
    path("courses/<uslug:slug>/closure/", course_closing.course_closing, name="course_closing"),
]

enrolment_urls = [
    # Members, invitations and groups, for course staff
    path("courses/<uslug:slug>/members/", members.members, name="members"),
    path("courses/<uslug:slug>/members/export/", members.export, name="export"),
    path("courses/<uslug:slug>/members/new/", memberships.add_member, name="add_member"),
    path("courses/<uslug:slug>/members/<id:pk>/", memberships.membership, name="membership"),
    path("courses/<uslug:slug>/members/roster/", roster.roster, name="roster"),
    path("courses/<uslug:slug>/invitations/", no_store(invitations.invitations), name="invitations"),
    path("courses/<uslug:slug>/invitations/<id:pk>/revocation/", invitations.revoke, name="revoke_invitation"),
    path("courses/<uslug:slug>/groups/", groups.groups, name="groups"),
    path("courses/<uslug:slug>/groups/moves/", groups.move, name="move_members"),
    path("courses/<uslug:slug>/groups/allocation/", groups.allocate_groups, name="allocate_groups"),
    path("courses/<uslug:slug>/groups/<id:pk>/", groups.group, name="group"),
    # A member's profile
    path("members/<uuid:uid>/", members.member_profile, name="member_profile"),
    # View as learner
    path("courses/<uslug:slug>/learner-view/", view_as_learner.start_learner_view, name="start_learner_view"),
    path("learner-view/end/", view_as_learner.end_learner_view, name="end_learner_view"),
    # Invitation codes and the permission matrix
    path("invitations/", invitations.enter_code, name="enter_code"),
    path("invitations/<str:code>/", no_store(invitations.invitation), name="invitation"),
    path("permissions/", permission_matrix.permission_matrix, name="permission_matrix"),
]

accounts_urls = [
    # Profile and sessions
    path("accounts/profile/", accounts_views.profile, name="profile"),
    path("accounts/sessions/", accounts_views.sessions, name="sessions"),
]

urlpatterns = [
    path("", include((annotations_urls, "annotations"))),
    path("", include((participation_urls, "participation"))),
    path("", include((notebook_urls, "notebook"))),
    path("", include((insight_urls, "insight"))),
    path("", include((search_urls, "search"))),
    path("", include((unsent_urls, "unsent"))),
    path("", include((webannotations_urls, "webannotations"))),
    path("", include((discussions_urls, "discussions"))),
    path("", include((reading_urls, "reading"))),
    path("", include((privacy_urls, "privacy"))),
    path("", include((operations_urls, "operations"))),
    path("", include((enrolment_urls, "enrolment"))),
    # Accounts: their pages; signing in, up and out
    path("", include((accounts_urls, "accounts"))),
    path("accounts/confirm-email/", no_store(email_verification.verify_email), name="account_email_verification_sent"),
    # These change how one signs in, and django-allauth does not ask everybody to confirm who they are.
    path("accounts/email/", identity_confirmed(allauth_views.email), name="account_email"),
    path("accounts/password/set/", identity_confirmed(allauth_views.password_set), name="account_set_password"),
    path("accounts/2fa/totp/activate/", no_store(identity_confirmed(activate_totp)), name="mfa_activate_totp"),
    path(
        "accounts/2fa/webauthn/reauthenticate/",
        ConfirmByPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/2fa/webauthn/add/", identity_confirmed(add_webauthn), name="mfa_add_webauthn"),
    path("accounts/2fa/recovery-codes/", no_store(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("accounts/", include("lessons.accounts.university_urls")),
    path("accounts/", include("allauth.urls")),
    # Authoring
    path("admin/", admin.site.urls),
]
