"""The history of a lesson: one list of drafts and revisions, any two compared, one restored, old ones thinned out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.authoring.lessons.history import grouped, latest_versions, thin_out
from lessons.jobs.registry import all_jobs
from lessons.models import CaseStudy, DraftVersion, Lesson
from lessons.services import record_draft_version, restore_draft
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 12, 30, tzinfo=UTC)


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def page(kind, lesson, *args):
    return reverse(f"admin:lessons_{lesson.kind.replace('_', '')}_{kind}", args=[lesson.pk, *args])


def add_version(lesson, at=NOW, origin="form", **fields):
    return DraftVersion.objects.create(
        lesson_id=lesson.pk, first_version=1, last_version=1, created_at=at, origin=origin, **fields
    )


def test_the_history_lists_drafts_and_revisions_and_offers_the_last_two(client, lesson, instructor):
    old = add_version(lesson, at=timezone.now() + timedelta(hours=1), title="Old", author=instructor)
    new = add_version(lesson, at=timezone.now() + timedelta(hours=2), title="New", author=instructor)
    text = client.get(page("history", lesson)).content.decode()
    assert f'name="new" value="draft-{new.pk}" checked' in text
    assert f'name="old" value="draft-{old.pk}" checked' in text
    assert 'name="old" value="revision-1"' in text


def test_a_long_history_has_pages(client, lesson, monkeypatch):
    monkeypatch.setattr("lessons.authoring.lessons.history_views.PAGE_SIZE", 3)
    versions = [add_version(lesson, at=NOW + timedelta(seconds=n // 2)) for n in range(7)]  # two of each moment
    found, url = [], page("history", lesson)
    while url:
        response = client.get(url)
        found += [group.latest.key for group in response.context["groups"]]
        last = response.context["last"]
        url = last and f"{page('history', lesson)}?before={last.key}"
    assert found == ["revision-1", *(f"draft-{version.pk}" for version in reversed(versions))]


def test_drafts_saved_while_somebody_types_are_one_row(lesson, instructor, learner):
    for minute, author, origin in (
        (0, instructor, "autosave"),
        (1, instructor, "autosave"),
        (2, learner, "autosave"),
        (20, learner, "autosave"),
        (21, learner, "form"),
    ):
        add_version(lesson, at=timezone.now() + timedelta(minutes=minute), author=author, origin=origin)
    groups = grouped(latest_versions(lesson, 5))
    assert [len(group.earlier) for group in groups] == [0, 0, 0, 1]


def test_a_draft_and_a_revision_are_compared_facts_too(client, module):
    case = factories.make_published(factories.make_case_study(module, body="<h2>Sea</h2><p>It rose.</p>"))
    draft = add_version(
        case, title=case.title, body="<h3>Sea</h3><p>It rose.</p>", facts=case.facts() | {"parties": ["The sea"]}
    )
    query = f"?old=revision-1&new=draft-{draft.pk}"
    text = client.get(page("comparison", case) + query).content.decode()
    assert "Was: Heading, level 2. Now: Heading, level 3." in text
    assert "Villages" in text.partition("<dt>Parties</dt>")[2].partition("</dd>")[0]
    same = client.get(page("comparison", case) + "?old=revision-1&new=revision-1").content.decode()
    assert "Nothing differs" in same
    assert client.get(page("comparison", case) + "?old=draft-99999").status_code == 404


def test_an_earlier_draft_is_shown_and_restored_as_a_new_one(client, module, instructor):
    case = factories.make_case_study(module, body="<p>First.</p>")
    record_draft_version(lesson=case, by=instructor, origin="form")
    version = case.draft_versions.get()
    text = client.get(page("version", case, f"draft-{version.pk}")).content.decode()
    assert "<p>First.</p>" in text
    assert "Walls were raised." in text
    CaseStudy.objects.filter(pk=case.pk).update(body="<p>2</p>", outcome="None.", parties="", version=4)
    client.post(page("restoration", case), {"key": f"draft-{version.pk}", "lesson_version": "4"})
    restored = CaseStudy.objects.get(pk=case.pk)
    assert (restored.body, restored.facts(), restored.version) == ("<p>First.</p>", case.facts(), 5)
    assert [row.origin for row in case.draft_versions.all()] == ["restore", "earlier", "form"]


def test_what_somebody_saved_in_the_meantime_is_not_replaced_unseen(client, lesson):
    version = add_version(lesson, title="Old", body="<p>Old.</p>")
    Lesson.objects.filter(pk=lesson.pk).update(version=2, title="Theirs")
    response = client.post(
        page("restoration", lesson), {"key": f"draft-{version.pk}", "lesson_version": "1"}, follow=True
    )
    assert "Somebody has saved this lesson" in response.content.decode()
    assert Lesson.objects.get(pk=lesson.pk).title == "Theirs"


def test_a_restored_revision_brings_its_summary_and_names_missing_images(client, lesson, instructor):
    image = '<img src="/assets/11111111-1111-1111-1111-111111111111/" alt="x">'
    version = add_version(lesson, title="Old", body=f"<p>Old.</p>{image}", facts={"kind": "lesson", "summary": "Why"})
    response = client.post(page("restoration", lesson), {"key": f"draft-{version.pk}"}, follow=True)
    assert "1 image of this version has been deleted since." in response.content.decode()
    assert Lesson.objects.get(pk=lesson.pk).summary == "Why"
    restore_draft(revision=lesson.current_revision, by=instructor)
    assert Lesson.objects.get(pk=lesson.pk).summary == lesson.summary


def test_old_versions_are_thinned_to_one_an_hour_and_one_a_day(lesson, module):
    ages = {
        "now": timedelta(minutes=1),
        "this day": timedelta(hours=23),
        "hour a": timedelta(hours=25),
        "hour a, earlier": timedelta(hours=25, minutes=20),
        "hour b": timedelta(hours=27),
        "day a": timedelta(days=40),
        "day a, earlier": timedelta(days=40, hours=3),
        "day b": timedelta(days=41),
    }
    for title in sorted(ages, key=ages.get, reverse=True):
        add_version(lesson, at=NOW - ages[title], title=title)
    other = factories.make_lesson(module)
    add_version(other, at=NOW - ages["hour a, earlier"], title="other")
    assert thin_out(NOW) == 2
    assert thin_out(NOW) == 0
    kept = set(DraftVersion.objects.values_list("title", flat=True))
    assert set(ages) - kept == {"hour a, earlier", "day a, earlier"}
    assert "other" in kept
    assert {"thin_out_draft_versions", "delete_editing_presence"} <= {job.name for job in all_jobs()}
