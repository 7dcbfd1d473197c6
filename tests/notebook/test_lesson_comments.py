"""Comments on whole lessons are in the notebook too, after the annotations."""

import csv
import io
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.accounts.models import User
from lessons.courses.services import leave
from lessons.discussions.models import Thread
from lessons.discussions.services import moderation
from lessons.notebook import lesson_comments
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by


def notebook_page(sign_in, user, query=""):
    return sign_in(user).get(f"/notebook/{query}").content.decode()


def export(sign_in, user, format):
    return b"".join(sign_in(user).get(f"/notebook/export/{format}/").streaming_content).decode()


def comment_by(user, lesson, source, **fields):
    return thread_by(user, lesson.module.course, source, lesson=lesson, title="", **fields)


def test_comments_come_after_the_annotations(sign_in, lesson, learner, other_learner):
    comment = comment_by(learner, lesson, "A *whole* thought.", audience="me")
    note_by(learner, lesson, source="Which pulls harder?")
    comment_by(other_learner, lesson, "Words of others.")
    thread_by(learner, lesson.module.course, "No lesson's.")
    html = notebook_page(sign_in, learner)
    assert html.index("Which pulls harder?") < html.index("A <em>whole</em> thought.")
    assert f'href="/threads/{comment.pk}/"' in html
    assert "On the whole lesson" in html
    assert "Only you" in html
    assert "Words of others." not in html
    assert "No lesson&#x27;s." not in html
    assert html.count("<blockquote") == 1


def test_comments_are_filtered_by_text_lesson_and_tag(sign_in, lesson, case_study, learner):
    comment_by(learner, lesson, "Straße in the end.", tags=["moon"])
    for query in ("?q=STRASSE", f"?lesson={lesson.pk}", f"?course={lesson.module.course_id}", "?tag=moon"):
        assert "Straße" in notebook_page(sign_in, learner, query), query
    for query in ("?q=harbour", f"?lesson={case_study.pk}", "?tag=sun", "?label=question"):
        assert "Straße" not in notebook_page(sign_in, learner, query), query


def test_notebook_of_comments_alone_is_not_empty(sign_in, lesson, learner):
    comment_by(learner, lesson, "All I said.")
    html = notebook_page(sign_in, learner)
    assert "No notes yet" not in html
    assert "Filter my notes" in html


def test_comments_are_paged_after_the_last_annotation(sign_in, lesson, learner, monkeypatch):
    monkeypatch.setattr(lesson_comments.comments_page, "__defaults__", (2,))
    note_by(learner, lesson, source="On a passage")
    for n in range(5):
        comment_by(learner, lesson, f"Number {n}")
    client, query, seen = sign_in(learner), "", []
    while query is not None:
        page = client.get(f"/notebook/{query}")
        seen.append(re.findall(r"<p>(On a passage|Number \d)</p>", page.content.decode()))
        query = f"?{page.context['next']}" if page.context["next"] else None
    assert seen == [["On a passage", "Number 0", "Number 1"], ["Number 2", "Number 3"], ["Number 4"]]


def test_comments_are_exported_as_markdown_and_csv(sign_in, lesson, learner):
    comment_by(learner, lesson, "A *whole* thought.")
    assert "\nA *whole* thought.\n\nOn the whole lesson · " in export(sign_in, learner, "md")
    *_head, row = csv.reader(io.StringIO(export(sign_in, learner, "csv")))
    assert row[1:5] == ["Why tides come", "On the whole lesson", "", "A *whole* thought."]


def test_former_members_keep_their_private_comments(sign_in, lesson, learner):
    mine = comment_by(learner, lesson, "For me alone.", audience="me")
    comment_by(learner, lesson, "For the course.")
    leave(user=learner, course=lesson.module.course)
    html = notebook_page(sign_in, User.objects.get(pk=learner.pk))
    assert "For me alone." in html
    assert "For the course." not in html
    assert f"/threads/{mine.pk}/" not in html


def test_comments_link_to_edit_where_that_is_allowed(sign_in, lesson, learner, other_learner):
    comment = comment_by(learner, lesson, "A whole thought.")
    post_by(other_learner, comment)
    opening = comment.posts.get(seq=1)
    edit = f'<a href="/posts/{opening.pk}/edit/" '
    assert edit in notebook_page(sign_in, learner)
    assert sign_in(learner).get(f"/posts/{opening.pk}/edit/").status_code == 200
    Thread.objects.update(closed=True)
    assert edit not in notebook_page(sign_in, learner)
    Thread.objects.update(closed=False)
    moderation.delete_post(post=opening, by=learner)
    html = notebook_page(sign_in, learner)
    assert edit not in html
    assert "This post was deleted by its author." in html
    assert "1 reply" in html


def test_queries_do_not_grow_with_comments(sign_in, lesson, learner, other_learner):
    def query_count():
        with CaptureQueriesContext(connection) as seen:
            notebook_page(sign_in, learner)
        return len(seen)

    comment_by(learner, lesson, "First", tags=["moon"])
    few = query_count()
    for n in range(5):
        post_by(other_learner, comment_by(learner, lesson, f"Number {n}", tags=["moon"]))
    assert query_count() == few
