"""Whatever people do, the search index has the row of each post as it is then, and finds for everybody what they may
read."""

from random import Random

import pytest
from django.urls import reverse

from lessons.discussions import indexed_posts
from lessons.discussions.models import Post
from lessons.discussions.search_scopes import reader_tokens
from lessons.discussions.services import moderation
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS
from lessons.indexing.queries import Query, Scope
from tests.authoring.conftest import form_of
from tests.discussions.index_acts import Acts
from tests.discussions.make import post_by, thread_by
from tests.environment import THOROUGH
from tests.generated_world import generate_world
from tests.indexed import MAX_ID, assert_posts_are_indexed

pytestmark = pytest.mark.django_db


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2 if THOROUGH else 1))
def test_whatever_people_do_the_index_follows(seed):
    world = generate_world(seed)
    indexed_posts.index_posts(Post.objects.values_list("pk", flat=True))
    acts = Acts(world, Random(seed))
    names = acts.names * (3 if THOROUGH else 2)
    acts.random.shuffle(names)
    for name in names:
        acts.run(name)
        if THOROUGH:
            assert_posts_are_indexed()
    assert_posts_are_indexed()
    for name, viewer in world.viewers().items():
        hits = POSTS.search(Query(()), Scope(reader_tokens(viewer)), limit=MAX_ID)
        assert {hit.pk for hit in hits} == set(Post.objects.visible_to(viewer).values_list("pk", flat=True)), name
    assert sum("refused" in name for name in acts.done) < len(names) / 3, acts.done


def test_posts_follow_the_language_of_their_course_and_go_with_it(course, learner, administrator, sign_in):
    thread = thread_by(learner, course, "Welche Gezeiten?", title="Gezeitenkräfte")
    post_by(learner, thread, "Springfluten.")
    before, client = POSTS.read_after(0), sign_in(administrator)
    address = reverse("admin:courses_course_change", args=[course.pk])
    no_labels = {"labels-TOTAL_FORMS": "0", "labels-INITIAL_FORMS": "0"}
    client.post(address, form_of(client.get(address)) | no_labels | {"language": "de"})
    assert [row.terms for row in POSTS.read_after(0)] == [row.terms for row in before]
    assert [row.stems for row in POSTS.read_after(0)] != [row.stems for row in before]
    assert_posts_are_indexed()
    client.post(reverse("admin:courses_course_delete", args=[course.pk]), {"post": "yes"})
    assert not Post.objects.exists()
    assert_posts_are_indexed()


def test_the_title_and_tags_of_a_thread_are_hidden_with_its_opening_post(course, learner, other_learner, instructor):
    thread = thread_by(learner, course, "Why?", title="Ebb", tags=["moon"])
    reply = post_by(other_learner, thread, "Because.", anonymous=True)
    opening, (tag,) = thread.posts.get(seq=1), thread.tags.values_list("pk", flat=True)
    for act, is_shown in ((moderation.hide_post, False), (moderation.approve_post, True)):
        act(post=opening, by=instructor)
        rows = POSTS.read([opening.pk, reply.pk])
        assert (tokens.tag(tag) in rows[reply.pk].tokens) == is_shown
        assert ([rows[opening.pk].title] if opening.pk in rows else []) == (["ebb"] if is_shown else [])
        assert tokens.written_by(other_learner.pk) not in rows[reply.pk].tokens
        assert tokens.own(other_learner.pk) in rows[reply.pk].tokens
        assert_posts_are_indexed()
