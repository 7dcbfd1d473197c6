"""The jobs that keep the index small and its vocabulary true."""

from datetime import timedelta

from lessons.indexing import merging
from lessons.indexing.counting import count_vocabulary
from lessons.jobs.registry import JobContext, job, summarise

DAILY = timedelta(days=1)


@job(merging.JOB, every=DAILY, time_limit=timedelta(minutes=15), atomic=False)
def merge_search_index(context: JobContext) -> str | None:
    """Delete for good what has been removed from the index, and the words that no row has any more."""
    steps = merging.merge(context.is_stopping)
    changed = 0 if context.is_stopping() else count_vocabulary(context.is_stopping)
    done = [summarise(steps, "steps of merging"), summarise(changed, "words counted again")]
    return ", ".join(filter(None, done)) or None
