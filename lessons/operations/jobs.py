"""The job that repairs the search index."""

import logging
from datetime import timedelta

from lessons.jobs.registry import JobContext, job, summarise
from lessons.operations.search_index import check_posts, check_texts

log = logging.getLogger(__name__)


@job("repair_search_index", every=timedelta(days=1), time_limit=timedelta(hours=1), atomic=False)
def repair_search_index(context: JobContext) -> str | None:
    """Compare the index with the texts and posts that it is made of, and write what is missing or out of date.

    Services keep it up to date: this writes it for the first time after an upgrade or a restored older backup.
    """
    found = check_texts(fix=True, is_stopping=context.is_stopping)
    found = found.plus(check_posts(fix=True, is_stopping=context.is_stopping))
    repaired = found.missing + found.outdated + found.surplus
    if repaired:
        log.warning("%d of %d rows of the search index were not right.", repaired, found.expected)
    return summarise(repaired, "repaired")
