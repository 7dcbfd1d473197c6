"""The jobs of the site, registered by name by the apps that own them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class JobContext:
    """What a run of a job is given: the address of the site for links in e-mails, and whether it should stop soon."""

    site_url: str
    is_stopping: Callable[[], bool] = lambda: False


HOURLY = timedelta(hours=1)
# A job returns what it has done in a few words, or None if there was nothing to do.
JobFunction = Callable[[JobContext], str | None]


@dataclass(frozen=True)
class Job:
    """A job that is due once in `every`, or at each run if that is zero. It is interrupted after `time_limit`.

    An `atomic` job is one transaction. Any other job commits batch by batch, and resumes where it was interrupted.
    """

    name: str
    run: JobFunction
    every: timedelta
    time_limit: timedelta
    atomic: bool


_jobs: dict[str, Job] = {}


def job(
    name: str,
    *,
    every: timedelta = timedelta(0),
    time_limit: timedelta = timedelta(minutes=5),
    atomic: bool = True,
) -> Callable[[JobFunction], JobFunction]:
    """Register the decorated function as the job `name`; the other arguments are the fields of `Job`."""

    def register(function: JobFunction) -> JobFunction:
        if name in _jobs:
            raise ImproperlyConfigured(f"Two jobs have the name {name}.")
        _jobs[name] = Job(name, function, every, time_limit, atomic)
        return function

    return register


@cache
def all_jobs() -> list[Job]:
    """Return every job, those of the upper layers first.

    So the e-mails that they queue are sent by a lower layer's job in the same run. The first call
    imports the modules `jobs` of all apps.
    """
    autodiscover_modules("jobs")
    layers = [config.name for config in apps.get_app_configs()]

    def layer(registered: Job) -> int:
        config = apps.get_containing_app_config(registered.run.__module__)
        return layers.index(config.name) if config else len(layers)

    return sorted(_jobs.values(), key=layer, reverse=True)


def summarise(count: int, done: str) -> str | None:
    """Return what a job returns: `3 deleted`, or None for nothing."""
    return f"{count} {done}" if count else None
