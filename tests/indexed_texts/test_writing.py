"""Whatever changes what readers see of texts changes the rows of the index, too."""

import pytest

from lessons.indexing.indexes import TEXTS
from lessons.indexing.models import TextEntry
from lessons.operations.search_index import check_texts, rebuild_texts
from tests.indexed_texts.acts import ACTS, World

pytestmark = pytest.mark.django_db


def index():
    """Return what the index says, without the numbers of its rows."""
    rows = {row.pk: row[1:] for row in TEXTS.read_after(0, limit=10_000)}
    return sorted(
        (entry.kind, entry.object_id, entry.number, entry.start, entry.end, entry.anchor, rows.pop(entry.pk, None))
        for entry in TextEntry.objects.all()
    ), rows


def test_each_act_leaves_the_rows_that_a_rebuild_writes():
    world = World(1)
    for act in ACTS:
        act(world)
        assert check_texts(fix=False).are_none, act.__name__
    before = index()
    rebuild_texts()
    assert index() == before
    assert before[0]
    assert not before[1]


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 10))
def test_acts_in_any_order_leave_the_rows_that_a_rebuild_writes(seed):
    world = World(seed)
    done = []
    for _n in range(60):
        act = world.random.choice(ACTS)
        done.append(act.__name__)
        act(world)
        assert check_texts(fix=False).are_none, done
    before = index()
    rebuild_texts()
    assert index() == before
