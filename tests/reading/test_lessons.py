import json
import re
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from lessons.annotations.margin import counts
from lessons.annotations.services import publish
from lessons.db.compiled_queries import _compiled
from lessons.discussions.models import CommentPolicy
from lessons.markup import plain_text
from lessons.models import Prompt
from lessons.progress.models import Progress
from lessons.reading.rendering import outline_items
from lessons.reading.selectors.outline import Outline, outline_of_module
from lessons.services import withdraw
from tests.annotations.make import note_by
from tests.discussions.make import thread_by
from tests.environment import sample
from tests.factories import make_lesson, make_member, make_module, make_published, make_term

pytestmark = pytest.mark.django_db


def words_of(page):
    """Return the textContent of the element that contains the revision."""
    html = re.search(r"<div data-revision[^>]*>(.*?)</div>(?:</glossary-terms>)?\s*<footer", page, re.DOTALL)[1]
    return plain_text.plain_text(html)


def test_a_visitor_reads_a_public_lesson(client, lesson):
    page = client.get(lesson.get_absolute_url())
    assert page.status_code == 200
    assert words_of(page.content.decode()) == lesson.current_revision.text


def test_the_outline_lists_the_lessons_of_the_module_and_marks_the_current_one(client, lesson, module):
    second = make_published(make_lesson(module, title="Which tide is higher?"))
    page = client.get(lesson.get_absolute_url()).text
    outline = re.findall(r"<li><a href=\"(/lessons/[^\"]+)\"( aria-current=\"page\")?>", page)
    assert outline == [(lesson.get_absolute_url(), ' aria-current="page"'), (second.get_absolute_url(), "")]


def test_a_lesson_of_a_members_course_does_not_exist_for_strangers(client, sign_in, outsider, members_course):
    lesson = make_published(make_lesson(make_module(members_course)))
    for page in (lesson.get_absolute_url(), f"/lessons/{lesson.pk}/revisions/1/"):
        assert client.get(page).status_code == 404
        assert sign_in(outsider).get(page).status_code == 404
        assert sign_in(make_member(members_course)).get(page).status_code == 200


@pytest.mark.parametrize("who", ["instructor", "learner", "administrator"])
def test_drafts_and_withdrawn_lessons_are_hidden_from_everybody(request, sign_in, who, module, lesson, instructor):
    draft = make_lesson(module)
    withdraw(lesson=lesson, by=instructor)
    client = sign_in(request.getfixturevalue(who))
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(lesson.get_absolute_url()).status_code == 404


def test_a_lesson_of_a_draft_module_is_hidden(client, course):
    lesson = make_published(make_lesson(make_module(course, state="draft")))
    assert client.get(lesson.get_absolute_url()).status_code == 404


def test_a_wrong_slug_redirects_temporarily_to_the_right_one(client, lesson):
    answer = client.get(f"/lessons/{lesson.pk}/something-else/")
    assert (answer.status_code, answer.headers["Location"]) == (302, lesson.get_absolute_url())


