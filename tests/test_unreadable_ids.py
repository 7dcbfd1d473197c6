"""The site answers an id, name or secret of what a user cannot read as it answers a missing one: with the same status,
relevant headers and text, and about as many queries. The table has every address of the site outside the admin.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import UUID

import pytest
from django import forms
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import transactions
from tests.conftest import client_of
from tests.db.test_hostile_queries import OWN_ROUTES, read_parameters
from tests.environment import sample
from tests.unreadable_rows import Secrets, make_secrets

# Who asks; the address; what its path names, in order; then parameters, each with what it names. Those with a plus are
# posted. A number or word in the path that names no row is written as it is; `-` stands for an address without any.
TABLE = """
learner reading:library                    -
learner reading:course                     course
learner reading:lessons                    course
learner reading:join_or_leave              course
learner reading:glossary                   course
learner reading:timeline                   course
learner reading:lesson_feed                course
learner reading:module                     course/sea
learner reading:module                     tides/module
learner reading:tag                        moon            course=course
learner reading:tag                        tag
learner reading:preview                    lesson
staff   reading:preview                    foreign_lesson
learner reading:progress                   lesson
learner reading:checks                     lesson
learner reading:checks                     shore           again=check
learner reading:answer_check               lesson/check
learner reading:answer_check               shore/check
learner reading:compare_answer             shore/check
learner reading:review                     -
learner reading:change_review              -
learner reading:review_cards               -               after=card
learner reading:review_export              -
learner reading:change_card                card
learner reading:grade_recall               card
learner reading:revision                   lesson/1        annotation=note
learner reading:lesson                     lesson/why      annotation=note
learner reading:asset                      asset
learner reading:favicon                    -
learner reading:sitemap                    -
learner reading:robots                     -
learner operations:health_live             -
learner operations:health_ready            -
learner discussions:forum                  course
learner discussions:forum                  tides           lesson=lesson group=group
learner discussions:create_thread          course
staff   discussions:create_thread          tides           +group=foreign_group
learner discussions:create_thread          tides           +group=group
learner discussions:new_thread_mentions    course          group=group
learner discussions:upload_image           course
learner discussions:mark_all_read          course
learner discussions:follow                 course          +lesson=lesson
learner discussions:prompts                course
staff   discussions:prompts                tides           +module=foreign_module
learner discussions:moderator_inbox        course
staff   discussions:moderator_inbox        tides           group=foreign_group question=foreign_thread
learner discussions:message_learner        course/member
staff   discussions:message_learner        tides/foreign_member
learner discussions:moderation_log         course
staff   discussions:undo                   tides/foreign_entry
learner discussions:lesson_comments        lesson          before=cursor
learner discussions:create_comment         lesson
learner discussions:create_comment         shore           +group=group
learner discussions:comment_policy         lesson
learner discussions:thread                 thread
learner discussions:thread                 talk            reply=post quote=post +reply_to=post
learner discussions:first_unread           thread
learner discussions:next_unread            thread
learner discussions:mentions               thread
learner discussions:new_posts              thread
learner discussions:subscription           thread
learner discussions:me_too                 thread
learner discussions:question_status        thread
learner discussions:widen_audience         thread
learner discussions:edit_thread            thread
learner discussions:moderate               thread
staff   discussions:moderate               foreign_thread
learner discussions:pin                    thread
learner discussions:close                  thread
learner discussions:move                   thread
staff   discussions:move                   talk            +lesson=foreign_lesson
learner discussions:merge                  thread
staff   discussions:merge                  talk            +target_thread=foreign_thread
learner discussions:answer_question        thread
learner discussions:resolve_question       thread
learner discussions:split                  thread
learner discussions:post                   post
learner discussions:post_actions           post
learner discussions:edit_post              post
learner discussions:post_history           post
learner discussions:delete_post            post
learner discussions:thanks                 post
learner discussions:accept_answer          post
learner discussions:report                 post
learner discussions:decide_post            post
learner discussions:hide_post              post
learner discussions:warn_author            post
learner discussions:reveal_author          post
learner discussions:image                  image
learner unsent:unsent_texts                -               +draft_key=draft_key
learner unsent:delete_unsent_text          unsent
learner discussions:preview                -                +course=course
learner discussions:notifications          -
learner discussions:notification_settings  -
learner discussions:unsubscribe            secret
learner discussions:activity_feed          secret
learner discussions:calendar               calendar/course
learner annotations:from_the_text          course
learner annotations:from_the_text          tides           lesson=lesson group=group
learner annotations:annotation_list        lesson
learner annotations:annotation_list        shore           annotation=note orphaned=note after=cursor
learner annotations:positions              lesson
learner annotations:cards                  lesson
learner annotations:cards                  shore           ids=note uid=note_uid
learner annotations:create                 unpublished
learner annotations:restore                unpublished
learner annotations:annotation             note
learner annotations:edit                   note
learner annotations:question               note_uid
learner insight:board                      course
staff   insight:board                      tides           group=foreign_group
learner insight:lecture_note               course
learner insight:download_lecture_note      course
learner insight:lesson                     lesson
staff   insight:lesson                     foreign_lesson
staff   insight:lesson                     shore           group=foreign_group
staff   insight:learners                   foreign_lesson
learner insight:learners                   lesson
staff   insight:lecture_item               foreign_lesson/0a1b2c3d4e5f6071
staff   insight:dismissal                  foreign_lesson/0a1b2c3d4e5f6071
staff   insight:restoration                foreign_lesson/0a1b2c3d4e5f6071
learner insight:own_work                   course
learner insight:own_work                   tides           lesson=lesson
learner insight:member_work                course/member
staff   insight:member_work                tides/foreign_member
learner search:search                      -               course=course_id lesson=lesson
learner search:search_course               course
learner search:search_course               tides           module=module_id lesson=lesson
learner search:suggestions                 course
learner search:possible_answers            course
learner search:unasked_questions           course
learner notebook:notebook                  -               course=course_id lesson=lesson after=note
learner notebook:export                    csv             course=course_id lesson=lesson
learner webannotations:annotation          note_uid
learner webannotations:container           lesson
learner webannotations:export              lesson
learner webannotations:import              lesson
learner webannotations:contained           lesson/note_uid
learner webannotations:contained           shore/note_uid
learner webannotations:reply               shore/post
learner privacy:data_export                -
learner privacy:download_export            export
learner privacy:erase_me                   -
learner privacy:audit_log                  course
staff   privacy:audit_log                  tides           actor=foreign_user
learner privacy:course_closing             course
learner participation:overview             course
staff   participation:overview             tides           group=foreign_group
learner participation:standings            tides/foreign_rule
learner participation:staff                course
learner participation:create_rule          course
staff   participation:create_rule          tides           +about=foreign_place
staff   participation:edit_rule            tides/foreign_rule
staff   participation:delete_rule          tides/foreign_rule
staff   participation:restore_rule         tides/foreign_rule
staff   participation:export               tides/foreign_rule
staff   participation:confirm              tides/foreign_rule
staff   participation:confirm              tides/rule      +member=foreign_member +group=foreign_group
staff   participation:undo                 tides/rule/foreign_batch
staff   participation:learner              tides/rule/foreign_member
learner enrolment:members                  course
staff   enrolment:members                  tides           group=foreign_group
learner enrolment:export                   course
staff   enrolment:export                   tides           group=foreign_group
learner enrolment:add_member               course
staff   enrolment:add_member               tides           +group=foreign_group
learner enrolment:membership               course/member
staff   enrolment:membership               tides/foreign_member
learner enrolment:roster                   course
learner enrolment:invitations              course
staff   enrolment:invitations              tides           +group=foreign_group
staff   enrolment:revoke_invitation        tides/foreign_invitation
learner enrolment:groups                   course
staff   enrolment:move_members             tides           +memberships=foreign_member +group=foreign_group
learner enrolment:allocate_groups          course
staff   enrolment:group                    tides/foreign_group
learner enrolment:member_profile           user
learner enrolment:start_learner_view       course
staff   enrolment:start_learner_view       tides           +group=foreign_group
learner enrolment:end_learner_view         -
learner enrolment:enter_code               -               course=course
learner enrolment:invitation               secret
learner enrolment:permission_matrix        -
learner accounts:profile                   -
learner accounts:sessions                  -               +session=session
"""
# What an address needs to get as far as the id.
FIELDS = {
    "discussions:create_thread": {"title": "T", "source": "S", "kind": "discussion", "audience": "group"},
    "discussions:create_comment": {"source": "S", "kind": "discussion", "audience": "group"},
    "discussions:follow": {"enabled": "true"},
    "discussions:subscription": {"subscription": "follow"},
    "discussions:comment_policy": {"policy": "off"},
    "unsent:unsent_texts": {"source": "Half"},
    "discussions:thread": {"source": "S"},
    "discussions:report": {"reason": "Rude"},
    "reading:answer_check": {"answer": "The moon", "version": "1"},
    "reading:compare_answer": {"closeness": "partly", "version": "1"},
    "reading:change_review": {"action": "pause"},
    "reading:change_card": {"action": "suspend"},
    "reading:grade_recall": {"grade": "3", "reviews": "0"},
    "annotations:question": {"enabled": "true"},
    "annotations:edit": {"action": "delete"},
    "annotations:create": {"source": "S", "kind": "note", "audience": "me", "exact": "sun and moon"},
    "participation:create_rule": {"name": "First half", "replies": "1"},
    "participation:edit_rule": {"name": "First half", "replies": "1"},
    "participation:learner": {"outcome": "counted"},
    "enrolment:add_member": {"email": "new@example.org", "name": "New", "role": "learner"},
    "enrolment:invitations": {"role": "learner"},
    "enrolment:move_members": {},
    "accounts:sessions": {},
}
# Parameters that name nothing which somebody may or may not read, with those that are words to search for.
PLAIN = set(
    "kind tab tag author unanswered q audience after before view page state role since until who what verb part scope "
    "label block start end revision number iris more error alt completed position next toolbar draft_key source title "
    "tags policy subscription status text enabled restore unmark approve reason action version version_token digest "
    "confirm script leave preview draft highlight_only answer_url sign_in_method stay_signed_in password key prefix "
    "suffix exact uploaded_json change_summary checksum candidate email name group_name code handle language "
    "time_zone DELETE anonymous mark replies file first_name follow_up image last_name max_uses requires_approval "
    "search_text term sort split delete seed size body slug summary visibility join_policy include reset_feed when "
    "choice new_name return_to token reset_calendars show order written "
    "starts_on due_at period outcome print".split()
)
# Of pages in the admin: `tests/authoring/test_course_scope.py` asks for what belongs to other courses there.
ADMIN = {
    "copy",
    "old",
    "new",
    "module",
    "files",
    "note",
    "item",
    "lesson_ids",
    "place",
    "keep_orphaned",
    "undo",
    "uid",
    "source_course",
    "target",
    "groups",
    "user_permissions",
    "at",
    "display",
    "editing",
    "selected",
    "shown",
    "whole",
}
# How many more queries than nothing something hidden may cost: to find it, and who may read it.
MAX_COST = 4
UNKNOWN = {"uid": str(UUID(int=7)), "id": "987654321", "slug": "nowhere", "secret": "nobody"}


def unknown_like(kind: str, value) -> str:
    """Return a value that identifies nothing, in the format of `value`."""
    if isinstance(value, UUID):
        return UNKNOWN["uid"]
    if kind == "cursor":
        return f"{2**40}.{UNKNOWN['id']}"
    if kind in ("draft_key", "foreign_place"):
        return re.sub(r"\d+", UNKNOWN["id"], value)
    if kind == "secret":
        return UNKNOWN["secret"]
    return UNKNOWN["slug"] if isinstance(value, str) and not value.isdigit() else UNKNOWN["id"]


def rows():
    """Yield each row of the table: user, URL name, parts of the path, and parameters."""
    for line in TABLE.strip().splitlines():
        who, name, path, *parameters = line.split()
        yield who, name, [] if path == "-" else path.split("/"), [one.split("=") for one in parameters]


ROWS = list(rows())
MASKS = (
    (r'value="\w{64}"', ""),
    (r'value="[\w:.-]{60,}"', ""),  # signed, with the time
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "uid"),
    (r"(#p|posts/|data-seq=.|id=.p)\d+", r"\1"),
    (r"<time[^<]*</time>|datetime=.[^>]*>", "time"),
)


def words(response, values) -> str:
    """Return the body and relevant headers without these values and without what differs between requests."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name: response.get(name) for name in ("Location", "Content-Type", "ETag", "Content-Length", "Allow")}
    if "html" in (headers["Content-Type"] or ""):
        headers["Content-Length"] = headers["ETag"] = None  # of a body with other tokens
    text = f"{headers} {body.decode(errors='replace')}"
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    named = "|".join(re.escape(str(value)) for value in values)
    return re.sub(rf"(?<=[/='\"#>])(?:{named})(?=[/&'\"#<?])", "VALUE", text)


