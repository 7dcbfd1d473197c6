"""What staff and learners see of participation, and what staff decide."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import AuditEntry, AuditText, Membership
from lessons.discussions.models import Post
from lessons.discussions.services import moderation
from lessons.participation.models import ParticipationDecision
from lessons.participation.standings import own_standing
from lessons.participation.table import standings
from lessons.progress.models import Progress
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by
from tests.forms import form_key_on
from tests.participation.make import make_rule

pytestmark = pytest.mark.django_db


def page_of(rule):
    return reverse("participation:standings", args=[rule.course.slug, rule.pk])


def learner_page(rule, user):
    return reverse(
        "participation:learner", args=[rule.course.slug, rule.pk, user.memberships.get(course=rule.course).pk]
    )


@pytest.fixture
def rule(course):
    return make_rule(course, notes=1, replies=1)


@pytest.fixture
def complete(rule, lesson, learner, other_learner):
    """Have `learner` meet the rule, and `other_learner` not."""
    note = note_by(learner, lesson)
    post_by(learner, thread_by(other_learner, rule.course), anonymous=True)
    return note


def test_staff_see_what_each_has_done_and_lacks(sign_in, rule, assistant, complete):
    page = sign_in(assistant).get(page_of(rule)).text
    assert "1 of 2 complete" in page
    assert "1 note and 1 reply left" in page
    assert "0 of 1" in page


def test_private_and_hidden_writing_is_in_no_figure(rule, lesson, learner, instructor):
    note_by(learner, lesson, audience="me")
    highlight_by(learner, lesson)
    highlight_by(learner, lesson, label="confused", audience="course")
    hidden = note_by(learner, lesson, exact="Neap tides")
    moderation.hide_post(post=hidden.thread.posts.get(), by=instructor)
    assert own_standing(rule, learner).done.notes == 0


def test_a_learner_sees_the_figures_that_staff_see(sign_in, rule, learner, assistant, complete, lesson):
    own = sign_in(learner).get(reverse("participation:overview", args=[rule.course.slug]))
    staff = sign_in(assistant).get(learner_page(rule, learner))
    assert own.context["standing"].done == staff.context["standing"].done
    assert own.context["standing"].is_complete
    post = Post.objects.get(author=learner, thread__annotation=complete)
    anonymous = Post.objects.get(author=learner, alias__isnull=False)
    links = {post: reverse("discussions:post", args=[post.pk]) for post in (post, anonymous)}
    assert all(link in own.text for link in links.values())
    assert links[post] in staff.text
    assert links[anonymous] not in staff.text
    assert "1 anonymous post counts, too." in staff.text


def test_a_learner_sees_nobody_else(sign_in, rule, learner, other_learner):
    client = sign_in(learner)
    assert other_learner.display_name not in client.get(page_of(rule)).text
    assert client.get(learner_page(rule, other_learner)).status_code == 404


def test_work_counts_after_a_change_of_group(rule, lesson, learner, group_a, group_b):
    note_by(learner, lesson, audience="group", group=group_a)
    Membership.objects.filter(user=learner).update(group=group_b)
    [row] = standings(rule, group=str(group_b.pk))
    assert (row.name, row.done.notes) == (learner.display_name, 1)


def test_whoever_left_is_not_listed_until_they_are_back(rule, learner, complete):
    membership = learner.memberships.filter(course=rule.course)
    membership.update(state=Membership.State.LEFT)
    assert learner.pk not in [row.user for row in standings(rule)]
    membership.update(state=Membership.State.ACTIVE)
    assert [row.is_complete for row in standings(rule) if row.user == learner.pk] == [True]


def test_only_what_is_done_in_time_counts(course, lesson, learner):
    now = timezone.now()
    for name, moment in (("Before", now - timedelta(days=9)), ("After", now)):
        rule = make_rule(course, name=name, lessons_read=1, starts_on=now.date() - timedelta(days=5))
        rule.due_at = now - timedelta(days=1)
        rule.save()
        Progress.objects.update_or_create(user=learner, lesson=lesson, defaults={"completed_at": moment})
        assert own_standing(rule, learner).done.lessons_read == 0
    Progress.objects.update(completed_at=now - timedelta(days=2))
    assert own_standing(rule, learner).is_met


def test_all_who_meet_the_rule_are_confirmed_at_once_and_it_is_undone(sign_in, rule, instructor, complete, learner):
    client, url = sign_in(instructor), reverse("participation:confirm", args=[rule.course.slug, rule.pk])
    fields = {"all": "1", "form_key": form_key_on(client.get(page_of(rule)))}
    page = client.post(url, fields, follow=True)
    client.post(url, fields)
    decision = ParticipationDecision.objects.get()
    assert (decision.user, decision.outcome) == (learner, "complete")
    assert "1 learner is confirmed." in page.text
    undo = reverse("participation:undo", args=[rule.course.slug, rule.pk, decision.batch])
    assert undo in page.text
    assert "Undone." in client.post(undo, follow=True).text
    assert "This was undone before." in client.post(undo, follow=True).text
    assert own_standing(rule, learner).decision is None
    assert AuditEntry.objects.filter(verb="undo: confirm participation of learners").count() == 1


def test_whoever_does_not_meet_the_rule_is_not_confirmed_with_others(sign_in, rule, instructor, complete):
    members = [row.membership for row in standings(rule)]
    url = reverse("participation:confirm", args=[rule.course.slug, rule.pk])
    client = sign_in(instructor)
    assert "Choose at least one learner first." in client.post(url, {"chosen": "1"}, follow=True).text
    page = client.post(url, {"member": [*members, "x", "99999999999999999999"]}, follow=True).text
    assert "1 learner is confirmed." in page
    assert "1 learner does not meet the rule yet" in page
    assert "None of those you chose is left" in client.post(url, {"member": [str(10**9)]}, follow=True).text


def test_a_decision_against_what_is_counted_needs_a_reason(sign_in, rule, instructor, other_learner):
    client, url = sign_in(instructor), learner_page(rule, other_learner)
    response = client.post(url, {"outcome": "complete", "reason": ""})
    assert response.status_code == 400
    assert "Say why, because what is counted says otherwise." in response.text
    for _time in "twice":
        client.post(url, {"outcome": "complete", "reason": "She gave a talk on tides."})
    assert ParticipationDecision.objects.count() == 1
    own = sign_in(other_learner).get(page_of(rule)).text
    assert "Confirmed" in own
    assert "She gave a talk on tides." in own
    # The log says what was decided, not why.
    assert AuditEntry.objects.filter(verb="confirm participation", affected_user=other_learner).count() == 1
    assert not AuditText.objects.filter(reason__contains="talk").exists()


def test_two_teachers_do_not_decide_against_each_other_unseen(sign_in, rule, instructor, learner):
    client, url = sign_in(instructor), learner_page(rule, learner)
    version = client.get(url).context["form"].initial["version"]
    ParticipationDecision.objects.create(
        rule=rule, user=learner, outcome="incomplete", reason="Copied.", batch=uuid4(), decided_by=instructor
    )
    response = client.post(url, {"outcome": "complete", "reason": "Talk", "version": version})
    assert response.status_code == 409
    assert "Copied." in response.text
    response = client.post(
        url, {"outcome": "counted", "reason": "", "version": response.context["form"]["version"].value()}
    )
    assert response.status_code == 302
    assert own_standing(rule, learner).decision is None


def test_the_table_as_csv_runs_no_formula(sign_in, course, rule, assistant, learner):
    learner.display_name = "=HYPERLINK(1)"
    learner.save()
    response = sign_in(assistant).get(reverse("participation:export", args=[course.slug, rule.pk]) + "?sort=left")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert lines[0] == "name,handle,group,Notes (1),Replies (1),complete,left,decided,reason,decided by,on"
    assert lines[1].startswith("'=HYPERLINK(1),")
    assert ",0,0,no,1 note and 1 reply left,,,," in lines[1]


def test_the_table_is_filtered_and_sorted(sign_in, rule, assistant, complete, learner, other_learner):
    client = sign_in(assistant)

    def names(query):
        return [row.name for row in client.get(f"{page_of(rule)}?{query}").context["rows"]]

    lea, otto = learner.display_name, other_learner.display_name
    assert names("show=complete") == [lea]
    assert names("show=incomplete") == names("show=lacks-notes") == [otto]
    assert names("show=lacks-checks") == []
    assert names("show=nothing") == []
    assert names("q=otto") == [otto]
    assert names("sort=-notes") == [lea, otto]
    assert names("sort=left") == [otto, lea]
    assert names("sort=nonsense&show=nonsense&page=x&group=x") == [lea, otto]
    assert names("page=99") == []


def test_the_table_takes_the_same_queries_for_many_learners(
    sign_in, rule, assistant, complete, lesson, group_b, django_assert_max_num_queries
):
    client = sign_in(assistant)
    with django_assert_max_num_queries(12) as few:
        client.get(page_of(rule))
    for _n in range(4):
        note_by(factories.make_member(rule.course, group=group_b), lesson)
    with django_assert_max_num_queries(len(few)):
        client.get(page_of(rule))


def test_what_the_staff_did(sign_in, course, instructor, assistant, learner, lesson):
    asked = timezone.now() - timedelta(hours=10)
    for hours in (1, 3, 8):
        question = thread_by(learner, course, kind="question")
        post_by(assistant, question)
        type(question).objects.filter(pk=question.pk).update(created_at=asked)
        Post.objects.filter(thread=question, author=assistant).update(created_at=asked + timedelta(hours=hours))
    post_by(instructor, question)
    reported = thread_by(learner, course).posts.get()
    moderation.report_post(post=reported, by=instructor, reason="Rude")
    moderation.approve_post(post=reported, by=instructor)
    client, url = sign_in(assistant), reverse("participation:staff", args=[course.slug])
    work = client.get(url).context["work"]
    rows = {row.name: row[2:] for row in work.members}
    assert rows[assistant.display_name] == (3, 3.0, 0)
    assert rows[instructor.display_name][0] == 1
    assert rows[instructor.display_name][2] == 1
    assert work.answered == 3
    assert work.time == "3 hours"
    Post.objects.filter(author=assistant).update(created_at=timezone.now() - timedelta(days=8))
    assert client.get(f"{url}?period=week").context["work"].answered == 1


def test_whoever_views_as_a_learner_sees_the_rule_and_nobodys_work(sign_in, rule, instructor, complete, group_a):
    client = sign_in(instructor)
    client.post(reverse("enrolment:start_learner_view", args=[rule.course.slug]), {"group": group_a.pk})
    page = client.get(reverse("participation:overview", args=[rule.course.slug])).text
    assert "1 note and 1 reply left" in page
    assert "Nothing counts yet." in page


def test_what_holds_again_needs_no_reason_and_is_decided_once(sign_in, rule, instructor, learner):
    client, url = sign_in(instructor), learner_page(rule, learner)
    for outcome in ("complete", "counted", "counted"):
        client.post(url, {"outcome": outcome, "reason": "A talk."})
    assert list(ParticipationDecision.objects.values_list("outcome", "reason")) == [
        ("complete", "A talk."),
        ("counted", ""),
    ]


def test_only_those_who_are_found_are_confirmed(sign_in, rule, instructor, complete, learner, lesson):
    third = factories.make_member(rule.course, name="Third")
    note_by(third, lesson)
    post_by(third, complete.thread)
    url = reverse("participation:confirm", args=[rule.course.slug, rule.pk])
    assert sign_in(instructor).post(url, {"all": "1", "q": "thi"}).url.endswith("?q=thi")
    assert ParticipationDecision.objects.get().user == third


def test_every_figure_says_what_it_counts(sign_in, rule, assistant, learner):
    pages = [(assistant, page_of(rule), True), (learner, page_of(rule), False)]
    pages.append((assistant, learner_page(rule, learner), False))
    for user, address, lists_learners in pages:
        page = sign_in(user).get(address).text
        assert "<dt>Notes</dt><dd>Notes with a comment that the staff can read" in page
        assert ("Only current learners are listed." in page) == lists_learners
