"""Whatever people do, the search index has the row of each post as it is then, and finds for everybody what they may
read."""

from random import Random

import pytest

from lessons.discussions import indexed_posts
from lessons.discussions.models import Post
from lessons.discussions.search_scopes import reader_tokens
from lessons.indexing.indexes import POSTS
from lessons.indexing.queries import Query, Scope
from tests.discussions.index_acts import Acts
from tests.environment import THOROUGH
from tests.generated_world import generate_world
from tests.indexed import MAX_ID, assert_posts_are_indexed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(12 if THOROUGH else 1))
def test_whatever_people_do_the_index_follows(seed):
    world = generate_world(seed)
    indexed_posts.index_posts(Post.objects.values_list("pk", flat=True))
    acts = Acts(world, Random(seed))
    names = acts.names * (12 if THOROUGH else 2)
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