def ask(client, name, path, query, posted, values):
    """Return the status, text and number of queries of a request, and undo its changes."""
    address = reverse(name, args=path)
    client.cookies.pop("messages", None)
    with transactions.allowed(), transaction.atomic(), CaptureQueriesContext(connection) as queries:
        response = client.get(address, query) if posted is None else client.post(address, posted, query_params=query)
        found = response.status_code, words(response, values)
        transaction.set_rollback(True)
    return found, len(queries)


def difference(found, expected) -> tuple:
    """Return both statuses, and where the texts begin to differ."""
    start = len(os.path.commonprefix([found[1], expected[1]]))
    return found[0], expected[0], found[1][max(0, start - 40) : start + 60], expected[1][start : start + 60]


class Question(NamedTuple):
    """A request: the value that identifies a row, and a function that returns path, query and form for any value."""

    value: object
    unknown: str
    request: Callable[[object], tuple[list, dict, dict | None]]


def questions(world: Secrets, number: int, row) -> Iterator[Question]:
    """Yield the requests of a row. Of what a path may name, each row takes another one; of a parameter, two."""
    _who, name, path, parameters = row
    kinds = world.unreadable
    filled = [kinds[part][0] if part in kinds else world.readable.get(part, part) for part in path]
    fields = FIELDS.get(name, {"source": "S"})
    for place, kind in enumerate(path):
        if kind in kinds:
            value = kinds[kind][number % len(kinds[kind])]
            for form in (None, fields):

                def with_path(given, place=place, form=form):
                    return [*filled[:place], given, *filled[place + 1 :]], {}, form

                yield Question(value, unknown_like(kind, value), with_path)
    for parameter, kind in parameters if set(path).isdisjoint(kinds) else ():
        for value in kinds[kind][:2]:

            def with_parameter(given, parameter=parameter):
                if parameter.startswith("+"):
                    return filled, {}, fields | {parameter.removeprefix("+"): given}
                return filled, {parameter: given}, None

            yield Question(value, unknown_like(kind, value), with_parameter)