@pytest.mark.parametrize("slug", ["ما-هي", "préambule", "preview", "progress", "lesson", ""])
def test_any_slug_makes_a_url_that_works(client, module, slug):
    lesson = make_published(make_lesson(module, slug=slug))
    assert client.get(lesson.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("pk", [10**6, 2**63, 10**30])
def test_a_lesson_that_does_not_exist_is_a_404(client, db, pk):
    assert client.get(f"/lessons/{pk}/x/").status_code == 404
    assert client.get(f"/lessons/{pk}/preview/").status_code == 404
    assert client.get(f"/lessons/{pk}/revisions/{pk}/").status_code == 404


def test_readers_see_what_was_published_and_not_the_draft(client, lesson):
    lesson.title, lesson.body = "A new title", "<p>New words.</p>"
    lesson.save()
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert "A new title" not in page
    assert "New words" not in page
    assert page.count("Why tides come") >= 3


def test_an_old_revision_is_readable_and_marked_as_old(client, lesson, instructor):
    old = lesson.current_revision
    lesson.body = "<p>New words.</p>"
    lesson.save()
    publish(lesson=lesson, by=instructor)
    page = client.get(f"/lessons/{lesson.pk}/revisions/1/").content.decode()
    assert words_of(page) == old.text
    assert "The text has changed since." in page
    assert 'content="noindex"' in page
    assert client.get(f"/lessons/{lesson.pk}/revisions/3/").status_code == 404


def test_a_case_study_shows_its_facts_outside_the_text(client, case_study):
    page = client.get(case_study.get_absolute_url()).content.decode()
    for words in ("Bristol Channel", "30 January 1607", "Villages", "Walls were raised.", "Who pays for a wall?"):
        assert words in page
        assert words not in words_of(page)


def test_the_prompts_of_a_lesson_are_shown_below_it(client, module, lesson):
    Prompt.objects.create(module=module, lesson=lesson, text="Who watches the moon?")
    Prompt.objects.create(module=module, text="Of the whole module")
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert "Who watches the moon?" in page
    assert "Of the whole module" not in page


def test_every_heading_has_an_id_and_a_link_without_text(client, lesson):
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert '<h2 id="sec-spring-tides">' in page
    assert '<a class="permalink" href="#sec-spring-tides" aria-label="Link to this section: Spring tides"></a>' in page


def test_the_lesson_is_described_in_json_ld_with_its_licence(client, module, lesson):
    module.licence = "CC BY-SA 4.0"
    module.save()
    lesson.tags.add("moon </script>")
    page = client.get(lesson.get_absolute_url()).content.decode()
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert said["@type"] == "LearningResource"
    assert said["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert said["keywords"] == ["moon </script>"]
    assert said["url"] == "http://testserver" + lesson.get_absolute_url()
    assert f'<link rel="canonical" href="{said["url"]}">' in page
    assert '<meta property="og:title" content="Why tides come">' in page


def test_the_neighbours_are_the_published_lessons_before_and_after(client, module):
    first, draft, last = (make_lesson(module, title=t) for t in ("First", "Between", "Last"))
    first, last = make_published(first), make_published(last)
    page = client.get(first.get_absolute_url()).content.decode()
    assert f'rel="next" href="{last.get_absolute_url()}"' in page
    assert "Between" not in page


def test_the_preview_shows_the_draft_to_those_who_may_edit(sign_in, instructor, module):
    draft = make_lesson(module, title="Not out yet", body="<h2>Soon</h2><p>Almost ready.</p>")
    page = sign_in(instructor).get(f"/lessons/{draft.pk}/preview/").content.decode()
    assert "– Preview –" in page.partition("</title>")[0]
    assert words_of(page) == "SoonAlmost ready."
    assert "Not out yet" in page
    assert "Preview." in page
    assert f"/admin/lessons/lesson/{draft.pk}/change/" in page


def test_the_preview_in_a_draft_module_links_to_no_hidden_page(sign_in, instructor, course):
    module = make_module(course, state="draft")
    draft, other = make_lesson(module), make_published(make_lesson(module))
    page = sign_in(instructor).get(f"/lessons/{draft.pk}/preview/").content.decode()
    assert other.get_absolute_url() not in page


@pytest.mark.parametrize("who", [None, "outsider", "learner", "assistant"])
def test_others_get_404_for_the_preview(request, sign_in, who, lesson):
    client = sign_in(who and request.getfixturevalue(who))
    assert client.get(f"/lessons/{lesson.pk}/preview/").status_code == 404


def test_a_case_study_links_its_editors_to_its_own_form(sign_in, instructor, learner, case_study):
    address = f"/admin/lessons/casestudy/{case_study.pk}/change/"
    assert address in sign_in(instructor).get(case_study.get_absolute_url()).content.decode()
    assert address not in sign_in(learner).get(case_study.get_absolute_url()).content.decode()


def test_pages_of_visitors_set_no_cookie(client, lesson):
    assert not client.get(lesson.get_absolute_url()).cookies


def test_a_lesson_takes_few_queries_however_much_there_is(sign_in, learner, module, lesson, django_assert_num_queries):
    """Session, person, lesson with what stands around it, counts of notes; the mark that it was opened; comments where
    there are."""
    client = sign_in(learner)
    with django_assert_num_queries(5):
        client.get(lesson.get_absolute_url())
    with django_assert_num_queries(4):
        client.get(lesson.get_absolute_url())
    for n in range(5):
        make_published(make_lesson(module)).tags.add("more")
        make_term(module, f"tide {n}")
        lesson.tags.add(f"tag {n}")
        thread_by(learner, module.course, lesson=lesson)
    with django_assert_num_queries(5):
        page = client.get(lesson.get_absolute_url())
    assert page.content.decode().count('href="/threads/') >= 3


def test_notes_of_a_lesson_are_counted_up_to_99(sign_in, learner, module, lesson, monkeypatch):
    for _ in range(3):
        note_by(learner, lesson)
    page = sign_in(learner).get(lesson.get_absolute_url()).content.decode()
    assert '<span class="visually-hidden">3 notes</span>' in page
    monkeypatch.setattr(counts, "MAX_COUNTED", 2)
    _compiled.cache_clear()
    assert counts.lesson_counts(module.pk, module.course, learner).notes == {lesson.pk: 2}
    _compiled.cache_clear()
    entry = outline_of_module(module.pk, learner).entries[0]
    html = outline_items(Outline([entry]), entry.pk, [], {entry.pk: 100}, {})
    assert '99+</span><span class="visually-hidden">More than 99 notes</span>' in html


@pytest.mark.parametrize(
    ("who", "kind", "rule"),
    sample(
        product(
            ["learner", "other_learner", "assistant", "instructor", "outsider", "administrator"],
            ["lesson", "case_study"],
            ["open", "post_first", "off"],
        ),
        parts=5,
    ),
)
def test_no_page_of_a_lesson_takes_more_than_six_queries(
    request, sign_in, instructor, django_assert_max_num_queries, who, kind, rule
):
    """With terms, tags, prompts, comments and progress, at the first opening and after, for whoever reads."""
    text = request.getfixturevalue(kind)
    make_term(text.module, "neap tide")
    text.tags.add("moon")
    Prompt.objects.create(module=text.module, lesson=text, text="Who pays?")
    CommentPolicy.objects.create(lesson=text, policy=rule)
    thread_by(instructor, text.module.course, lesson=text)
    client = sign_in(request.getfixturevalue(who))
    for _ in range(2):
        with django_assert_max_num_queries(6):
            page = client.get(text.get_absolute_url()).content.decode()
        assert all(part in page for part in ('class="term"', "moon", "Who pays?", "Mark as read"))
        assert ('href="/threads/' in page) == (who != "outsider")
        Progress.objects.update(seen_at=timezone.now() - timedelta(hours=1))


def test_a_visitor_takes_one_query(client, lesson, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(lesson.get_absolute_url())