@pytest.mark.django_db
@pytest.mark.parametrize("make_world", [make_secrets], ids=["secrets"], indirect=True)
def test_unreadable_ids_are_answered_like_missing_ones(world):
    clients = {"learner": client_of(world.learner), "staff": client_of(world.staff)}
    asked, differences = 0, []
    for number, row in sample(enumerate(ROWS), parts=5):
        for value, unknown, request in questions(world, number, row):
            values = (value, unknown)
            expected, expected_cost = ask(clients[row[0]], row[1], *request(unknown), values)
            if expected[0] == 405:
                continue
            found, cost = ask(clients[row[0]], row[1], *request(value), values)
            asked += 1
            if found != expected or abs(cost - expected_cost) > MAX_COST:
                differences.append((row[1], request(value), *difference(found, expected), cost, expected_cost))
    assert differences == []
    assert asked > 30


def test_every_address_is_in_the_table():
    # Without those of the admin, and those of allauth, which have no namespace.
    names = {name for name, path in OWN_ROUTES if not path.startswith("admin/") and not name.startswith(":")}
    assert names == {row[1] for row in ROWS}


def test_every_parameter_is_in_the_table():
    """A parameter that names a row is in the table, one that names none in PLAIN, one of the admin in ADMIN."""
    listed = {parameter.removeprefix("+") for row in ROWS for parameter, _kind in row[3]}
    choices = {
        name
        for form in all_subclasses(forms.Form) + all_subclasses(forms.ModelForm)
        if form.__module__.startswith("lessons.")
        and "admin" not in form.__module__
        and "authoring" not in form.__module__
        for name, one in form.base_fields.items()
        if isinstance(one, forms.ModelChoiceField)
    }
    assert sorted((set(read_parameters()) | choices) - listed - PLAIN - ADMIN) == []


def all_subclasses(form) -> list[type]:
    return [one for direct in form.__subclasses__() for one in (direct, *all_subclasses(direct))]
